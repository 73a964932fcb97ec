import { add, compact, divide, multiply, subtract } from '../histogram/arithmetic.js';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import { equalHistograms } from '../histogram/equal.js';
import type { ArithmeticOp, BinaryOp, ComparisonOp } from '../parse/ast.js';

/** An arithmetic operator on two floats, as Go computes it. */
export function arithmetic(op: ArithmeticOp): (left: number, right: number) => number {
  switch (op) {
    case '+':
      return (left, right) => left + right;
    case '-':
      return (left, right) => left - right;
    case '*':
      return (left, right) => left * right;
    case '/':
      return (left, right) => left / right;
    case '%':
      return (left, right) => left % right;
    case '^':
      return power;
    case 'atan2':
      return Math.atan2;
  }
}

/** IEEE 754's `pow`: 1 to anything, and -1 to the infinities, is 1; in JavaScript they are NaN. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && (exponent === Infinity || exponent === -Infinity))) return 1;
  return base ** exponent;
}

export function comparison(op: ComparisonOp): (left: number, right: number) => boolean {
  switch (op) {
    case '==':
      return (left, right) => left === right;
    case '!=':
      return (left, right) => left !== right;
    case '>':
      return (left, right) => left > right;
    case '<':
      return (left, right) => left < right;
    case '>=':
      return (left, right) => left >= right;
    case '<=':
      return (left, right) => left <= right;
  }
}

export function isComparison(op: BinaryOp): op is ComparisonOp {
  return op === '==' || op === '!=' || op === '>' || op === '<' || op === '>=' || op === '<=';
}

export function isArithmetic(op: BinaryOp): op is ArithmeticOp {
  return !isComparison(op) && op !== 'and' && op !== 'or' && op !== 'unless';
}

/** What an operator says of two samples of which at least one is a histogram. */
export type HistogramOutcome =
  | { readonly is: 'value'; readonly value: FloatHistogram }
  | { readonly is: 'answer'; readonly holds: boolean }
  /** The operator knows nothing of such a pair. */
  | { readonly is: 'foreign' }
  /** The buckets do not fit. */
  | { readonly is: 'incompatible' };

export function onHistograms(
  op: ArithmeticOp | ComparisonOp,
  left: number | FloatHistogram,
  right: number | FloatHistogram,
): HistogramOutcome {
  if (typeof left === 'number') {
    if (op !== '*' || typeof right === 'number') return { is: 'foreign' };
    return { is: 'value', value: compact(multiply(right, left)) };
  }
  if (typeof right === 'number') {
    if (op === '*') return { is: 'value', value: compact(multiply(left, right)) };
    if (op === '/') return { is: 'value', value: compact(divide(left, right)) };
    return { is: 'foreign' };
  }
  switch (op) {
    case '+':
    case '-': {
      const result = op === '+' ? add(left, right) : subtract(left, right);
      return typeof result === 'string' ? { is: 'incompatible' } : { is: 'value', value: compact(result) };
    }
    case '==':
      return { is: 'answer', holds: equalHistograms(left, right) };
    case '!=':
      return { is: 'answer', holds: !equalHistograms(left, right) };
    default:
      return { is: 'foreign' };
  }
}
