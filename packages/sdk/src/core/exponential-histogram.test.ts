import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExponentialHistogram } from './exponential-histogram.js';

function filled(values: readonly number[]): ExponentialHistogram {
  const histogram = new ExponentialHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

test('1, 2 and 4 lie at the upper ends of their buckets: eight buckets per doubling', () => {
  const histogram = filled([1, 2, 4]);
  const at = (value: number): number | undefined =>
    histogram.counts[Math.ceil(Math.log2(value) * 8) - 1 - histogram.offset];
  expect([histogram.scale, at(1), at(2), at(4), histogram.sum, histogram.min, histogram.max]).toEqual([
    3, 1, 1, 1, 7, 1, 4,
  ]);
});

test('no more than 160 buckets, whatever the values; each value is in the bucket that its scale gives it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 200 }),
      values => {
        const { scale, offset, counts, count } = filled(values);
        expect(counts.length).toBeLessThanOrEqual(160);
        expect(count).toBe(values.length);
        const wanted = new Map<number, number>();
        for (const value of values) {
          // Halving the resolution merges neighbours: the index at scale 3, halved.
          const index = (Math.ceil(Math.log2(value) * 8) - 1) >> (3 - scale);
          wanted.set(index, (wanted.get(index) ?? 0) + 1);
        }
        const got = [...counts].flatMap((count, at) => (count === 0 ? [] : [[offset + at, count] as const]));
        expect(new Map(got)).toEqual(wanted);
      },
    ),
  );
});

test('zero is counted apart; negative values, NaN and infinity are not counted', () => {
  const histogram = filled([0, -1, Number.NaN, Infinity, 5]);
  expect([histogram.count, histogram.zeroCount, histogram.sum]).toEqual([2, 1, 5]);
});
