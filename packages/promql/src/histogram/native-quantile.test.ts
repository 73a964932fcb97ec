import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyHistogram } from './any-histogram.test-support.js';
import { histogram } from './literal.test-support.js';
import { nativeFraction } from './native-fraction.js';
import { nativeQuantile } from './native-quantile.js';
import { nativeVariance } from './native-variance.js';

test('within an exponential bucket the middle is the geometric one', () => {
  const one = histogram({ count: 10, buckets: [10], offset: 1 }); // (1, 2]
  expect(nativeQuantile(0.5, one).value).toBeCloseTo(Math.SQRT2, 12);
  expect(nativeQuantile(0, one).value).toBe(1);
  expect(nativeQuantile(1, one).value).toBe(2);
  const mirrored = histogram({ count: 10, negativeBuckets: [10], negativeOffset: 1 });
  expect(nativeQuantile(0.25, mirrored).value).toBeCloseTo(-(2 ** 0.75), 12);
});

test('the zero bucket is even, and ends at zero when buckets stand on one side only', () => {
  const both = histogram({ count: 4, zeroThreshold: 0.1, zeroCount: 2, buckets: [1], negativeBuckets: [1] });
  expect(nativeQuantile(0.5, both).value).toBeCloseTo(0, 12);
  const positive = histogram({ count: 4, zeroThreshold: 0.1, zeroCount: 2, buckets: [2] });
  expect(nativeQuantile(0.25, positive).value).toBeCloseTo(0.05, 12);
  const negative = histogram({ count: 4, zeroThreshold: 0.1, zeroCount: 2, negativeBuckets: [2] });
  expect(nativeQuantile(0.75, negative).value).toBeCloseTo(-0.05, 12);
});

test('custom buckets are even; the lowest begins at zero, the highest has no end', () => {
  const custom = histogram({ count: 8, bounds: [2, 4], buckets: [4, 2, 2] });
  expect(nativeQuantile(0.25, custom).value).toBe(1);
  expect(nativeQuantile(0.625, custom).value).toBe(3);
  expect(nativeQuantile(0.9, custom).value).toBe(4);
  expect(nativeQuantile(0.1, histogram({ count: 2, bounds: [-1, 1], buckets: [1, 1, 0] })).value).toBe(-1);
});

test('outside of 0 to 1, of nothing, and of NaN there is no value between the bounds', () => {
  const one = histogram({ count: 1, buckets: [1] });
  expect([-0.1, 1.1, NaN].map(q => nativeQuantile(q, one).value)).toEqual([-Infinity, Infinity, NaN]);
  expect(nativeQuantile(0.5, histogram({})).value).toBeNaN();
});

test('observations that are no numbers are above all others, and that is said', () => {
  const half = histogram({ count: 4, sum: NaN, buckets: [2], offset: 1 });
  expect(nativeQuantile(0.25, half)).toEqual({ value: expect.closeTo(Math.SQRT2, 12), nan: 'skewed' });
  expect(nativeQuantile(0.75, half)).toEqual({ value: NaN, nan: 'result' });
  expect(nativeFraction(-Infinity, Infinity, half)).toEqual({ value: 0.5, nan: 'skewed' });
  const infinite = histogram({ count: 2, sum: NaN, buckets: [2], offset: 1 });
  expect(nativeQuantile(0.5, infinite).nan).toBe('none');
});

test('a histogram that says it has more than its buckets hold ends at the last of them', () => {
  expect(nativeQuantile(0.4, histogram({ count: 10, sum: 1, buckets: [3], offset: 1 })).value).toBe(2);
});

test('observations without any bucket are taken to be zero', () => {
  expect(nativeQuantile(0.5, histogram({ count: 5, sum: 1, zeroThreshold: 0.001 })).value).toBe(0);
});

test('a quantile never falls when its share rises, and stays within the buckets', () => {
  fc.assert(
    fc.property(anyHistogram, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2 }), (one, shares) => {
      fc.pre(one.count > 0);
      const values = shares.toSorted((a, b) => a - b).map(share => nativeQuantile(share, one).value);
      for (const [at, value] of values.entries()) {
        const before = values[at - 1] ?? -Infinity;
        expect(value - before).toBeGreaterThanOrEqual(-1e-9 * Math.abs(value));
      }
    }),
  );
});

test('the share below a quantile is the share that was asked for', () => {
  fc.assert(
    fc.property(anyHistogram, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (one, share) => {
      fc.pre(one.count > 0);
      const value = nativeQuantile(share, one).value;
      fc.pre(value !== 0 || one.zeroThreshold > 0);
      const below = nativeFraction(-Infinity, value, one).value;
      const upTo = nativeFraction(-Infinity, value + 1e-9 * Math.abs(value) + 1e-300, one).value;
      expect(below).toBeLessThanOrEqual(share + 1e-6);
      expect(upTo).toBeGreaterThanOrEqual(share - 1e-6);
    }),
  );
});

test('fractions of neighbouring ranges add up', () => {
  const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(anyHistogram, values, (one, list) => {
      fc.pre(one.count > 0);
      const [a = 0, b = 0, c = 0] = list.toSorted((left, right) => left - right);
      const whole = nativeFraction(a, c, one).value;
      expect(nativeFraction(a, b, one).value + nativeFraction(b, c, one).value).toBeCloseTo(whole, 9);
    }),
  );
});

test('the share between two values is interpolated as quantiles are', () => {
  const one = histogram({ count: 4, buckets: [2, 2], offset: 1 }); // (1, 2], (2, 4]
  expect(nativeFraction(1, 2, one).value).toBe(0.5);
  expect(nativeFraction(0, Math.SQRT2, one).value).toBeCloseTo(0.25, 12);
  expect(nativeFraction(2, 1, one).value).toBe(0);
  expect(nativeFraction(NaN, 1, one).value).toBeNaN();
});

test('the variance takes each observation to be in the middle of its bucket', () => {
  const custom = histogram({ count: 4, sum: 8, bounds: [0, 2, 4], buckets: [0, 2, 2, 0] }); // 1, 1, 3, 3
  expect(nativeVariance(custom)).toBe(1);
  const exponential = histogram({ count: 2, sum: Math.SQRT2 * 2, buckets: [2], offset: 1 });
  expect(nativeVariance(exponential)).toBeCloseTo(0, 12);
});
