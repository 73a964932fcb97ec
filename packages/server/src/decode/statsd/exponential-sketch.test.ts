import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExponentialSketch, bucketIndex } from './exponential-sketch.js';

test('a bucket ends with a power of its base, which belongs to it', () => {
  expect([1, 2, 4, 3, 0.5, 1.0001].map(value => bucketIndex(value, 0))).toEqual([-1, 0, 1, 1, -2, 0]);
  expect([1, 2, 1.41, 1.42].map(value => bucketIndex(value, 1))).toEqual([-1, 1, 0, 1]);
  expect([16, 16.1, 1, 5e-324, Number.MAX_VALUE].map(value => bucketIndex(value, -2))).toEqual([0, 1, -1, -269, 255]);
});

test('one value is one bucket at the finest scale', () => {
  const sketch = new ExponentialSketch();
  sketch.add(4, 3);
  expect(sketch.point()).toMatchObject({ count: 3, sum: 12, min: 4, max: 4, scale: 20, positive: { counts: [3] } });
});

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, min: 0.001, max: 100 }),
  fc.constantFrom(0, -0, 1, 2, 1024, 5e-324, Number.MAX_VALUE),
);

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

test('every value is counted in the bucket that holds it, and there are at most 160 buckets on each side', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 60 }), values => {
      const sketch = new ExponentialSketch();
      for (const [value, times] of values) sketch.add(value, times);
      const { count, zeroCount, scale, positive, negative, min, max } = sketch.point();
      expect(Math.max(positive.counts.length, negative.counts.length)).toBeLessThanOrEqual(160);
      expect(sum(positive.counts) + sum(negative.counts) + zeroCount).toBe(count);
      expect(count).toBe(sum(values.map(([, times]) => times)));
      expect([min, max]).toEqual([Math.min(...values.map(([v]) => v)), Math.max(...values.map(([v]) => v))]);
      for (const [side, sign] of [
        [positive, 1],
        [negative, -1],
      ] as const) {
        const expected = new Map<number, number>();
        for (const [value, times] of values)
          if (Math.sign(value) === sign) {
            const index = bucketIndex(Math.abs(value), scale);
            expected.set(index, (expected.get(index) ?? 0) + times);
          }
        const actual = new Map(side.counts.flatMap((count, i) => (count === 0 ? [] : [[side.offset + i, count]])));
        expect(actual).toEqual(expected);
      }
    }),
    { numRuns: 500 },
  );
});
