import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClassicBuckets } from './classic-buckets.js';

function bucketsOf(...pairs: readonly (readonly [bound: number, count: number])[]): ClassicBuckets {
  const buckets = new ClassicBuckets(pairs.length);
  for (const [bound, count] of pairs) buckets.add(bound, count);
  return buckets;
}

test('a quantile lies evenly within its bucket; the first begins at zero, the last gives the bound before it', () => {
  const buckets = bucketsOf([1, 10], [2, 20], [Infinity, 30]);
  expect([0, 1 / 6, 0.5, 0.9, 1].map(q => buckets.quantile(q))).toEqual([0, 0.5, 1.5, 2, 2]);
  expect(bucketsOf([-1, 10], [Infinity, 20]).quantile(0.1)).toBe(-1);
});

test('without the bucket of all, with it alone, or without observations nothing is known', () => {
  expect(bucketsOf([1, 10], [2, 20]).quantile(0.5)).toBeNaN();
  expect(bucketsOf([Infinity, 20]).quantile(0.5)).toBeNaN();
  expect(bucketsOf([1, 0], [Infinity, 0]).quantile(0.5)).toBeNaN();
  expect(bucketsOf([1, 0], [Infinity, 0]).fraction(0, 1)).toBeNaN();
  expect(bucketsOf().fraction(0, 1)).toBeNaN();
});

test('two buckets of one bound are one', () => {
  const buckets = bucketsOf([1, 4], [1, 6], [2, 20], [Infinity, 20]);
  expect(buckets.size).toBe(3);
  expect(buckets.quantile(0.5)).toBe(1);
});

test('a count that falls is mended and told; one that rounding made fall is mended silently', () => {
  const fell = bucketsOf([1, 10], [2, 5], [Infinity, 20]);
  expect(fell.makeMonotonic()).toBe(true);
  expect(fell.quantile(0.5)).toBe(1);
  const rounded = bucketsOf([1, 10], [2, 10 - 1e-12], [Infinity, 20]);
  expect(rounded.makeMonotonic()).toBe(false);
  expect(rounded.quantile(0.5)).toBe(1);
});

test('the share between two values', () => {
  const buckets = bucketsOf([1, 10], [2, 30], [Infinity, 40]);
  expect(buckets.fraction(1, 2)).toBe(0.5);
  expect(buckets.fraction(-Infinity, 1.5)).toBe(0.5);
  expect(buckets.fraction(2, 1)).toBe(0);
  expect(buckets.fraction(1, Infinity)).toBe(0.75);
});

test('whatever the counts, mended quantiles rise with their shares', () => {
  const counts = fc.array(fc.nat(100), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(
      counts,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (list, p, q) => {
        const buckets = bucketsOf(
          ...list.map((count, at) => [at === list.length - 1 ? Infinity : at + 1, count] as const),
        );
        buckets.makeMonotonic();
        const low = buckets.quantile(Math.min(p, q));
        const high = buckets.quantile(Math.max(p, q));
        expect(low > high + 1e-9).toBe(false);
      },
    ),
  );
});
