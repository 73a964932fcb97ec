/**
 * Durations as the receiver counts them: bucket `floor(8 * log2(ns))`, 0 for 0 and 1 ns. A bucket is 9% wide,
 * so a quantile read from it is at most 4.5% off.
 */
export type DurationBuckets = ReadonlyMap<number, number>;

const bucketsPerDoubling = 8;

/** The shortest duration of a bucket, ns. */
export function bucketLowNs(bucket: number): number {
  return 2 ** (bucket / bucketsPerDoubling);
}

/** Buckets as the engine gives a `Map(UInt16, UInt64)`. */
export function readBuckets(map: Readonly<Record<string, string | number>>): DurationBuckets {
  return new Map(Object.entries(map).map(([bucket, count]) => [Number(bucket), Number(count)]));
}

/** Counts of several histograms in one. */
export function addBuckets(histograms: readonly DurationBuckets[]): DurationBuckets {
  const sum = new Map<number, number>();
  for (const histogram of histograms) {
    for (const [bucket, count] of histogram) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  }
  return sum;
}

/** The durations, ns, below which the given shares (0 to 1, rising) of the requests lie; undefined when there are none. */
export function quantilesNs(histogram: DurationBuckets, shares: readonly number[]): readonly (number | undefined)[] {
  const buckets = [...histogram].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return shares.map(() => undefined);
  let below = 0;
  let at = 0;
  return shares.map(share => {
    const rank = share * total;
    for (;;) {
      const [bucket, count] = buckets[at] ?? [0, 0];
      if (below + count >= rank || at === buckets.length - 1) {
        // Within a bucket durations are taken to be spread evenly over the logarithm.
        return bucketLowNs(bucket + Math.min(Math.max((rank - below) / count, 0), 1));
      }
      below += count;
      at += 1;
    }
  });
}

/** How many requests took at most `limitNs`; the bucket that holds the limit counts in part. */
export function countUpTo(histogram: DurationBuckets, limitNs: number): number {
  const limit = bucketsPerDoubling * Math.log2(limitNs);
  let count = 0;
  for (const [bucket, inBucket] of histogram) count += inBucket * Math.min(Math.max(limit - bucket, 0), 1);
  return count;
}

const satisfiedNs = 250e6;

/**
 * Apdex with T = 250 ms: (satisfied + tolerating / 2) / all, where satisfied is up to T and tolerating up to 4 T. A failed request satisfies nobody:
 * errors are taken out of the satisfied first.
 */
export function apdex(histogram: DurationBuckets, errors: number): number | undefined {
  let total = 0;
  for (const count of histogram.values()) total += count;
  if (total === 0) return undefined;
  const satisfied = countUpTo(histogram, satisfiedNs);
  const tolerating = countUpTo(histogram, 4 * satisfiedNs) - satisfied;
  return Math.min(Math.max((satisfied - errors + tolerating / 2) / total, 0), 1);
}
