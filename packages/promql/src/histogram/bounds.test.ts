import { expect, test } from 'vitest';
import { bucketBound, exponentialBound } from './bounds.js';

test('bucket 0 ends at 1; each power of two has 2^schema buckets', () => {
  expect([-2, -1, 0, 1, 2].map(index => exponentialBound(index, 0))).toEqual([0.25, 0.5, 1, 2, 4]);
  expect(exponentialBound(1, 1)).toBeCloseTo(Math.SQRT2, 15);
  expect(exponentialBound(256 * 3, 8)).toBe(8);
  expect([-1, 0, 1, 2].map(index => exponentialBound(index, -2))).toEqual([1 / 16, 1, 16, 256]);
});

test('the last bucket of numbers ends at the largest, the one after it at infinity', () => {
  expect(exponentialBound(1024, 0)).toBe(Number.MAX_VALUE);
  expect(exponentialBound(1025, 0)).toBe(Infinity);
  expect(exponentialBound(64, -4)).toBe(Number.MAX_VALUE);
  expect(exponentialBound(65, -4)).toBe(Infinity);
  expect(exponentialBound(1024 * 256, 8)).toBe(Number.MAX_VALUE);
  expect(exponentialBound(1024 * 256 - 1, 8)).toBeLessThan(Number.MAX_VALUE);
  expect(exponentialBound(1024 * 256 + 1, 8)).toBe(Infinity);
});

test('bounds below every number are zero', () => {
  expect(exponentialBound(-1074, 0)).toBe(Number.MIN_VALUE);
  expect(exponentialBound(-1075, 0)).toBe(0);
  expect(exponentialBound(-(1 << 20), 8)).toBe(0);
});

test('every bound is above the one before it, at every schema', () => {
  for (let schema = -4; schema <= 8; schema++) {
    const indexes = Array.from({ length: 1000 }, (_, at) => at - 500).filter(
      index => Math.abs(index * 2 ** -schema) < 1000,
    );
    const bounds = indexes.map(index => exponentialBound(index, schema));
    expect(bounds.every((bound, at) => at === 0 || bound > bounds[at - 1]!)).toBe(true);
    const exact = indexes.map(index => 2 ** (index * 2 ** -schema));
    expect(bounds.every((bound, at) => Math.abs(bound / exact[at]! - 1) < 1e-14)).toBe(true);
  }
});

test('custom bounds go from minus infinity to infinity', () => {
  const bounds = Float64Array.of(1, 5);
  expect([-1, 0, 1, 2].map(index => bucketBound(index, -53, bounds))).toEqual([-Infinity, 1, 5, Infinity]);
});
