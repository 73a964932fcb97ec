import { BucketWalk } from './bucket-walk.js';
import { usesCustomBuckets, type FloatHistogram } from './float-histogram.js';

/** A quantile or fraction, and whether observations that were no numbers disturb it. */
export interface Estimate {
  readonly value: number;
  readonly nan: 'none' | 'skewed' | 'result';
}

/**
 * The value below which the share `q` of the observations lies.
 *
 * Within a bucket they are taken to be spread evenly, on a logarithmic scale if the bucket is exponential. A histogram with buckets on one side
 * only has no observations on the other side of zero. Observations that were NaN count as larger than all others.
 */
export function nativeQuantile(q: number, histogram: FloatHistogram): Estimate {
  if (q < 0) return { value: -Infinity, nan: 'none' };
  if (q > 1) return { value: Infinity, nan: 'none' };
  if (histogram.count === 0 || Number.isNaN(q)) return { value: NaN, nan: 'none' };
  const mayHaveNaN = Number.isNaN(histogram.sum);
  // From the end that is nearer, so that less is lost in rounding; NaN observations are in no bucket, so they are beyond the upper end.
  const ascending = mayHaveNaN || q < 0.5;
  const rank = (ascending ? q : 1 - q) * histogram.count;
  const walk = new BucketWalk(histogram, !ascending);
  let passed = 0;
  while (walk.next()) {
    if (walk.count === 0) continue;
    passed += walk.count;
    if (passed >= rank) break;
  }
  const { count } = walk;
  let { lower, upper } = walk;
  const isCustom = usesCustomBuckets(histogram);
  if (isCustom && lower === -Infinity) {
    if (upper <= 0) return { value: upper, nan: 'none' };
    lower = 0;
  } else if (isCustom && upper === Infinity) {
    return { value: lower, nan: 'none' };
  } else if (!isCustom && lower < 0 && upper > 0) {
    ({ lower, upper } = zeroBucketBounds(lower, upper, histogram));
  }
  passed = Math.min(passed, histogram.count);
  if (passed < rank) return mayHaveNaN ? { value: NaN, nan: 'result' } : { value: upper, nan: 'none' };
  const within = (ascending ? rank - (passed - count) : passed - rank) / count;
  const value =
    isCustom || (lower <= 0 && upper >= 0)
      ? lower + (upper - lower) * within
      : onLogarithmicScale(lower, upper, within);
  return { value, nan: mayHaveNaN && hasNaN(walk, passed, histogram) ? 'skewed' : 'none' };
}

/** Whether the buckets together, `passed` and those still ahead, count less than was observed. */
function hasNaN(walk: BucketWalk, passed: number, histogram: FloatHistogram): boolean {
  let all = passed;
  while (walk.next()) all += walk.count;
  return all < histogram.count;
}

/** The bounds of the zero bucket: with buckets on one side only it ends at zero. */
export function zeroBucketBounds(
  lower: number,
  upper: number,
  { positive, negative }: FloatHistogram,
): { readonly lower: number; readonly upper: number } {
  const hasPositive = positive.counts.length > 0;
  const hasNegative = negative.counts.length > 0;
  if (hasPositive === hasNegative) return { lower, upper };
  return hasPositive ? { lower: 0, upper } : { lower, upper: 0 };
}

function onLogarithmicScale(lower: number, upper: number, share: number): number {
  const from = Math.log2(Math.abs(lower));
  const to = Math.log2(Math.abs(upper));
  return lower > 0 ? 2 ** (from + (to - from) * share) : -(2 ** (to + (from - to) * (1 - share)));
}
