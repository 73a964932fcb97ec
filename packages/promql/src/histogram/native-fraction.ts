import { BucketWalk } from './bucket-walk.js';
import { usesCustomBuckets, type FloatHistogram } from './float-histogram.js';
import { zeroBucketBounds, type Estimate } from './native-quantile.js';

/** The share of all observations that lie between two values, with the same guesses within a bucket as a quantile makes. NaN ones are in no share. */
export function nativeFraction(from: number, to: number, histogram: FloatHistogram): Estimate {
  if (histogram.count === 0 || Number.isNaN(from) || Number.isNaN(to)) return { value: NaN, nan: 'none' };
  if (from >= to) return { value: 0, nan: 'none' };
  const mayHaveNaN = Number.isNaN(histogram.sum);
  const inBuckets = mayHaveNaN ? allCounted(histogram) : histogram.count;
  const nan = mayHaveNaN && inBuckets < histogram.count ? 'skewed' : 'none';
  const below = Math.min(rankOf(from, histogram) ?? inBuckets, inBuckets);
  const upTo = Math.min(rankOf(to, histogram) ?? inBuckets, inBuckets);
  return { value: (upTo - below) / histogram.count, nan };
}

function allCounted(histogram: FloatHistogram): number {
  const walk = new BucketWalk(histogram);
  let all = 0;
  while (walk.next()) all += walk.count;
  return all;
}

/** How many observations lie below a value; `undefined` when it is above every bucket. */
function rankOf(value: number, histogram: FloatHistogram): number | undefined {
  const walk = new BucketWalk(histogram);
  const isCustom = usesCustomBuckets(histogram);
  let rank = 0;
  while (walk.next()) {
    const isZero = walk.lower <= 0 && walk.upper >= 0;
    const { lower, upper } = isZero ? zeroBucketBounds(walk.lower, walk.upper, histogram) : walk;
    if (lower >= value) return rank;
    if (upper > value)
      return (
        rank +
        walk.count * (isCustom || isZero ? (value - lower) / (upper - lower) : onLogarithmicScale(value, lower, upper))
      );
    rank += walk.count;
  }
  return undefined;
}

function onLogarithmicScale(value: number, lower: number, upper: number): number {
  const at = Math.log2(Math.abs(value));
  const from = Math.log2(Math.abs(lower));
  const to = Math.log2(Math.abs(upper));
  return value > 0 ? (at - from) / (to - from) : 1 - (at - to) / (from - to);
}
