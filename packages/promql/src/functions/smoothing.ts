import { QueryError } from '../value/query-error.js';
import type { RangeFunction } from './define.js';
import { floatRange } from './float-range.js';

function checkFactor(name: 'smoothing' | 'trend', short: string, factor: number): void {
  if (factor <= 0 || factor >= 1) {
    const shown = Number.isFinite(factor) ? factor.toFixed(6) : factor > 0 ? '+Inf' : '-Inf';
    throw new QueryError('execution', `invalid ${name} factor. Expected: 0 < ${short} < 1, got: ${shown}`);
  }
}

const smoothing = floatRange({
  name: 'double_exponential_smoothing',
  doc: 'A gauge smoothed with its trend: the first factor (0 to 1) says how much new samples count, the second how much their trend does.',
  atLeast: 2,
  reduce({ values, from, to }, scalars) {
    const weight = scalars[0] ?? NaN;
    const trending = scalars[1] ?? NaN;
    let level = values[from]!;
    let trend = values[from + 1]! - level;
    for (let at = from + 1; at < to; at++) {
      const next = weight * values[at]! + (1 - weight) * (level + trend);
      if (at + 1 < to) trend = trending * (next - level) + (1 - trending) * trend;
      level = next;
    }
    return level;
  },
});

export const doubleExponentialSmoothing: RangeFunction = {
  ...smoothing,
  reduce(window, scalars, context) {
    checkFactor('smoothing', 'sf', scalars[0] ?? NaN);
    checkFactor('trend', 'tf', scalars[1] ?? NaN);
    return smoothing.reduce(window, scalars, context);
  },
};
