import { CompensatedSum } from '../functions/compensated-sum.js';
import { BucketWalk } from './bucket-walk.js';
import { usesCustomBuckets, type FloatHistogram } from './float-histogram.js';

/**
 * The variance of the observations, each taken to lie in the middle of its bucket: the geometric middle of an exponential one,
 * zero in the zero bucket, the arithmetic middle of a custom one.
 */
export function nativeVariance(histogram: FloatHistogram): number {
  const mean = histogram.sum / histogram.count;
  const walk = new BucketWalk(histogram);
  const isCustom = usesCustomBuckets(histogram);
  const sum = new CompensatedSum();
  while (walk.next()) {
    if (walk.count === 0) continue;
    const distance = (isCustom ? (walk.upper + walk.lower) / 2 : exponentialMiddle(walk)) - mean;
    sum.add(walk.count * distance * distance);
  }
  return sum.total() / histogram.count;
}

function exponentialMiddle({ lower, upper }: BucketWalk): number {
  if (lower <= 0 && upper >= 0) return 0;
  const middle = Math.sqrt(upper * lower);
  return upper < 0 ? -middle : middle;
}
