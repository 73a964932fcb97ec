import { signatures } from '../functions/signatures.js';
import { matches } from '../value/matcher.js';
import { metricName } from '../value/labels.js';
import type { Aggregate, Binary, Call, Expr, Unary, ValueType, VectorSelector } from './ast.js';
import { ParseError } from './parse-error.js';
import { quoted } from './quoting.js';
import { isComparison, isSetOp, typeOf } from './type-of.js';

const documented: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

/**
 * Throws what Prometheus finds wrong with an expression whose grammar is right: types, arguments, operators, empty matchers.
 *
 * The types of the parts are checked before the whole, from left to right, so that the same fault is named first.
 */
export function checkTypes(expr: Expr, text: string): ValueType {
  switch (expr.kind) {
    case 'numberLiteral':
    case 'stringLiteral':
      return typeOf(expr);
    case 'paren':
      return checkTypes(expr.expr, text);
    case 'unary':
      return checkUnary(expr, text);
    case 'binary':
      return checkBinary(expr, text);
    case 'aggregate':
      return checkAggregate(expr, text);
    case 'call':
      return checkCall(expr, text);
    case 'vectorSelector':
      return checkSelector(expr, text);
    case 'matrixSelector':
      checkSelector(expr.vector, text);
      return 'matrix';
    case 'subquery': {
      const type = checkTypes(expr.expr, text);
      if (type === 'vector') return 'matrix';
      throw new ParseError(text, expr.start, `subquery is only allowed on instant vector, got ${type} instead`);
    }
  }
}

function checkUnary(expr: Unary, text: string): ValueType {
  const type = checkTypes(expr.expr, text);
  if (type === 'scalar' || type === 'vector') return type;
  const got = quoted(documented[type]);
  throw new ParseError(
    text,
    expr.start,
    `unary expression only allowed on expressions of type scalar or instant vector, got ${got}`,
  );
}

function checkBinary(expr: Binary, text: string): ValueType {
  const left = checkTypes(expr.left, text);
  const right = checkTypes(expr.right, text);
  const { op, matching } = expr;
  const atOperator = (reason: string): ParseError => new ParseError(text, operatorStart(expr, text), reason);
  const atStart = (reason: string): ParseError => new ParseError(text, expr.start, reason);
  if (expr.bool && !isComparison(op)) throw atOperator('bool modifier can only be used on comparison operators');
  const ofScalars = left === 'scalar' && right === 'scalar';
  if (isComparison(op) && !expr.bool && ofScalars) {
    throw atOperator('comparisons between scalars must use BOOL modifier');
  }
  const twice = matching?.on === true ? matching.labels.find(label => matching.include.includes(label)) : undefined;
  if (twice !== undefined) throw atOperator(`label ${quoted(twice)} must not occur in ON and GROUP clause at once`);
  for (const [side, type] of [
    [expr.left, left],
    [expr.right, right],
  ] as const) {
    if (type !== 'scalar' && type !== 'vector') {
      throw new ParseError(text, side.start, 'binary expression must contain only scalar and instant vector types');
    }
  }
  const ofVectors = left === 'vector' && right === 'vector';
  if (!ofVectors && matching !== undefined && matching.labels.length > 0) {
    throw atStart('vector matching only allowed between instant vectors');
  }
  if (ofVectors && isSetOp(op) && (matching?.card === 'many-to-one' || matching?.card === 'one-to-many')) {
    throw atStart(`no grouping allowed for "${op}" operation`);
  }
  if (!ofVectors && isSetOp(op)) throw atStart(`set operator "${op}" not allowed in binary scalar expression`);
  return ofScalars ? 'scalar' : 'vector';
}

function operatorStart(expr: Binary, text: string): number {
  let at = expr.left.end;
  while (/[ \t\r\n]/.test(text[at] ?? '')) at++;
  return at;
}

const takesScalar: ReadonlySet<string> = new Set(['topk', 'bottomk', 'quantile', 'limitk', 'limit_ratio']);

function checkAggregate(expr: Aggregate, text: string): ValueType {
  expectType(expr.expr, 'vector', 'aggregation expression', text);
  if (expr.param !== undefined) {
    expectType(expr.param, takesScalar.has(expr.op) ? 'scalar' : 'string', 'aggregation parameter', text);
  }
  return 'vector';
}

function checkCall(expr: Call, text: string): ValueType {
  const signature = signatures.get(expr.func);
  if (signature === undefined) {
    throw new ParseError(text, expr.start, `unknown function with name ${quoted(expr.func)}`);
  }
  const { argTypes, variadic, returnType } = signature;
  const call = `call to function "${expr.func}"`;
  const got = expr.args.length;
  const least = variadic === 0 ? argTypes.length : argTypes.length - 1;
  const refuse = (amount: string): ParseError =>
    new ParseError(text, expr.start, `expected ${amount} argument(s) in call to "${expr.func}", got ${got}`);
  if (variadic === 0 && got !== least) throw refuse(String(least));
  if (got < least) throw refuse(`at least ${least}`);
  if (variadic > 0 && got > least + variadic) throw refuse(`at most ${least + variadic}`);
  if (expr.func === 'info') checkInfoLabels(expr, text);
  for (const [at, arg] of expr.args.entries()) {
    const type = argTypes[Math.min(at, argTypes.length - 1)];
    if (expr.func === 'info' && at === 1) continue;
    if (type !== undefined) expectType(arg, type, call, text);
  }
  return returnType;
}

/** The second argument of `info` only names labels: a selector without a metric's name, which may match everything. */
function checkInfoLabels(expr: Call, text: string): void {
  const labels = expr.args[1];
  if (labels === undefined) return;
  const type = typeOf(labels);
  if (type !== 'vector') {
    throw new ParseError(
      text,
      expr.start,
      `expected type instant vector in call to function "info", got ${documented[type]}`,
    );
  }
  if (labels.kind !== 'vectorSelector' || labels.name !== '') {
    throw new ParseError(text, labels.start, 'expected label selectors only, got vector selector instead');
  }
}

function checkSelector(expr: VectorSelector, text: string): ValueType {
  if (expr.name !== '') {
    const second = expr.matchers.slice(0, -1).find(matcher => matcher.name === metricName);
    if (second === undefined) return 'vector';
    const names = `${quoted(expr.name)} or ${quoted(second.value)}`;
    throw new ParseError(text, expr.start, `metric name must not be set twice: ${names}`);
  }
  if (expr.matchers.every(matcher => matches(matcher, ''))) {
    throw new ParseError(text, expr.start, 'vector selector must contain at least one non-empty matcher');
  }
  return 'vector';
}

function expectType(expr: Expr, want: ValueType, context: string, text: string): void {
  const type = checkTypes(expr, text);
  if (type === want) return;
  throw new ParseError(text, expr.start, `expected type ${documented[want]} in ${context}, got ${documented[type]}`);
}
