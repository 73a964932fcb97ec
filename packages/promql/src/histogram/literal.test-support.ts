import { bucketRun, customSchema, emptyHistogram, type FloatHistogram } from './float-histogram.js';

interface Parts extends Partial<Omit<FloatHistogram, 'positive' | 'negative' | 'customValues'>> {
  /** Counts of the positive buckets, the first at `offset`. */
  readonly buckets?: readonly number[];
  readonly offset?: number;
  readonly negativeBuckets?: readonly number[];
  readonly negativeOffset?: number;
  readonly bounds?: readonly number[];
}

/** A histogram from few words, named as in Prometheus' test scripts; with bounds it has custom buckets. */
export function histogram(parts: Parts): FloatHistogram {
  const { buckets = [], offset = 0, negativeBuckets = [], negativeOffset = 0, bounds, ...rest } = parts;
  const positive = bucketRun(offset, Float64Array.from(buckets));
  const negative = bucketRun(negativeOffset, Float64Array.from(negativeBuckets));
  const custom = bounds === undefined ? {} : { schema: customSchema, customValues: Float64Array.from(bounds) };
  return { ...emptyHistogram, positive, negative, ...custom, ...rest };
}
