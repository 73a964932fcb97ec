import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  avgOverTime,
  countOverTime,
  lastOverTime,
  madOverTime,
  maxOverTime,
  minOverTime,
  presentOverTime,
  quantileOverTime,
  stddevOverTime,
  stdvarOverTime,
  sumOverTime,
  tsOfLastOverTime,
  tsOfMaxOverTime,
  tsOfMinOverTime,
} from './over-time.js';
import { counted, every, reduced, type Samples } from './range-window.test-support.js';

const hour = { rangeSeconds: 3601, endSeconds: 3600 };
const of = (func: Parameters<typeof reduced>[0], samples: Samples, ...scalars: readonly number[]) =>
  reduced(func, samples, hour, ...scalars).result;

const depth = every(10, 8, 9, 7, 8, 500);

test('each says of a queue what its name says', () => {
  expect(of(sumOverTime, depth)).toBe(532);
  expect(of(avgOverTime, depth)).toBe(106.4);
  expect(of(countOverTime, depth)).toBe(5);
  expect(of(presentOverTime, depth)).toBe(1);
  expect(of(maxOverTime, depth)).toBe(500);
  expect(of(minOverTime, depth)).toBe(7);
  expect(of(lastOverTime, depth)).toBe(500);
  expect(of(madOverTime, depth)).toBe(1);
  expect(of(quantileOverTime, depth, 0.5)).toBe(8);
  expect(of(quantileOverTime, depth, 0.8)).toBeCloseTo(107.2, 10);
  expect(of(stdvarOverTime, every(10, 2, 4, 4, 4, 5, 5, 7, 9))).toBe(4);
  expect(of(stddevOverTime, every(10, 2, 4, 4, 4, 5, 5, 7, 9))).toBe(2);
});

test('the time of the largest, smallest and last is that of the newest of equal ones', () => {
  const samples = every(10, 3, 1, 3, 1, 2);
  expect(of(tsOfMaxOverTime, samples)).toBe(20);
  expect(of(tsOfMinOverTime, samples)).toBe(30);
  expect(of(tsOfLastOverTime, samples)).toBe(40);
  expect(of(tsOfLastOverTime, [...samples, [50, counted(1)]])).toBe(50);
});

describe('sums and means', () => {
  test('what rounding loses is kept', () => {
    expect(of(sumOverTime, every(10, 1e100, 1, -1e100))).toBe(1);
    expect(of(avgOverTime, every(10, 1e100, 1, 1, -1e100))).toBe(0.5);
  });

  test('a mean does not overflow where the sum does', () => {
    const large = 9.9e307;
    expect(of(sumOverTime, every(10, large, large, large))).toBe(Infinity);
    expect(of(avgOverTime, every(10, large, large, large))).toBeCloseTo(large, -300);
  });

  test('infinity stays, infinities of both signs are no number', () => {
    expect(of(sumOverTime, every(10, 1, Infinity, 2))).toBe(Infinity);
    expect(of(avgOverTime, every(10, Infinity, 2, 3))).toBe(Infinity);
    expect(of(avgOverTime, every(10, 1, Infinity, -Infinity))).toBeNaN();
  });

  test('of constants the sum is their number times one, the mean and the median are one of them, nothing varies', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 200 }), (value, count) => {
        const samples = every(1, ...Array.from({ length: count }, () => value));
        expect(of(sumOverTime, samples)).toBeCloseTo(value * count, 6);
        expect(of(avgOverTime, samples)).toBeCloseTo(value, 9);
        expect(of(stdvarOverTime, samples)).toBeCloseTo(0, 9);
        expect(of(quantileOverTime, samples, 0.5)).toBeCloseTo(value, 9);
      }),
    );
  });
});

describe('numbers and NaN', () => {
  test('largest and smallest are numbers if there are any', () => {
    expect(of(maxOverTime, every(10, NaN, 2, 3, NaN))).toBe(3);
    expect(of(minOverTime, every(10, NaN, 3, NaN, 2))).toBe(2);
    expect(of(maxOverTime, every(10, NaN, NaN))).toBeNaN();
    expect(of(tsOfMaxOverTime, every(10, NaN, 2, 2, NaN))).toBe(20);
  });

  test('NaN is the lowest of a quantile', () => {
    const samples = every(10, 4, NaN, 2);
    expect(of(quantileOverTime, samples, 0)).toBeNaN();
    expect(of(quantileOverTime, samples, 0.5)).toBe(2);
    expect(of(quantileOverTime, samples, 1)).toBe(4);
  });
});

test('a quantile outside of 0 to 1 is infinite and warned of', () => {
  expect(reduced(quantileOverTime, depth, hour, 1.5)).toEqual({
    result: Infinity,
    said: ['warning: quantile value should be between 0 and 1, got 1.5'],
  });
  expect(reduced(quantileOverTime, depth, hour, -1e6)).toEqual({
    result: -Infinity,
    said: ['warning: quantile value should be between 0 and 1, got -1e+06'],
  });
  expect(reduced(quantileOverTime, depth, hour, NaN)).toEqual({
    result: NaN,
    said: ['warning: quantile value should be between 0 and 1, got NaN'],
  });
});

describe('floats and histograms in one range', () => {
  const mixed: Samples = [
    [10, 4],
    [20, counted(3)],
    [30, 6],
  ];

  test('have no common sum or mean', () => {
    for (const func of [sumOverTime, avgOverTime]) {
      expect(reduced(func, mixed, hour)).toEqual({
        result: undefined,
        said: ['warning: encountered a mix of histograms and floats for metric name "orders_total"'],
      });
    }
  });

  test('are counted together, and the newer one is the last', () => {
    expect(of(countOverTime, mixed)).toBe(3);
    expect(of(lastOverTime, mixed)).toBe(6);
    expect(of(lastOverTime, [...mixed, [40, counted(9)]])).toMatchObject({ count: 9 });
  });

  test('are compared by the floats alone, which is said', () => {
    const said = [
      'info: ignored histograms in a range containing both floats and histograms for metric name "orders_total"',
    ];
    expect(reduced(maxOverTime, mixed, hour)).toEqual({ result: 6, said });
    expect(reduced(stddevOverTime, mixed, hour)).toEqual({ result: 1, said });
    expect(reduced(maxOverTime, [[20, counted(3)]], hour)).toEqual({ result: undefined, said: [] });
  });

  test('histograms alone have a sum and a mean', () => {
    const samples: Samples = [
      [10, counted(2)],
      [20, counted(4)],
    ];
    expect(of(sumOverTime, samples)).toMatchObject({ count: 6 });
    expect(of(avgOverTime, samples)).toMatchObject({ count: 3 });
  });
});
