import { exponentialBound } from './bounds.js';
import type { Buckets, FloatHistogram } from './float-histogram.js';

/** A zero bucket: everything from minus to plus `threshold`, both included. */
export interface ZeroBucket {
  readonly threshold: number;
  readonly count: number;
}

/**
 * The zero bucket that a histogram would have with a threshold of at least `threshold`.
 *
 * A bucket with a count is taken in whole or not at all; when the threshold falls into one, it grows to that bucket's end.
 */
export function widerZeroBucket(histogram: FloatHistogram, threshold: number): ZeroBucket {
  const { schema, positive, negative, zeroCount, zeroThreshold } = histogram;
  let wider = threshold;
  if (wider === zeroThreshold) return { threshold, count: zeroCount };
  // The end of a bucket on one side may lie within one of the other; both sides have the same bounds, so that the second pass settles it.
  for (;;) {
    const up = taken(positive, schema, wider);
    const down = taken(negative, schema, up.threshold);
    wider = down.threshold;
    if (down.threshold === up.threshold) return { threshold: wider, count: zeroCount + up.count + down.count };
  }
}

function taken({ indexes, counts }: Buckets, schema: number, threshold: number): ZeroBucket {
  let count = 0;
  for (let at = 0; at < indexes.length; at++) {
    if (exponentialBound(indexes[at]! - 1, schema) >= threshold) break;
    count += counts[at]!;
    const end = exponentialBound(indexes[at]!, schema);
    if (end > threshold) return { threshold: counts[at] === 0 ? threshold : end, count };
  }
  return { threshold, count };
}

/** The number of first buckets that a zero bucket with this threshold has taken in. */
export function bucketsTaken({ indexes }: Buckets, schema: number, threshold: number): number {
  let at = 0;
  while (at < indexes.length && exponentialBound(indexes[at]! - 1, schema) < threshold) at++;
  return at;
}
