import fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, compact, divide, multiply, subtract } from './arithmetic.js';
import {
  bucketRun,
  customSchema,
  emptyHistogram,
  noBuckets,
  withHint,
  type FloatHistogram,
} from './float-histogram.js';
import { anyCustomPair, anyHistogram, anyHistogramOf, bucketMap } from './any-histogram.test-support.js';

const run = (offset: number, ...counts: number[]) => bucketRun(offset, Float64Array.from(counts));

const hinted = (counterResetHint: FloatHistogram['counterResetHint']) => withHint(emptyHistogram, counterResetHint);

const custom = (...bounds: number[]) => ({
  ...emptyHistogram,
  schema: customSchema,
  customValues: Float64Array.from(bounds),
});

function sumOf(a: FloatHistogram, b: FloatHistogram): FloatHistogram {
  const sum = add(a, b);
  if (typeof sum === 'string') throw new Error(sum);
  return sum;
}

test('counts of buckets are added by index; a bucket that one lacks is made', () => {
  const a = { ...emptyHistogram, count: 6, sum: 10, positive: run(0, 1, 2, 3) };
  const b = { ...emptyHistogram, count: 9, sum: 20, positive: run(2, 4, 5) };
  const sum = sumOf(a, b);
  expect(bucketMap(sum.positive)).toEqual({ 0: 1, 1: 2, 2: 7, 3: 5 });
  expect([sum.count, sum.sum]).toEqual([15, 30]);
  expect(bucketMap(a.positive)).toEqual({ 0: 1, 1: 2, 2: 3 });
});

test('the coarser schema wins: buckets 1 and 2 of schema 1 are bucket 1 of schema 0', () => {
  const fine = { ...emptyHistogram, schema: 1, count: 7, positive: run(1, 1, 2, 4) };
  const coarse = { ...emptyHistogram, schema: 0, count: 10, positive: run(1, 10) };
  const sum = sumOf(fine, coarse);
  expect(sum.schema).toBe(0);
  expect(bucketMap(sum.positive)).toEqual({ 1: 13, 2: 4 });
});

test('the wider zero bucket takes in the buckets it covers, and grows to the end of one that it cuts', () => {
  const narrow = { ...emptyHistogram, zeroThreshold: 0.001, zeroCount: 1, count: 10, positive: run(-1, 2, 3, 4) }; // (0.25, 0.5], (0.5, 1], (1, 2]
  const wide = { ...emptyHistogram, zeroThreshold: 0.75, zeroCount: 5, count: 5 };
  const sum = sumOf(narrow, wide);
  expect([sum.zeroThreshold, sum.zeroCount]).toEqual([1, 11]);
  expect(bucketMap(sum.positive)).toEqual({ 1: 4 });
  const other = sumOf(wide, narrow);
  expect([other.zeroThreshold, other.zeroCount]).toEqual([1, 11]);
  expect(bucketMap(other.positive)).toEqual({ 1: 4 });
});

test('a gauge makes the sum a gauge; a reset and no reset leave it unknown', () => {
  expect(sumOf(hinted('reset'), hinted('gauge')).counterResetHint).toBe('gauge');
  expect(sumOf(hinted('reset'), hinted('notReset')).counterResetHint).toBe('unknown');
  expect(sumOf(hinted('notReset'), hinted('notReset')).counterResetHint).toBe('notReset');
});

test('exponential and custom buckets, or different custom bounds, do not add up', () => {
  expect(add(emptyHistogram, custom(1))).toBe('exponential and custom buckets');
  expect(subtract(custom(1), custom(2))).toBe('different custom bounds');
  expect(typeof add(custom(1), custom(1))).toBe('object');
});

test('divided by zero a histogram has no buckets', () => {
  const nothing = divide({ ...emptyHistogram, count: 2, sum: 0, positive: run(0, 2) }, 0);
  expect(nothing).toMatchObject({ count: Infinity, sum: Number.NaN, positive: noBuckets });
});

test('adding is commutative, keeps the count of observations, and subtracting undoes it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.tuple(anyHistogram, anyHistogram), anyCustomPair()), ([a, b]) => {
      const sum = sumOf(a, b);
      expect(compact(sum)).toEqual(compact({ ...sumOf(b, a), counterResetHint: sum.counterResetHint }));
      expect(sum.count).toBe(a.count + b.count);
      const inBuckets = sum.zeroCount + total(sum.positive.counts) + total(sum.negative.counts);
      expect(inBuckets).toBe(sum.count);
      const back = subtract(sum, b);
      if (typeof back === 'string') throw new Error(back);
      const again = subtract(back, a);
      if (typeof again === 'string') throw new Error(again);
      expect(compact(again)).toMatchObject({ count: 0, zeroCount: 0, positive: noBuckets, negative: noBuckets });
    }),
  );
});

const threeOfOneSchema = fc.integer({ min: -4, max: 8 }).chain(schema => {
  const one = anyHistogramOf(schema);
  return fc.tuple(one, one, one);
});

test('adding histograms of one schema is associative', () => {
  fc.assert(
    fc.property(threeOfOneSchema, ([a, b, c]) => {
      expect(compact(sumOf(sumOf(a, b), c))).toEqual(compact(sumOf(a, sumOf(b, c))));
    }),
  );
});

test('multiplying and dividing by a power of two is undone exactly', () => {
  fc.assert(
    fc.property(anyHistogram, histogram => {
      expect(divide(multiply(histogram, 8), 8)).toEqual(histogram);
      expect(multiply(histogram, 8).positive.indexes).toEqual(histogram.positive.indexes);
    }),
  );
});

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
