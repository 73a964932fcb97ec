import { QueryError } from '../value/query-error.js';
import type { DurationExpr, Expr, TimeShift } from './ast.js';
import { maxDurationMs } from './duration.js';

/**
 * An expression whose durations are all numbers; `stepMs` is the step of the evaluation, 0 for an instant query.
 *
 * Throws `QueryError` for a range or step that is not above 0, a division by zero, and more than 292 years.
 */
export function resolveDurations(expr: Expr, stepMs: number): Expr {
  switch (expr.kind) {
    case 'numberLiteral':
    case 'stringLiteral':
      return expr;
    case 'paren':
    case 'unary':
      return { ...expr, expr: resolveDurations(expr.expr, stepMs) };
    case 'binary':
      return { ...expr, left: resolveDurations(expr.left, stepMs), right: resolveDurations(expr.right, stepMs) };
    case 'call':
      return { ...expr, args: expr.args.map(arg => resolveDurations(arg, stepMs)) };
    case 'aggregate': {
      const param = expr.param === undefined ? undefined : resolveDurations(expr.param, stepMs);
      return { ...expr, expr: resolveDurations(expr.expr, stepMs), param };
    }
    case 'vectorSelector':
      return { ...expr, ...resolvedShift(expr, stepMs) };
    case 'matrixSelector': {
      const vector = { ...expr.vector, ...resolvedShift(expr.vector, stepMs) };
      const rangeMs = expr.rangeExpr === undefined ? expr.rangeMs : positiveMs(expr.rangeExpr, stepMs);
      return { ...expr, vector, rangeMs, rangeExpr: undefined };
    }
    case 'subquery':
      return {
        ...expr,
        ...resolvedShift(expr, stepMs),
        expr: resolveDurations(expr.expr, stepMs),
        rangeMs: expr.rangeExpr === undefined ? expr.rangeMs : positiveMs(expr.rangeExpr, stepMs),
        rangeExpr: undefined,
        stepMs: expr.stepExpr === undefined ? expr.stepMs : positiveMs(expr.stepExpr, stepMs),
        stepExpr: undefined,
      };
  }
}

function resolvedShift(shift: TimeShift, stepMs: number): Pick<TimeShift, 'offsetMs' | 'offsetExpr'> {
  if (shift.offsetExpr === undefined) return { offsetMs: shift.offsetMs, offsetExpr: undefined };
  return { offsetMs: wholeMs(shift.offsetExpr, stepMs), offsetExpr: undefined };
}

function positiveMs(expr: DurationExpr, stepMs: number): number {
  const ms = wholeMs(expr, stepMs);
  if (ms > 0) return ms;
  throw new QueryError('bad_data', `${expr.start}:${expr.end}: duration must be greater than 0`);
}

function wholeMs(expr: DurationExpr, stepMs: number): number {
  const ms = secondsOf(expr, stepMs) * 1000;
  if (Math.abs(ms) <= maxDurationMs) return Math.trunc(ms);
  throw new QueryError('bad_data', `${expr.start}:${expr.end}: duration is out of range`);
}

function secondsOf(expr: DurationExpr, stepMs: number): number {
  switch (expr.kind) {
    case 'durationNumber':
      return expr.seconds;
    case 'durationStep':
      return stepMs / 1000;
    case 'durationParen':
      return secondsOf(expr.expr, stepMs);
    case 'durationUnary':
      return expr.op === '-' ? -secondsOf(expr.expr, stepMs) : secondsOf(expr.expr, stepMs);
    case 'durationChoice': {
      const left = secondsOf(expr.left, stepMs);
      const right = secondsOf(expr.right, stepMs);
      return expr.func === 'min' ? Math.min(left, right) : Math.max(left, right);
    }
    case 'durationBinary':
      return calculated(expr, secondsOf(expr.left, stepMs), secondsOf(expr.right, stepMs));
  }
}

function calculated(expr: DurationExpr & { kind: 'durationBinary' }, left: number, right: number): number {
  switch (expr.op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '^':
      return left ** right;
    case '/':
    case '%': {
      const what = expr.op === '/' ? 'division' : 'modulo';
      if (right === 0) throw new QueryError('bad_data', `${expr.start}:${expr.end}: ${what} by zero`);
      return expr.op === '/' ? left / right : left % right;
    }
  }
}
