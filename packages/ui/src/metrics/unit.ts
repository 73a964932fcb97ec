import type { Expr } from '@bellwether/promql';
import { metricOf } from './parsed-query.js';

/** What the numbers of an expression measure: a base, perhaps per second. `1` is a plain number, `ratio` a share of 0 to 1. */
export type Measure = {
  readonly base: '1' | 's' | 'ms' | 'By' | 'ratio' | 'percent';
  readonly perSecond: boolean;
};

const plain: Measure = { base: '1', perSecond: false };

const bySuffix: readonly (readonly [suffix: RegExp, base: Measure['base']])[] = [
  [/_seconds$/, 's'],
  [/_(milliseconds|ms)$/, 'ms'],
  [/_bytes$/, 'By'],
  [/_ratio$/, 'ratio'],
  [/_percent$/, 'percent'],
];

// Words of OpenMetrics and codes of UCUM, as OpenTelemetry writes them.
const byUnit = new Map<string, Measure['base']>([
  ['seconds', 's'],
  ['s', 's'],
  ['milliseconds', 'ms'],
  ['ms', 'ms'],
  ['bytes', 'By'],
  ['By', 'By'],
  ['ratio', 'ratio'],
  ['percent', 'percent'],
  ['%', 'percent'],
]);

/** What a metric measures, by the unit its sender gave or else by its name. */
export function measureOf(metric: string, unit: string | undefined): Measure {
  if (/_(count|bucket)$/.test(metric)) return plain;
  const given = unit === undefined ? undefined : byUnit.get(unit);
  if (given !== undefined) return { base: given, perSecond: false };
  const name = metric.replace(/_(total|sum)$/, '');
  return { base: bySuffix.find(([suffix]) => suffix.test(name))?.[1] ?? '1', perSecond: false };
}

const perSecondCalls = new Set(['rate', 'irate', 'deriv']);
const countingCalls = new Set([
  'count_over_time',
  'changes',
  'resets',
  'absent',
  'absent_over_time',
  'present_over_time',
  'timestamp',
  'time',
  'sgn',
]);
const bucketCalls = new Set(['histogram_quantile', 'histogram_avg', 'histogram_stddev']);
const countingAggregates = new Set(['count', 'count_values', 'group']);
const comparisons = new Set(['==', '!=', '>', '<', '>=', '<=']);

/** What an expression measures, as far as its metrics, functions and divisions say. `unitOf` is what a metric's sender said. */
export function expressionMeasure(expr: Expr, unitOf: (metric: string) => string | undefined): Measure {
  const of = (inner: Expr): Measure => expressionMeasure(inner, unitOf);
  switch (expr.kind) {
    case 'paren':
    case 'unary':
    case 'subquery':
      return of(expr.expr);
    case 'vectorSelector':
      return measureOf(metricOf(expr), unitOf(metricOf(expr)));
    case 'matrixSelector':
      return of(expr.vector);
    case 'aggregate':
      return countingAggregates.has(expr.op) ? plain : of(expr.expr);
    case 'call': {
      if (countingCalls.has(expr.func)) return plain;
      if (expr.func === 'histogram_fraction') return { base: 'ratio', perSecond: false };
      const vector = expr.args.find(arg => arg.kind !== 'numberLiteral' && arg.kind !== 'stringLiteral');
      if (vector === undefined) return plain;
      if (bucketCalls.has(expr.func)) return { base: bucketBase(vector, unitOf), perSecond: false };
      if (expr.func === 'histogram_count') return { base: '1', perSecond: of(vector).perSecond };
      const inner = of(vector);
      return perSecondCalls.has(expr.func) ? { ...inner, perSecond: true } : inner;
    }
    case 'binary': {
      const left = of(expr.left);
      const right = of(expr.right);
      if (comparisons.has(expr.op)) return expr.bool ? plain : left;
      if (expr.op === '/') {
        const share = divided(left, right, isNumber(expr.right));
        return share.base === 'ratio' && isHundredfold(expr.left) ? { base: 'percent', perSecond: false } : share;
      }
      if (expr.op === '*') return multiplied(left, right, expr);
      return left.base === '1' && !left.perSecond ? right : left;
    }
    case 'numberLiteral':
    case 'stringLiteral':
      return plain;
  }
}

/** The values that the buckets below an expression count. */
function bucketBase(expr: Expr, unitOf: (metric: string) => string | undefined): Measure['base'] {
  switch (expr.kind) {
    case 'vectorSelector': {
      const metric = metricOf(expr).replace(/_bucket$/, '');
      return measureOf(metric, unitOf(metric)).base;
    }
    case 'matrixSelector':
      return bucketBase(expr.vector, unitOf);
    case 'paren':
    case 'unary':
    case 'subquery':
    case 'aggregate':
      return bucketBase(expr.expr, unitOf);
    case 'call': {
      const vector = expr.args.find(arg => arg.kind !== 'numberLiteral' && arg.kind !== 'stringLiteral');
      return vector === undefined ? '1' : bucketBase(vector, unitOf);
    }
    case 'binary':
      return bucketBase(expr.left, unitOf);
    case 'numberLiteral':
    case 'stringLiteral':
      return '1';
  }
}

function divided(left: Measure, right: Measure, byNumber: boolean): Measure {
  if (byNumber) return left;
  // Seconds per second over requests per second are seconds per request.
  if (right.base === '1')
    return {
      base: left.base === '1' && right.perSecond ? 'ratio' : left.base,
      perSecond: left.perSecond && !right.perSecond,
    };
  return left.base === right.base && left.perSecond === right.perSecond ? { base: 'ratio', perSecond: false } : plain;
}

function multiplied(
  left: Measure,
  right: Measure,
  { left: leftExpr, right: rightExpr }: { left: Expr; right: Expr },
): Measure {
  const number = isNumber(rightExpr) ? rightExpr.value : isNumber(leftExpr) ? leftExpr.value : undefined;
  const measured = isNumber(leftExpr) ? right : left;
  if (number === 100 && measured.base === 'ratio') return { base: 'percent', perSecond: false };
  if (number === 1000 && measured.base === 's' && !measured.perSecond) return { base: 'ms', perSecond: false };
  return number === undefined || number === 1
    ? measured.base === '1'
      ? right
      : measured
    : number === 60
      ? plain
      : measured;
}

/** `100 * a`, which over `b` is a share in percent. */
function isHundredfold(expr: Expr): boolean {
  if (expr.kind === 'paren') return isHundredfold(expr.expr);
  if (expr.kind !== 'binary' || expr.op !== '*') return false;
  return [expr.left, expr.right].some(side => isNumber(side) && side.value === 100);
}

function isNumber(expr: Expr): expr is Extract<Expr, { kind: 'numberLiteral' }> {
  return expr.kind === 'numberLiteral';
}
