import type { AggregateOp, Call, Expr, VectorSelector } from '@bellwether/promql';
import { labelText } from './series-names.js';

export type FilterOp = '=' | '!=' | '=~' | '!~';
export type Filter = { readonly label: string; readonly op: FilterOp; readonly value: string };

/** One thing that is done to what stands before it. */
export type Operation =
  /** A function over a range of each series: `rate(…[5m])`. Only the first operation can be one. */
  | { readonly kind: 'range'; readonly func: string; readonly rangeMs: number }
  /** `sum by (labels) (…)`; with `param`, `topk(5, …)`. */
  | {
      readonly kind: 'aggregate';
      readonly op: AggregateOp;
      readonly labels: readonly string[];
      readonly without: boolean;
      readonly param: number | undefined;
    }
  /** `histogram_quantile(0.95, …)`: a function with one number before the vector. */
  | { readonly kind: 'quantile'; readonly quantile: number }
  /** `abs(…)`: a function of the vector alone. */
  | { readonly kind: 'call'; readonly func: string }
  /** `… * 100`, `… > 5`. */
  | { readonly kind: 'number'; readonly op: NumberOp; readonly value: number };

export const numberOps = ['*', '/', '+', '-', '>', '>=', '<', '<=', '==', '!='] as const;
export type NumberOp = (typeof numberOps)[number];

/** A query as the builder's fields hold it: one selector, and operations from the inside out. */
export type BuilderQuery = {
  readonly metric: string;
  readonly filters: readonly Filter[];
  readonly operations: readonly Operation[];
};

/** What the builder offers over a range. */
export const rangeFunctions: readonly string[] = [
  'rate',
  'increase',
  'irate',
  'delta',
  'avg_over_time',
  'max_over_time',
  'min_over_time',
  'sum_over_time',
  'count_over_time',
  'last_over_time',
];

/** What the builder offers on a vector alone. */
export const vectorFunctions: readonly string[] = [
  'histogram_avg',
  'histogram_count',
  'histogram_sum',
  'abs',
  'ceil',
  'floor',
  'round',
  'sqrt',
  'ln',
  'log2',
  'log10',
  'sort',
  'sort_desc',
  'timestamp',
];

export const plainAggregates = ['sum', 'avg', 'max', 'min', 'count', 'stddev', 'group'] as const;
/** Aggregations that take a number first, and what it is at first. */
export const paramAggregates = { topk: 5, bottomk: 5, quantile: 0.95 } as const;

/** Why a query does not fit into the builder's fields; the end of "The builder can not show ...". */
export class NotBuildable extends Error {
  override readonly name = 'NotBuildable';
}

/** The fields of a parsed query, or why it has none. */
export function readBuilder(expr: Expr): BuilderQuery | NotBuildable {
  try {
    return read(expr);
  } catch (error) {
    if (error instanceof NotBuildable) return error;
    throw error;
  }
}

function read(expr: Expr): BuilderQuery {
  const operations: Operation[] = [];
  let inner = expr;
  for (;;) {
    const step = outermost(inner);
    if (step === undefined) break;
    operations.unshift(step.operation);
    inner = step.inner;
    if (step.operation.kind === 'range') break;
  }
  if (inner.kind !== 'vectorSelector') throw new NotBuildable(reasonFor(inner));
  return { ...readSelector(inner), operations };
}

/** The operation at the outside and what it is done to; undefined at the selector. */
function outermost(expr: Expr): { readonly operation: Operation; readonly inner: Expr } | undefined {
  switch (expr.kind) {
    case 'paren':
      return outermost(expr.expr) ?? (expr.expr.kind === 'vectorSelector' ? undefined : notBuildable(expr.expr));
    case 'aggregate': {
      const { op, grouping, without, param } = expr;
      if (param !== undefined && param.kind !== 'numberLiteral') throw new NotBuildable(`a computed number in ${op}`);
      return {
        operation: { kind: 'aggregate', op, labels: grouping, without, param: param?.value },
        inner: inParens(expr.expr),
      };
    }
    case 'call':
      return callStep(expr);
    case 'binary': {
      const { op, left, right, bool } = expr;
      const known = numberOps.find(one => one === op);
      if (right.kind !== 'numberLiteral' || known === undefined) {
        throw new NotBuildable(`two expressions joined by ${op}`);
      }
      if (bool) throw new NotBuildable('the word "bool"');
      return { operation: { kind: 'number', op: known, value: right.value }, inner: inParens(left) };
    }
    case 'unary': {
      throw new NotBuildable('a sign before an expression');
    }
    default:
      return undefined;
  }
}

function callStep({ func, args }: Call): { readonly operation: Operation; readonly inner: Expr } {
  const [first, second] = args;
  if (func === 'histogram_quantile' && first?.kind === 'numberLiteral' && second !== undefined) {
    return { operation: { kind: 'quantile', quantile: first.value }, inner: inParens(second) };
  }
  if (first === undefined || second !== undefined) throw new NotBuildable(`the arguments of ${func}`);
  if (first.kind === 'matrixSelector') {
    if (first.rangeExpr !== undefined) throw new NotBuildable('a computed range');
    return { operation: { kind: 'range', func, rangeMs: first.rangeMs }, inner: first.vector };
  }
  if (first.kind === 'subquery') throw new NotBuildable('a subquery');
  return { operation: { kind: 'call', func }, inner: inParens(first) };
}

function inParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}

function notBuildable(expr: Expr): never {
  throw new NotBuildable(reasonFor(expr));
}

function reasonFor(expr: Expr): string {
  switch (expr.kind) {
    case 'numberLiteral':
      return 'a number alone';
    case 'stringLiteral':
      return 'a text alone';
    case 'matrixSelector':
      return 'a range of samples without a function';
    case 'subquery':
      return 'a subquery';
    default:
      return 'this expression';
  }
}

function readSelector({ name, matchers, offsetMs, offsetExpr, at }: VectorSelector): Omit<BuilderQuery, 'operations'> {
  if (offsetMs !== 0 || offsetExpr !== undefined) throw new NotBuildable('an offset');
  if (at !== undefined) throw new NotBuildable('a fixed time (@)');
  const names = matchers.filter(matcher => matcher.name === '__name__');
  if (names.some(({ op }) => op !== '=') || names.length > 1) throw new NotBuildable('a pattern for the metric’s name');
  return {
    metric: name === '' ? (names[0]?.value ?? '') : name,
    filters: matchers
      .filter(matcher => matcher.name !== '__name__')
      .map(({ name, op, value }): Filter => ({ label: name, op, value })),
  };
}

/** The query's text; `readBuilder` of it gives the same fields. */
export function writeBuilder({ metric, filters, operations }: BuilderQuery): string {
  return operations.reduce(apply, writeSelector(metric, filters));
}

function writeSelector(metric: string, filters: readonly Filter[]): string {
  const conditions = filters
    .filter(({ label }) => label !== '')
    .map(({ label, op, value }) => `${labelText(label)}${op}${JSON.stringify(value)}`);
  const isPlain = /^[a-zA-Z_:][\w:]*$/.test(metric);
  if (isPlain) return conditions.length === 0 ? metric : `${metric}{${conditions.join(', ')}}`;
  return `{${[...(metric === '' ? [] : [JSON.stringify(metric)]), ...conditions].join(', ')}}`;
}

function apply(inner: string, operation: Operation, index: number, all: readonly Operation[]): string {
  switch (operation.kind) {
    case 'range':
      return `${operation.func}(${inner}[${writeDuration(operation.rangeMs)}])`;
    case 'quantile':
      return `histogram_quantile(${operation.quantile}, ${inner})`;
    case 'call':
      return `${operation.func}(${inner})`;
    case 'aggregate': {
      const { op, labels, without, param } = operation;
      const grouping =
        labels.length === 0 && !without ? '' : ` ${without ? 'without' : 'by'} (${labels.map(labelText).join(', ')}) `;
      return `${op}${grouping}(${param === undefined ? '' : `${param}, `}${inner})`;
    }
    case 'number': {
      const before = all[index - 1];
      return `${before?.kind === 'number' ? `(${inner})` : inner} ${operation.op} ${operation.value}`;
    }
  }
}

const durationUnits = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** `5m`, `1h30m`, as PromQL writes a duration. */
export function writeDuration(ms: number): string {
  let rest = Math.max(Math.round(ms), 1);
  return durationUnits
    .map(([unit, sizeMs]) => {
      const count = Math.floor(rest / sizeMs);
      rest -= count * sizeMs;
      return count === 0 ? '' : `${count}${unit}`;
    })
    .join('');
}
