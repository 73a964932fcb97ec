import { signatures } from '../functions/signatures.js';
import { metricName } from '../value/labels.js';
import { patternFault, patternWork, type Matcher, type MatchOp } from '../value/matcher.js';
import type {
  AggregateOp,
  AtTime,
  Binary,
  BinaryOp,
  DurationExpr,
  Expr,
  MatrixSelector,
  Subquery,
  VectorMatching,
  VectorSelector,
} from './ast.js';
import { checkTypes } from './check-types.js';
import { maxDurationMs, parseDuration } from './duration.js';
import { Lexer } from './lexer.js';
import { numberOf, printNumber } from './number.js';
import { ParseError } from './parse-error.js';
import { quoted, unquoted } from './quoting.js';
import { describeToken, type Token } from './token.js';
import { isSetOp, typeOf } from './type-of.js';
import { childrenOf } from './walk.js';

/** What a query may use beside what everyone may; Prometheus has a flag for each. */
export interface ParseOptions {
  /** Functions and aggregations that may still change: `info`, `limitk`, `mad_over_time`, … */
  readonly experimentalFunctions?: boolean;
  /** Durations that are worked out: `[5m * 2]`, `offset -(step())`. */
  readonly durationExpressions?: boolean;
}

/** Longer queries are refused. */
export const maxQueryLength = 1 << 20;

/** How deep parentheses, arguments and signs may stand in each other. */
const maxNesting = 500;

/** How many operators may follow each other, and all the rest may be nested: everything that walks an expression recurses so deep. */
const maxDepth = 1500;

/** How many label matchers a query may have. */
const maxMatchers = 20_000;

/** How many instructions all its patterns may become together when they are compiled. */
const maxPatternWork = 100_000;

const binaryOps: ReadonlyMap<string, BinaryOp> = new Map(
  (['and', 'or', 'unless', '==', '!=', '>', '<', '>=', '<=', '+', '-', '*', '/', '%', '^', 'atan2'] as const).map(
    op => [op, op],
  ),
);

const aggregateOps: ReadonlyMap<string, AggregateOp> = new Map(
  (
    [
      ...(['avg', 'bottomk', 'count', 'count_values', 'group', 'limit_ratio', 'limitk'] as const),
      ...(['max', 'min', 'quantile', 'stddev', 'stdvar', 'sum', 'topk'] as const),
    ] as const
  ).map(op => [op, op]),
);

const withParam: ReadonlySet<AggregateOp> = new Set([
  'bottomk',
  'count_values',
  'limit_ratio',
  'limitk',
  'quantile',
  'topk',
]);

/** How strongly an operator binds; the power is the only one that binds to the right, and a sign binds weaker than it. */
const precedences: ReadonlyMap<string, number> = new Map([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ...['==', '!=', '>', '<', '>=', '<='].map(op => [op, 3] as const),
  ['+', 4],
  ['-', 4],
  ...['*', '/', '%', 'atan2'].map(op => [op, 5] as const),
  ['^', 6],
]);
const power = 6;

const notLabels: ReadonlySet<string> = new Set(['without']);
const notMetrics: ReadonlySet<string> = new Set(['bool', 'group_left', 'group_right', 'ignoring', 'on', 'atan2']);

/**
 * Reads a PromQL expression and checks its types.
 *
 * Throws `ParseError`, worded as Prometheus 3.5 does, for everything that is not a right query, however hostile.
 */
export function parseExpr(text: string, options: ParseOptions = {}): Expr {
  if (text.length > maxQueryLength) {
    throw new ParseError(' ', 0, `query is longer than ${maxQueryLength} characters; make it shorter`);
  }
  const expr = new Parser(text, options).whole();
  refuseTooDeep(expr, text);
  checkTypes(expr, text);
  return expr;
}

/** Reads a vector selector alone, as `match[]` holds it, and gives its matchers. */
export function parseSelector(text: string): readonly Matcher[] {
  if (text.length > maxQueryLength) {
    throw new ParseError(' ', 0, `selector is longer than ${maxQueryLength} characters; make it shorter`);
  }
  const selector = new Parser(text, {}).onlySelector();
  checkTypes(selector, text);
  return selector.matchers;
}

function refuseTooDeep(expr: Expr, text: string): void {
  let level: readonly Expr[] = [expr];
  for (let depth = 1; level.length > 0; depth++) {
    const [first] = level;
    if (depth > maxDepth && first !== undefined) throw tooDeep(text, first.start, maxDepth);
    level = level.flatMap(childrenOf);
  }
}

function tooDeep(text: string, start: number, limit: number): ParseError {
  return new ParseError(text, start, `expression is nested deeper than ${limit} levels; split it`);
}

/** What was being read, for the message about a token that does not fit: `unexpected … in aggregation`. */
interface Context {
  readonly where: string;
  readonly expected: string;
}

/** Recursive descent, with precedence climbing for operators. The tokens come one at a time, as late as they are needed. */
class Parser {
  readonly #text: string;
  readonly #options: ParseOptions;
  readonly #lexer: Lexer;
  #ahead: Token | undefined;
  #lastEnd = 0;
  #nesting = 0;
  #matcherCount = 0;
  #patternWork = 0;
  readonly #contexts: Context[] = [];

  constructor(text: string, options: ParseOptions) {
    this.#text = text;
    this.#options = options;
    this.#lexer = new Lexer(text);
  }

  whole(): Expr {
    if (this.#peek().kind === 'end') throw new ParseError(this.#text, 0, 'no expression found in input');
    const expr = this.#expr(0);
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return expr;
  }

  onlySelector(): VectorSelector {
    const token = this.#peek();
    if (!this.#isMark('{') && !isMetricName(token)) throw this.#unexpected();
    const selector = this.#selector(this.#isMark('{') ? undefined : this.#take());
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return selector;
  }

  /** An operand and all operators after it that bind at least as strongly as `precedence`. */
  #expr(precedence: number): Expr {
    if (++this.#nesting > maxNesting) throw tooDeep(this.#text, this.#peek().start, maxNesting);
    let left = this.#operand();
    for (let chain = 0; ; chain++) {
      if (chain > maxDepth) throw tooDeep(this.#text, left.start, maxDepth);
      const token = this.#peek();
      const op = token.kind === 'operator' || token.kind === 'word' ? binaryOps.get(token.value) : undefined;
      const own = op === undefined ? undefined : precedences.get(op);
      if (op === undefined || own === undefined || own < precedence) break;
      this.#take();
      left = this.#binary(left, op, own);
    }
    this.#nesting--;
    return left;
  }

  #binary(left: Expr, op: BinaryOp, precedence: number): Binary {
    const bool = this.#isWord('bool');
    if (bool) this.#take();
    const matching = this.#matching(op);
    const right = this.#expr(precedence === power ? precedence : precedence + 1);
    const { start } = left;
    const { end } = right;
    const ofVectors = typeOf(left) === 'vector' && typeOf(right) === 'vector';
    // Between others it means nothing. It stays only for the check that says so.
    const kept = ofVectors || matching.labels.length > 0 ? matching : undefined;
    return { kind: 'binary', op, left, right, bool, matching: kept, start, end };
  }

  #matching(op: BinaryOp): VectorMatching {
    const card = isSetOp(op) ? 'many-to-many' : 'one-to-one';
    const on = this.#isWord('on');
    if (!on && !this.#isWord('ignoring')) return { card, on, labels: [], include: [] };
    this.#take();
    const labels = this.#grouping();
    const toLeft = this.#isWord('group_left');
    if (!toLeft && !this.#isWord('group_right')) return { card, on, labels, include: [] };
    this.#take();
    const include = this.#isMark('(') || !startsExpression(this.#peek()) ? this.#grouping() : [];
    return { card: toLeft ? 'many-to-one' : 'one-to-many', on, labels, include };
  }

  /** A sign and its operand, or an operand with ranges, offsets and `@` behind it. */
  #operand(): Expr {
    const token = this.#peek();
    if (token.kind === 'operator' && (token.value === '+' || token.value === '-')) {
      this.#take();
      const { value: op, start } = token;
      const expr = this.#expr(power);
      if (expr.kind === 'numberLiteral') return { ...expr, value: op === '-' ? -expr.value : expr.value, start };
      return { kind: 'unary', op, expr, start, end: expr.end };
    }
    let expr = this.#primary();
    for (;;) {
      if (this.#isMark('[')) expr = this.#ranged(expr);
      else if (this.#isWord('offset')) expr = this.#offset(expr);
      else if (this.#peek().kind === 'operator' && this.#peek().value === '@') expr = this.#at(expr);
      else return expr;
    }
  }

  #primary(): Expr {
    const token = this.#peek();
    const { start, end } = token;
    switch (token.kind) {
      case 'number':
      case 'duration':
        this.#take();
        return {
          kind: 'numberLiteral',
          value: this.#valueOf(token),
          isDuration: token.kind === 'duration',
          start,
          end,
        };
      case 'string':
        this.#take();
        return { kind: 'stringLiteral', value: unquoted(token.text), start, end };
      case 'identifier':
        this.#take();
        return this.#isMark('(') ? this.#call(token) : this.#selector(token);
      case 'metric':
        this.#take();
        return this.#selector(token);
      case 'word':
        return this.#word(token);
      case 'mark':
        if (token.value === '{') return this.#selector(undefined);
        if (token.value === '(') {
          this.#take();
          const expr = this.#expr(0);
          this.#expectMark(')');
          return { kind: 'paren', expr, start, end: this.#lastEnd };
        }
        break;
      case 'duration word':
      case 'operator':
      case 'end':
    }
    throw this.#unexpected();
  }

  /** An aggregation, or a metric that is called like a word of the language. */
  #word(token: Token): Expr {
    if (!isMetricName(token)) throw this.#unexpected();
    this.#take();
    const op = aggregateOps.get(token.value);
    if (op !== undefined && (this.#isMark('(') || this.#isWord('by') || this.#isWord('without'))) {
      return this.#aggregate(token, op);
    }
    return this.#selector(token);
  }

  #aggregate(token: Token, op: AggregateOp): Expr {
    const { start } = token;
    this.#contexts.push({ where: 'aggregation', expected: '' });
    let modifier = this.#modifier();
    const args = this.#arguments();
    modifier ??= this.#modifier();
    this.#contexts.pop();
    const end = this.#lastEnd;
    const fault = (reason: string): ParseError => new ParseError(this.#text, start, reason);
    if (args.length === 0) throw fault('no arguments for aggregate expression provided');
    if ((op === 'limitk' || op === 'limit_ratio') && this.#options.experimentalFunctions !== true) {
      throw fault(`${op}() is experimental and must be enabled with --enable-feature=promql-experimental-functions`);
    }
    const wanted = withParam.has(op) ? 2 : 1;
    const expr = args[wanted - 1];
    if (args.length !== wanted || expr === undefined) {
      throw fault(
        `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
      );
    }
    const param = wanted === 2 ? args[0] : undefined;
    const { labels = [], without = false } = modifier ?? {};
    return { kind: 'aggregate', op, expr, param, grouping: labels, without, start, end };
  }

  #modifier(): { readonly labels: readonly string[]; readonly without: boolean } | undefined {
    const without = this.#isWord('without');
    if (!without && !this.#isWord('by')) return undefined;
    this.#take();
    return { labels: this.#grouping(), without };
  }

  /** `(label, "label", …)` */
  #grouping(): readonly string[] {
    this.#contexts.push({ where: 'grouping opts', expected: '"("' });
    this.#expectMark('(');
    const labels: string[] = [];
    while (!this.#isMark(')')) {
      this.#contexts.push({ where: 'grouping opts', expected: 'label' });
      labels.push(this.#groupingLabel());
      this.#contexts.pop();
      this.#contexts.push({ where: 'grouping opts', expected: '"," or ")"' });
      if (this.#isMark(',')) this.#take();
      else if (!this.#isMark(')')) throw this.#unexpected();
      this.#contexts.pop();
    }
    this.#take();
    this.#contexts.pop();
    return labels;
  }

  #groupingLabel(): string {
    const token = this.#peek();
    const isName = token.kind === 'identifier' || token.kind === 'metric';
    if (!isName && token.kind !== 'string' && (token.kind !== 'word' || notLabels.has(token.value))) {
      throw this.#unexpected();
    }
    this.#take();
    const name = token.kind === 'string' ? unquoted(token.text) : token.text;
    if (name === '') {
      throw new ParseError(this.#text, token.start, `invalid label name for grouping: ${quoted(name)}`);
    }
    return name;
  }

  #call(token: Token): Expr {
    const { start, text: written } = token;
    const args = this.#arguments();
    const end = this.#lastEnd;
    // Its name before Prometheus 3.
    const func = written === 'holt_winters' ? 'double_exponential_smoothing' : written;
    const signature = signatures.get(func);
    if (signature === undefined) {
      throw new ParseError(this.#text, start, `unknown function with name ${quoted(written)}`);
    }
    if (signature.experimental && this.#options.experimentalFunctions !== true) {
      throw new ParseError(this.#text, start, `function ${quoted(written)} is not enabled`);
    }
    return { kind: 'call', func, args, start, end };
  }

  #arguments(): readonly Expr[] {
    this.#expectMark('(');
    const args: Expr[] = [];
    if (!this.#isMark(')')) {
      args.push(this.#expr(0));
      while (this.#isMark(',')) {
        const comma = this.#take();
        if (!startsExpression(this.#peek())) {
          throw new ParseError(this.#text, comma.start, 'trailing commas not allowed in function call args');
        }
        args.push(this.#expr(0));
      }
    }
    this.#expectMark(')');
    return args;
  }

  #selector(metric: Token | undefined): VectorSelector {
    const start = metric?.start ?? this.#peek().start;
    const matchers: Matcher[] = this.#isMark('{') ? this.#matchers() : [];
    const name = metric?.text ?? '';
    if (name !== '') matchers.push({ name: metricName, op: '=', value: name });
    const end = this.#lastEnd;
    return { kind: 'vectorSelector', name, matchers, ...unshifted, start, end };
  }

  #matchers(): Matcher[] {
    this.#take();
    const matchers: Matcher[] = [];
    this.#contexts.push({ where: 'label matching', expected: 'identifier or "}"' });
    while (!this.#isMark('}')) {
      matchers.push(this.#matcher());
      if (this.#isMark(',')) {
        this.#take();
      } else if (!this.#isMark('}')) {
        this.#contexts.push({ where: 'label matching', expected: '"," or "}"' });
        throw this.#unexpected();
      }
    }
    this.#contexts.pop();
    this.#take();
    return matchers;
  }

  #matcher(): Matcher {
    const token = this.#peek();
    if (token.kind !== 'identifier' && token.kind !== 'string') throw this.#unexpected();
    if (++this.#matcherCount > maxMatchers) {
      throw new ParseError(this.#text, token.start, `query has more than ${maxMatchers} label matchers; split it`);
    }
    this.#take();
    const name = token.kind === 'string' ? unquoted(token.text) : token.text;
    const op = matchOp(this.#peek());
    if (op === undefined) {
      if (token.kind === 'string') return { name: metricName, op: '=', value: name };
      this.#contexts.push({ where: 'label matching', expected: 'label matching operator' });
      throw this.#unexpected();
    }
    this.#take();
    const value = this.#peek();
    if (value.kind !== 'string') {
      this.#contexts.push({ where: 'label matching', expected: 'string' });
      throw this.#unexpected();
    }
    this.#take();
    const matcher: Matcher = { name, op, value: unquoted(value.text) };
    this.#patternWork += patternWork(matcher);
    if (this.#patternWork > maxPatternWork) {
      throw new ParseError(
        this.#text,
        token.start,
        'regular expressions of the query are too large together; split it',
      );
    }
    const fault = patternFault(matcher);
    if (fault !== undefined) throw new ParseError(this.#text, token.start, fault);
    return matcher;
  }

  /** `expr[range]` or `expr[range:step]` */
  #ranged(expr: Expr): MatrixSelector | Subquery {
    const bracket = this.#take();
    this.#contexts.push({ where: 'subquery selector', expected: 'number or duration' });
    const range = this.#positiveDuration();
    this.#contexts.pop();
    this.#contexts.push({ where: 'subquery or range', expected: '":" or "]"' });
    const { start } = expr;
    if (!this.#isMark(':')) {
      this.#expectMark(']');
      this.#contexts.pop();
      const vector = this.#vectorOfRange(expr, bracket.start);
      return { kind: 'matrixSelector', vector, rangeMs: range.ms, rangeExpr: range.expr, start, end: this.#lastEnd };
    }
    this.#take();
    this.#contexts.pop();
    this.#contexts.push({ where: 'subquery selector', expected: 'number or duration or "]"' });
    const step = this.#isMark(']') ? undefined : this.#positiveDuration();
    this.#contexts.pop();
    this.#contexts.push({ where: 'subquery selector', expected: '"]"' });
    this.#expectMark(']');
    this.#contexts.pop();
    return {
      kind: 'subquery',
      expr,
      rangeMs: range.ms,
      rangeExpr: range.expr,
      stepMs: step?.ms,
      stepExpr: step?.expr,
      ...unshifted,
      start,
      end: this.#lastEnd,
    };
  }

  #vectorOfRange(expr: Expr, bracketStart: number): VectorSelector {
    const fault = (reason: string): ParseError => new ParseError(this.#text, bracketStart, reason);
    if (expr.kind !== 'vectorSelector') throw fault('ranges only allowed for vector selectors');
    if (isShifted(expr)) throw fault('no offset modifiers allowed before range');
    if (expr.at !== undefined) throw fault('no @ modifiers allowed before range');
    return expr;
  }

  #offset(expr: Expr): Expr {
    this.#take();
    this.#contexts.push({ where: 'offset', expected: 'number or duration' });
    const offset = this.#offsetDuration();
    this.#contexts.pop();
    const selector = this.#shiftable(expr, 'offset modifier');
    const target = selector.kind === 'matrixSelector' ? selector.vector : selector;
    if (isShifted(target)) throw new ParseError(this.#text, expr.start, 'offset may not be set multiple times');
    return this.#shifted(selector, { offsetMs: offset.ms, offsetExpr: offset.expr });
  }

  #at(expr: Expr): Expr {
    this.#take();
    this.#contexts.push({ where: '@', expected: 'timestamp' });
    const token = this.#peek();
    const isNamed = this.#isWord('start') || this.#isWord('end');
    const named = token.value === 'start' ? 'start' : 'end';
    let at: AtTime;
    if (isNamed) {
      this.#take();
      this.#expectMark('(');
      this.#expectMark(')');
      at = named;
    } else {
      at = this.#timestampMs(expr);
    }
    this.#contexts.pop();
    const selector = this.#shiftable(expr, '@ modifier');
    const target = selector.kind === 'matrixSelector' ? selector.vector : selector;
    if (target.at !== undefined) {
      throw new ParseError(this.#text, expr.start, '@ <timestamp> may not be set multiple times');
    }
    return this.#shifted(selector, { at });
  }

  #timestampMs(expr: Expr): number {
    const sign = this.#sign();
    const token = this.#peek();
    if (!isNumber(token)) throw this.#unexpected();
    this.#take();
    const seconds = sign === '-' ? -this.#valueOf(token) : this.#valueOf(token);
    if (!(Math.abs(seconds) < 2 ** 63)) {
      const written = Number.isFinite(seconds) ? `${BigInt(seconds)}.000000` : printNumber(seconds);
      throw new ParseError(this.#text, expr.start, `timestamp out of bounds for @ modifier: ${written}`);
    }
    return roundAwayFromZero(seconds * 1000);
  }

  #shiftable(expr: Expr, what: string): VectorSelector | MatrixSelector | Subquery {
    if (expr.kind === 'vectorSelector' || expr.kind === 'matrixSelector' || expr.kind === 'subquery') return expr;
    throw new ParseError(
      this.#text,
      expr.start,
      `${what} must be preceded by an instant vector selector or range vector selector or a subquery`,
    );
  }

  #shifted(
    expr: VectorSelector | MatrixSelector | Subquery,
    shift: { readonly offsetMs: number; readonly offsetExpr: DurationExpr | undefined } | { readonly at: AtTime },
  ): Expr {
    const end = this.#lastEnd;
    if (expr.kind === 'matrixSelector') return { ...expr, vector: { ...expr.vector, ...shift }, end };
    return { ...expr, ...shift, end };
  }

  #positiveDuration(): Duration {
    const expr = this.#duration(0);
    if (expr.kind === 'durationNumber' && !(expr.seconds > 0)) {
      throw new ParseError(this.#text, expr.start, 'duration must be greater than 0');
    }
    return asDuration(expr);
  }

  /** After `offset`, a plain number ends the duration: `a offset 5m * 2` multiplies `a`, while `a offset (5m) * 2` is 10 minutes. */
  #offsetDuration(): Duration {
    const { start } = this.#peek();
    const sign = this.#sign();
    if (isNumber(this.#peek())) return asDuration(this.#signed(sign, start, this.#durationNumber(start)));
    const operand = sign === undefined ? this.#durationPrimary() : this.#duration(power);
    return asDuration(this.#durationOperators(this.#signed(sign, start, operand), 0));
  }

  #duration(precedence: number): DurationExpr {
    if (++this.#nesting > maxNesting) throw tooDeep(this.#text, this.#peek().start, maxNesting);
    const { start } = this.#peek();
    const sign = this.#sign();
    const operand = sign === undefined ? this.#durationPrimary() : this.#signed(sign, start, this.#duration(power));
    const expr = this.#durationOperators(operand, precedence);
    this.#nesting--;
    return expr;
  }

  #durationOperators(first: DurationExpr, precedence: number): DurationExpr {
    let left = first;
    let chain = 0;
    for (;;) {
      const token = this.#peek();
      const op = durationOp(token);
      const own = op === undefined ? undefined : precedences.get(op);
      if (op === undefined || own === undefined || own < precedence) return left;
      this.#take();
      const right = this.#duration(own === power ? own : own + 1);
      this.#needDurationExpressions(left.start);
      if ((op === '/' || op === '%') && right.kind === 'durationNumber' && right.seconds === 0) {
        throw new ParseError(this.#text, token.start, op === '/' ? 'division by zero' : 'modulo by zero');
      }
      left = { kind: 'durationBinary', op, left, right, start: left.start, end: right.end };
      if (++chain > maxNesting) throw tooDeep(this.#text, left.start, maxNesting);
    }
  }

  /** `start` is where it begins with its sign. */
  #durationNumber(start: number): DurationExpr {
    const token = this.#take();
    const seconds = this.#valueOf(token);
    if (!(Math.abs(seconds) <= maxDurationMs / 1000)) {
      throw new ParseError(this.#text, start, 'duration out of range');
    }
    return { kind: 'durationNumber', seconds, isDuration: token.kind === 'duration', start, end: token.end };
  }

  #durationPrimary(): DurationExpr {
    const token = this.#peek();
    const { start } = token;
    if (isNumber(token)) return this.#durationNumber(start);
    if (this.#isDurationFunction()) return this.#durationFunction();
    this.#expectMark('(');
    const expr = this.#duration(0);
    this.#expectMark(')');
    this.#needDurationExpressions(expr.start);
    return { kind: 'durationParen', expr, start, end: this.#lastEnd };
  }

  #durationFunction(): DurationExpr {
    const { value, start } = this.#take();
    this.#expectMark('(');
    if (value === 'step') {
      this.#expectMark(')');
      this.#needDurationExpressions(start);
      return { kind: 'durationStep', start, end: this.#lastEnd };
    }
    const left = this.#duration(0);
    this.#expectMark(',');
    const right = this.#duration(0);
    this.#expectMark(')');
    this.#needDurationExpressions(start);
    return { kind: 'durationChoice', func: value === 'min' ? 'min' : 'max', left, right, start, end: this.#lastEnd };
  }

  #isDurationFunction(): boolean {
    const { kind, value } = this.#peek();
    if (kind === 'duration word') return true;
    return (kind === 'identifier' && value === 'step') || (kind === 'word' && (value === 'min' || value === 'max'));
  }

  #signed(sign: '+' | '-' | undefined, start: number, expr: DurationExpr): DurationExpr {
    if (sign === undefined || (sign === '+' && expr.kind !== 'durationNumber')) return expr;
    if (expr.kind === 'durationNumber') return { ...expr, seconds: sign === '-' ? -expr.seconds : expr.seconds, start };
    return { kind: 'durationUnary', op: sign, expr, start, end: expr.end };
  }

  #needDurationExpressions(start: number): void {
    if (this.#options.durationExpressions === true) return;
    throw new ParseError(this.#text, start, 'experimental duration expression is not enabled');
  }

  #sign(): '+' | '-' | undefined {
    const { kind, value } = this.#peek();
    if (kind !== 'operator' || (value !== '+' && value !== '-')) return undefined;
    this.#take();
    return value;
  }

  #valueOf(token: Token): number {
    try {
      return token.kind === 'duration' ? parseDuration(token.text) / 1000 : numberOf(token.text);
    } catch (error) {
      if (error instanceof Error) throw new ParseError(this.#text, token.start, error.message);
      throw error;
    }
  }

  #isMark(value: string): boolean {
    const token = this.#peek();
    return token.kind === 'mark' && token.value === value;
  }

  #isWord(value: string): boolean {
    const token = this.#peek();
    return token.kind === 'word' && token.value === value;
  }

  #expectMark(value: string): void {
    if (!this.#isMark(value)) throw this.#unexpected();
    this.#take();
  }

  #peek(): Token {
    this.#ahead ??= this.#lexer.next();
    return this.#ahead;
  }

  #take(): Token {
    const token = this.#peek();
    this.#ahead = undefined;
    this.#lastEnd = token.end;
    return token;
  }

  #unexpected(): ParseError {
    const token = this.#peek();
    const context = this.#contexts.at(-1);
    const where = context === undefined ? '' : ` in ${context.where}`;
    const expected = context === undefined || context.expected === '' ? '' : `, expected ${context.expected}`;
    return new ParseError(this.#text, token.start, `unexpected ${describeToken(token)}${where}${expected}`);
  }
}

const unshifted = { offsetMs: 0, offsetExpr: undefined, at: undefined } as const;

interface Duration {
  readonly ms: number;
  readonly expr: DurationExpr | undefined;
}

function asDuration(expr: DurationExpr): Duration {
  if (expr.kind !== 'durationNumber') return { ms: 0, expr };
  // To whole microseconds first, so that 0.3 s are 300 ms and not 299.
  return { ms: Math.trunc(Math.round(expr.seconds * 1e6) / 1e3), expr: undefined };
}

function isShifted(selector: VectorSelector | Subquery): boolean {
  return selector.offsetMs !== 0 || selector.offsetExpr !== undefined;
}

/** `Math.round` rounds -0.5 up; a time half a millisecond before 1970 is rounded down, as Prometheus does. */
function roundAwayFromZero(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}

function isNumber(token: Token): boolean {
  return token.kind === 'number' || token.kind === 'duration';
}

function isMetricName(token: Token): boolean {
  if (token.kind === 'word') return !notMetrics.has(token.value);
  return token.kind === 'identifier' || token.kind === 'metric';
}

function startsExpression(token: Token): boolean {
  if (token.kind === 'mark') return token.value === '(' || token.value === '{';
  if (token.kind === 'operator') return token.value === '+' || token.value === '-';
  return isMetricName(token) || isNumber(token) || token.kind === 'string';
}

function matchOp(token: Token): MatchOp | undefined {
  const { kind, value } = token;
  if (kind === 'mark') return value === '=' ? value : undefined;
  return kind === 'operator' && (value === '!=' || value === '=~' || value === '!~') ? value : undefined;
}

function durationOp(token: Token): '+' | '-' | '*' | '/' | '%' | '^' | undefined {
  if (token.kind !== 'operator') return undefined;
  switch (token.value) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      return token.value;
    default:
      return undefined;
  }
}
