import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addBuckets, apdex, bucketLowNs, countUpTo, quantilesNs } from './durations.js';

const bucketOf = (ns: number): number => (ns <= 0 ? 0 : Math.floor(8 * Math.log2(ns)));

function histogram(durationsNs: readonly number[]): Map<number, number> {
  const buckets = new Map<number, number>();
  for (const ns of durationsNs) buckets.set(bucketOf(ns), (buckets.get(bucketOf(ns)) ?? 0) + 1);
  return buckets;
}

test('a quantile lies in the bucket of the duration of that rank', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (durations, share) => {
        const [estimate = 0] = quantilesNs(histogram(durations), [share]);
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(Math.ceil(share * sorted.length - 1e-9) - 1, 0)] ?? 0;
        expect(estimate).toBeGreaterThanOrEqual(bucketLowNs(bucketOf(exact)) * 0.999999);
        expect(estimate).toBeLessThanOrEqual(bucketLowNs(bucketOf(exact) + 1) * 1.000001);
      },
    ),
  );
});

test('quantiles rise with their share', () => {
  const [p50 = 0, p95 = 0, p99 = 0] = quantilesNs(histogram([1e6, 2e6, 3e6, 500e6]), [0.5, 0.95, 0.99]);
  expect(p50).toBeLessThan(p95);
  expect(p95).toBeLessThan(p99);
  expect(quantilesNs(new Map(), [0.5])).toEqual([undefined]);
});

test('Apdex: satisfied up to 250 ms, tolerating up to a second, failed requests satisfy nobody', () => {
  expect(apdex(histogram([10e6, 10e6, 500e6, 5e9]), 0)).toBe((2 + 0.5) / 4);
  expect(apdex(histogram([10e6, 10e6, 500e6, 5e9]), 1)).toBe((1 + 0.5) / 4);
  expect(apdex(new Map(), 0)).toBeUndefined();
});

test('histograms add up', () => {
  expect([
    ...addBuckets([
      new Map([[1, 2]]),
      new Map([
        [1, 3],
        [2, 1],
      ]),
    ]),
  ]).toEqual([
    [1, 5],
    [2, 1],
  ]);
  expect(countUpTo(new Map([[8, 4]]), 2 ** 1.0625)).toBeCloseTo(2);
});
