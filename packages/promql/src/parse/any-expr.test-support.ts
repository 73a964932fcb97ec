import fc from 'fast-check';
import { signatures } from '../functions/signatures.js';
import { metricName } from '../value/labels.js';
import type { Matcher } from '../value/matcher.js';
import type {
  Aggregate,
  AggregateOp,
  Binary,
  BinaryOp,
  Call,
  DurationExpr,
  Expr,
  MatrixSelector,
  Subquery,
  TimeShift,
  ValueType,
  VectorMatching,
  VectorSelector,
} from './ast.js';
import { printMatcher } from './print.js';

const place = { start: 0, end: 0 };

const word = fc.constantFrom('a', 'job', 'le', 'by', 'on', 'sum', 'inf', 'without', 'offset', '__proto__', 'step');
const anyText = fc.string({ unit: 'grapheme', maxLength: 6 });
const label = fc.oneof(word, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }));
const metric = fc.constantFrom(
  'up',
  'job:rate5m:sum',
  'sum',
  'offset',
  'start',
  'by',
  'http_requests_total',
  'limitk',
  'e',
);
const pattern = fc.constantFrom('.*', 'a|b', 'api.+', '[a-z]+', '(?i)x', '', 'a\\.b');

const plainMatcher = fc.record({ name: label, op: fc.constantFrom('=' as const, '!=' as const), value: anyText });
const patternMatcher = fc.record({ name: label, op: fc.constantFrom('=~' as const, '!~' as const), value: pattern });

const shift: fc.Arbitrary<TimeShift> = fc.record({
  offsetMs: fc.oneof(fc.constant(0), fc.integer({ min: -1e9, max: 1e9 })),
  offsetExpr: fc.constant(undefined),
  at: fc.oneof(
    fc.constant(undefined),
    fc.constantFrom('start' as const, 'end' as const),
    fc.integer({ min: -1e12, max: 2e12 }),
  ),
});

const selector: fc.Arbitrary<VectorSelector> = fc
  .tuple(fc.option(metric, { nil: '' }), fc.array(fc.oneof(plainMatcher, patternMatcher), { maxLength: 3 }), shift)
  .map(([name, drawn, rest]) => {
    const matchers: Matcher[] = drawn.filter(matcher => matcher.name !== metricName);
    if (name === '') matchers.push({ name: 'one', op: '=', value: 'needed' });
    matchers.sort((a, b) => (printMatcher(a) < printMatcher(b) ? -1 : 1));
    if (name !== '') matchers.push({ name: metricName, op: '=', value: name });
    return { kind: 'vectorSelector', name, matchers, ...rest, ...place };
  });

const durationNumber: fc.Arbitrary<DurationExpr> = fc.oneof(
  fc
    .integer({ min: 1, max: 1e9 })
    .map(ms => ({ kind: 'durationNumber' as const, seconds: ms / 1000, isDuration: true, ...place })),
  fc
    .integer({ min: 1, max: 1000 })
    .map(seconds => ({ kind: 'durationNumber' as const, seconds, isDuration: false, ...place })),
);

/** Durations that are worked out; always in parentheses or a function, which is how they can follow `offset`. */
const durationExpr: fc.Arbitrary<DurationExpr> = fc.letrec<{ whole: DurationExpr; sum: DurationExpr }>(tie => ({
  whole: fc.oneof(
    { depthSize: 'small' },
    fc.constant<DurationExpr>({ kind: 'durationStep', ...place }),
    tie('sum').map(expr => ({ kind: 'durationParen' as const, expr, ...place })),
    fc.tuple(fc.constantFrom('min' as const, 'max' as const), tie('sum'), tie('sum')).map(([func, left, right]) => ({
      kind: 'durationChoice' as const,
      func,
      left,
      right,
      ...place,
    })),
    tie('whole')
      .filter(expr => expr.kind !== 'durationUnary')
      .map(expr => ({ kind: 'durationUnary' as const, op: '-' as const, expr, ...place })),
  ),
  sum: fc
    .tuple(
      fc.oneof(durationNumber, tie('whole')).filter(expr => expr.kind !== 'durationUnary'),
      fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const, '%' as const, '^' as const),
      fc.oneof(durationNumber, tie('whole')),
    )
    .map(([left, op, right]) => ({ kind: 'durationBinary' as const, op, left, right, ...place })),
})).whole;

/** Longer ones with milliseconds lose one in Prometheus, which counts nanoseconds in a float. */
const rangeMs = fc.integer({ min: 1, max: 1e9 });

const matrixSelector: fc.Arbitrary<MatrixSelector> = fc
  .tuple(selector, rangeMs, fc.option(durationExpr, { nil: undefined }), fc.option(durationExpr, { nil: undefined }))
  .map(([vector, ms, rangeExpr, offsetExpr]) => ({
    kind: 'matrixSelector',
    vector: offsetExpr === undefined ? vector : { ...vector, offsetMs: 0, offsetExpr },
    rangeMs: rangeExpr === undefined ? ms : 0,
    rangeExpr,
    ...place,
  }));

const precedences: ReadonlyMap<BinaryOp, number> = new Map<BinaryOp, number>([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ['==', 3],
  ['>=', 3],
  ['<', 3],
  ['+', 4],
  ['-', 4],
  ['*', 5],
  ['%', 5],
  ['atan2', 5],
  ['^', 6],
]);

/** A side of an operator, in parentheses when it would otherwise be read differently. */
function side(expr: Expr, op: BinaryOp, isLeft: boolean): Expr {
  const own = precedences.get(op) ?? 0;
  const isSigned =
    expr.kind === 'unary' || (expr.kind === 'numberLiteral' && (expr.value < 0 || expr.value === Infinity));
  const needsParens =
    expr.kind === 'binary'
      ? !isLeft || op === '^' || (precedences.get(expr.op) ?? 0) < own
      : isSigned && isLeft && op === '^';
  return needsParens ? { kind: 'paren', expr, ...place } : expr;
}

function binary(op: BinaryOp, left: Expr, right: Expr, bool: boolean, matching: VectorMatching | undefined): Binary {
  return { kind: 'binary', op, left: side(left, op, true), right: side(right, op, false), bool, matching, ...place };
}

/** What can stand before a range without parentheses. */
function beforeRange(expr: Expr): Expr {
  const isWhole =
    expr.kind === 'vectorSelector' || expr.kind === 'call' || expr.kind === 'aggregate' || expr.kind === 'paren';
  return isWhole ? expr : { kind: 'paren', expr, ...place };
}

const arithmetic = fc.constantFrom<BinaryOp>('+', '-', '*', '%', '^', 'atan2');
const comparison = fc.constantFrom<BinaryOp>('==', '>=', '<');
const setOp = fc.constantFrom<BinaryOp>('and', 'or', 'unless');
const someLabels = fc.uniqueArray(label, { maxLength: 2 });

const matching: fc.Arbitrary<VectorMatching> = fc
  .tuple(
    fc.constantFrom('one-to-one' as const, 'many-to-one' as const, 'one-to-many' as const),
    fc.boolean(),
    someLabels,
    someLabels,
  )
  .map(([card, on, labels, include]) => ({
    card,
    on,
    labels,
    include: card === 'one-to-one' ? [] : include.filter(name => !labels.includes(name)),
  }));

const number: fc.Arbitrary<Expr> = fc.oneof(
  fc
    .double({ noNaN: true })
    .map(value => ({ kind: 'numberLiteral' as const, value: value + 0, isDuration: false, ...place })),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e308, 5e-324, 1e21, 0.1).map(value => ({
    kind: 'numberLiteral' as const,
    value,
    isDuration: false,
    ...place,
  })),
  fc
    .integer({ min: 1, max: 1e10 })
    .map(ms => ({ kind: 'numberLiteral' as const, value: ms / 1000, isDuration: true, ...place })),
);

const plainAggregates = fc.constantFrom<AggregateOp>('sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar');
const scalarAggregates = fc.constantFrom<AggregateOp>('topk', 'bottomk', 'quantile', 'limitk', 'limit_ratio');

type Kinds = Record<ValueType, Expr> & { readonly call: Expr; readonly aggregate: Expr };

const { scalar, vector, matrix, string } = fc.letrec<Kinds>(tie => {
  const ofType: Readonly<Record<ValueType, fc.Arbitrary<Expr>>> = {
    scalar: tie('scalar'),
    vector: tie('vector'),
    matrix: tie('matrix'),
    string: tie('string'),
  };
  const callOf = (returnType: ValueType): fc.Arbitrary<Call> => {
    const fitting = [...signatures.values()].filter(one => one.returnType === returnType && one.name !== 'info');
    return fc
      .constantFrom(...fitting)
      .chain(({ name, argTypes, variadic }) =>
        fc.tuple(
          fc.constant(name),
          fc.tuple(...argTypes.map(type => ofType[type])),
          fc.boolean().map(drop => drop && variadic !== 0),
        ),
      )
      .map(([func, args, drop]) => ({ kind: 'call', func, args: drop ? args.slice(0, -1) : args, ...place }));
  };
  const grouping = fc.oneof(
    fc.record({ grouping: someLabels, without: fc.constant(true) }),
    fc.record({ grouping: someLabels, without: fc.constant(false) }),
  );
  const aggregate = (op: fc.Arbitrary<AggregateOp>, param: fc.Arbitrary<Expr | undefined>): fc.Arbitrary<Aggregate> =>
    fc
      .tuple(op, tie('vector'), param, grouping)
      .map(([name, expr, one, groups]) => ({ kind: 'aggregate', op: name, expr, param: one, ...groups, ...place }));
  return {
    call: callOf('vector'),
    aggregate: fc.oneof(
      aggregate(plainAggregates, fc.constant(undefined)),
      aggregate(scalarAggregates, tie('scalar')),
      aggregate(fc.constant('count_values'), tie('string')),
    ),
    scalar: fc.oneof(
      { depthSize: 'small' },
      number,
      callOf('scalar'),
      tie('scalar').map(expr => ({ kind: 'paren' as const, expr, ...place })),
      fc
        .tuple(arithmetic, tie('scalar'), tie('scalar'))
        .map(([op, left, right]) => binary(op, left, right, false, undefined)),
      fc
        .tuple(comparison, tie('scalar'), tie('scalar'))
        .map(([op, left, right]) => binary(op, left, right, true, undefined)),
    ),
    vector: fc.oneof(
      { depthSize: 'small' },
      selector,
      tie('call'),
      tie('aggregate'),
      tie('vector').map(expr => ({ kind: 'paren' as const, expr, ...place })),
      fc.tuple(fc.constantFrom('+' as const, '-' as const), tie('vector')).map(([op, expr]) => ({
        kind: 'unary' as const,
        op,
        expr: expr.kind === 'binary' ? { kind: 'paren' as const, expr, ...place } : expr,
        ...place,
      })),
      fc
        .tuple(arithmetic, tie('vector'), tie('scalar'))
        .map(([op, left, right]) => binary(op, left, right, false, undefined)),
      fc
        .tuple(comparison, tie('scalar'), tie('vector'), fc.boolean())
        .map(([op, left, right, bool]) => binary(op, left, right, bool, undefined)),
      fc
        .tuple(arithmetic, tie('vector'), tie('vector'), matching)
        .map(([op, left, right, how]) => binary(op, left, right, false, how)),
      fc
        .tuple(comparison, tie('vector'), tie('vector'), fc.boolean(), matching)
        .map(([op, left, right, bool, how]) => binary(op, left, right, bool, how)),
      fc
        .tuple(setOp, tie('vector'), tie('vector'), fc.boolean(), someLabels)
        .map(([op, left, right, on, labels]) =>
          binary(op, left, right, false, { card: 'many-to-many', on, labels, include: [] }),
        ),
    ),
    matrix: fc.oneof(
      { depthSize: 'small' },
      matrixSelector,
      fc
        .tuple(
          tie('vector'),
          rangeMs,
          fc.option(rangeMs, { nil: undefined }),
          fc.option(durationExpr, { nil: undefined }),
          shift,
        )
        .map(([expr, range, step, stepExpr, rest]): Subquery => ({
          kind: 'subquery',
          expr: beforeRange(expr),
          rangeMs: range,
          rangeExpr: undefined,
          stepMs: stepExpr === undefined ? step : 0,
          stepExpr,
          ...rest,
          ...place,
        })),
    ),
    string: anyText.map(value => ({ kind: 'stringLiteral' as const, value, ...place })),
  };
});

/** Any expression that the parser could give, but for its places, which are all 0. */
export const anyExpr: fc.Arbitrary<Expr> = fc.oneof(scalar, vector, matrix, string);

/** A copy of an expression with all places set to 0. */
export function withoutPlaces(expr: Expr): unknown {
  return JSON.parse(
    JSON.stringify(expr, (key, value: unknown) => {
      if (key === 'start' || key === 'end') return 0;
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
    }),
  );
}
