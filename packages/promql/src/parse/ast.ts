import type { Matcher } from '../value/matcher.js';

/** What an expression gives. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** Where a node stands in the query's text, in UTF-16 code units; `end` is the first one after it. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export type SetOp = 'and' | 'or' | 'unless';
export type ComparisonOp = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type BinaryOp = SetOp | ComparisonOp | ArithmeticOp;

export type AggregateOp =
  | 'avg'
  | 'bottomk'
  | 'count'
  | 'count_values'
  | 'group'
  | 'limit_ratio'
  | 'limitk'
  | 'max'
  | 'min'
  | 'quantile'
  | 'stddev'
  | 'stdvar'
  | 'sum'
  | 'topk';

export interface NumberLiteral extends Place {
  readonly kind: 'numberLiteral';
  readonly value: number;
  /** Written as a duration (`5m`), which stands for its seconds. */
  readonly isDuration: boolean;
}

export interface StringLiteral extends Place {
  readonly kind: 'stringLiteral';
  readonly value: string;
}

export interface Paren extends Place {
  readonly kind: 'paren';
  readonly expr: Expr;
}

export interface Unary extends Place {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

/** How the series of two vectors find each other. Set operators are always many-to-many. */
export interface VectorMatching {
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  /** `on (labels)` when true, `ignoring (labels)` when false. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels that `group_left` or `group_right` take over from the "one" side. */
  readonly include: readonly string[];
}

export interface Binary extends Place {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  /** A comparison gives 0 or 1 rather than filtering. */
  readonly bool: boolean;
  /** Undefined unless both sides are vectors. */
  readonly matching: VectorMatching | undefined;
}

export interface Aggregate extends Place {
  readonly kind: 'aggregate';
  readonly op: AggregateOp;
  readonly expr: Expr;
  /** The first argument of topk, bottomk, limitk, limit_ratio, quantile and count_values. */
  readonly param: Expr | undefined;
  readonly grouping: readonly string[];
  /** `grouping` names the labels to drop rather than those to keep. */
  readonly without: boolean;
}

export interface Call extends Place {
  readonly kind: 'call';
  /** A name of `functions/signatures.ts`. */
  readonly func: string;
  readonly args: readonly Expr[];
}

/** The time of `@`: milliseconds since 1970, or the start or end of the evaluated range. */
export type AtTime = number | 'start' | 'end';

/**
 * What `offset` and `@` say.
 *
 * A duration that has to be worked out stands in `offsetExpr`, with 0 in `offsetMs`, until `resolveDurations` has filled it in;
 * the same holds for the ranges and steps below.
 */
export interface TimeShift {
  readonly offsetMs: number;
  readonly offsetExpr: DurationExpr | undefined;
  readonly at: AtTime | undefined;
}

export interface VectorSelector extends Place, TimeShift {
  readonly kind: 'vectorSelector';
  /** The metric's name, '' when the selector does not name one; it is among the matchers as well. */
  readonly name: string;
  /** All matchers, the one for `__name__` last when the name stands before the braces. */
  readonly matchers: readonly Matcher[];
}

/** `vector[range]`; offset and `@` belong to the vector selector. */
export interface MatrixSelector extends Place {
  readonly kind: 'matrixSelector';
  readonly vector: VectorSelector;
  readonly rangeMs: number;
  readonly rangeExpr: DurationExpr | undefined;
}

export interface Subquery extends Place, TimeShift {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly rangeMs: number;
  readonly rangeExpr: DurationExpr | undefined;
  /** Undefined: the default step of the evaluation. */
  readonly stepMs: number | undefined;
  readonly stepExpr: DurationExpr | undefined;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | Paren
  | Unary
  | Binary
  | Aggregate
  | Call
  | VectorSelector
  | MatrixSelector
  | Subquery;

/** A duration that has to be worked out: `[5m * 2]`, `offset -(step())`. Numbers are seconds. */
export type DurationExpr =
  | DurationNumber
  | (Place & { readonly kind: 'durationStep' })
  | (Place & { readonly kind: 'durationParen'; readonly expr: DurationExpr })
  | (Place & { readonly kind: 'durationUnary'; readonly op: '+' | '-'; readonly expr: DurationExpr })
  | (Place & {
      readonly kind: 'durationBinary';
      readonly op: '+' | '-' | '*' | '/' | '%' | '^';
      readonly left: DurationExpr;
      readonly right: DurationExpr;
    })
  | (Place & {
      readonly kind: 'durationChoice';
      readonly func: 'min' | 'max';
      readonly left: DurationExpr;
      readonly right: DurationExpr;
    });

export interface DurationNumber extends Place {
  readonly kind: 'durationNumber';
  readonly seconds: number;
  /** Written as a duration (`5m`) rather than as a number of seconds. */
  readonly isDuration: boolean;
}
