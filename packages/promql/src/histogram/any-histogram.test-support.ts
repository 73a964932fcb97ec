import fc from 'fast-check';
import { withoutFirst } from './bucket-lists.js';
import { customSchema, emptyHistogram, type Buckets, type FloatHistogram } from './float-histogram.js';
import { bucketsTaken } from './zero-bucket.js';

const anyBuckets: fc.Arbitrary<Buckets> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: -30, max: 30 }), fc.integer({ min: 0, max: 1000 })), {
    maxLength: 12,
    selector: ([index]) => index,
  })
  .map(pairs => bucketsOf(pairs));

/** Exponential histograms of a schema, with whole counts, which add up exactly, and no bucket that reaches into the zero bucket. */
export function anyHistogramOf(schema: number): fc.Arbitrary<FloatHistogram> {
  return fc
    .record({
      zeroThreshold: fc.constantFrom(0, 2 ** -128, 0.001, 0.5, 1, 3),
      zeroCount: fc.integer({ min: 0, max: 100 }),
      sum: fc.integer({ min: -1000, max: 1000 }),
      positive: anyBuckets,
      negative: anyBuckets,
    })
    .map(({ positive, negative, ...parts }) => {
      const outside = (buckets: Buckets): Buckets =>
        withoutFirst(buckets, bucketsTaken(buckets, schema, parts.zeroThreshold));
      return { ...emptyHistogram, ...parts, schema, positive: outside(positive), negative: outside(negative) };
    })
    .map(parts => ({ ...parts, count: parts.zeroCount + total(parts.positive) + total(parts.negative) }));
}

/** Exponential histograms of any schema. */
export const anyHistogram: fc.Arbitrary<FloatHistogram> = fc.integer({ min: -4, max: 8 }).chain(anyHistogramOf);

/** Two histograms with the same custom buckets. */
export function anyCustomPair(): fc.Arbitrary<[FloatHistogram, FloatHistogram]> {
  const bounds = fc
    .uniqueArray(fc.integer({ min: -20, max: 20 }), { maxLength: 6 })
    .map(list => Float64Array.from(list).sort());
  return bounds.chain(customValues => {
    const one = fc
      .record({
        counts: fc.array(fc.integer({ min: 0, max: 100 }), {
          minLength: customValues.length + 1,
          maxLength: customValues.length + 1,
        }),
        sum: fc.integer(),
      })
      .map(({ counts, sum }) => {
        const positive = bucketsOf(counts.map((value, index) => [index, value]));
        return { ...emptyHistogram, schema: customSchema, customValues, positive, sum, count: total(positive) };
      });
    return fc.tuple(one, one);
  });
}

function bucketsOf(pairs: readonly (readonly [number, number])[]): Buckets {
  const sorted = pairs.toSorted(([a], [b]) => a - b);
  return {
    indexes: Int32Array.from(sorted, ([index]) => index),
    counts: Float64Array.from(sorted, ([, value]) => value),
  };
}

/** The counts of buckets by their index. */
export function bucketMap({ indexes, counts }: Buckets): Record<number, number> {
  return Object.fromEntries(Array.from(indexes, (index, at) => [index, counts[at] ?? 0]));
}

function total({ counts }: Buckets): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
