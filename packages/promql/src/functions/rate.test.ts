import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Annotations } from '../value/annotations.js';
import { labelsOf } from '../value/labels.js';
import { counted, every, reduced } from './range-window.test-support.js';
import { delta, idelta, increase, irate, rate } from './rate.js';

const minute = { rangeSeconds: 60, endSeconds: 60 };

/** What rate says of a series of that name. */
function said(name: string, type: string, typeAndUnitLabels: boolean): readonly string[] {
  const annotations = new Annotations();
  const labels = labelsOf({ __name__: name, __type__: type });
  rate.afterSeries?.(labels, { annotations, start: 0, argStarts: [5], typeAndUnitLabels });
  return annotations.all().map(({ text }) => text);
}

describe('rate, increase and delta', () => {
  test('a counter that fills the range grows as it was seen to, per second and in all', () => {
    const samples = every(10, 0, 10, 20, 30, 40, 50, 60);
    expect(reduced(rate, samples, minute).result).toBeCloseTo(1, 12);
    expect(reduced(increase, samples, minute).result).toBeCloseTo(60, 12);
  });

  test('a reset counts from zero', () => {
    const samples = every(10, 100, 110, 5, 15, 25, 35);
    expect(reduced(increase, samples, { rangeSeconds: 51, endSeconds: 50 }).result).toBeCloseTo(
      (10 + 35) * (51 / 50),
      12,
    );
  });

  test('a range that begins long before the series is reached into by half a spacing, but never below zero', () => {
    const late = [
      [100, 50],
      [110, 60],
      [120, 70],
    ] as const;
    expect(reduced(increase, late, { rangeSeconds: 120, endSeconds: 120 }).result).toBeCloseTo(20 * (25 / 20), 12);
    const fromNearZero = late.map(([second, value]) => [second, value - 48] as const);
    expect(reduced(increase, fromNearZero, { rangeSeconds: 120, endSeconds: 120 }).result).toBeCloseTo(22, 12);
    // A gauge may have been anything.
    expect(reduced(delta, fromNearZero, { rangeSeconds: 120, endSeconds: 120 }).result).toBeCloseTo(25, 12);
  });

  test('one sample has no growth', () => {
    expect(reduced(rate, [[60, 5]], minute)).toEqual({ result: undefined, said: [] });
    expect(reduced(rate, [[60, counted(5)]], minute)).toEqual({ result: undefined, said: [] });
  });

  test('delta falls with its gauge', () => {
    expect(reduced(delta, every(10, 60, 50, 40, 30, 20, 10, 0), minute).result).toBeCloseTo(-60, 12);
  });

  test('rate times the range is increase, however the samples lie and reset', () => {
    const samplesOf = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0, max: 1e6, noNaN: true })),
      {
        minLength: 2,
      },
    );
    fc.assert(
      fc.property(samplesOf, unsorted => {
        const samples = [...new Map(unsorted)].sort(([a], [b]) => a - b);
        const range = { rangeSeconds: 300, endSeconds: 300 };
        const perSecond = reduced(rate, samples, range).result;
        const whole = reduced(increase, samples, range).result;
        fc.pre(samples.length > 1);
        expect(whole).toBeGreaterThanOrEqual(0);
        expect(Math.abs(Number(perSecond) * 300 - Number(whole))).toBeLessThanOrEqual(1e-9 * Number(whole) + 1e-300);
      }),
    );
  });

  test('a counter with resets grows as one without, in long ranges and in short ones', () => {
    const values = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 120 });
    fc.assert(
      fc.property(values, ([first = 0, ...rest]) => {
        let before = first;
        const steady = [first, ...rest].map((value, at, all) => {
          const previous = all[at - 1];
          if (previous !== undefined) before += value < previous ? value : value - previous;
          return before;
        });
        const range = { rangeSeconds: 600, endSeconds: 500 };
        const { result } = reduced(increase, every(1, first, ...rest), range);
        expect(result).toBeCloseTo(Number(reduced(increase, every(1, ...steady), range).result), 6);
      }),
    );
  });

  test('histograms grow as floats do', () => {
    const samples = [0, 10, 20, 30, 40, 50, 60].map(second => [second, counted(second * 2)] as const);
    expect(reduced(rate, samples, minute).result).toMatchObject({ count: expect.closeTo(2, 12) });
  });

  test('floats and histograms in one range give nothing and a warning', () => {
    const samples = [
      [30, 1],
      [40, counted(1)],
      [50, 2],
    ] as const;
    expect(reduced(rate, samples, minute)).toEqual({
      result: undefined,
      said: ['warning: encountered a mix of histograms and floats for metric name "orders_total"'],
    });
  });

  test('a name that is no counter’s is remarked upon; with types as labels the type is', () => {
    for (const name of ['a_total', 'a_sum', 'a_count', 'a_bucket', '']) expect(said(name, '', false)).toEqual([]);
    expect(said('queue_depth', '', false)).toEqual([
      'metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "queue_depth"',
    ]);
    expect(said('queue_depth', 'counter', true)).toEqual([]);
    expect(said('a_total', 'gauge', true)).toEqual([
      'metric might not be a counter, __type__ label is not set to "counter", got "gauge": "a_total"',
    ]);
    expect(delta.afterSeries).toBeUndefined();
  });
});

describe('irate and idelta', () => {
  test('only the newest two samples count', () => {
    const samples = every(10, 0, 900, 1000, 1020);
    const range = { rangeSeconds: 60, endSeconds: 45 };
    expect(reduced(irate, samples, range).result).toBe(2);
    expect(reduced(idelta, samples, range).result).toBe(20);
  });

  test('after a reset a counter has what it has; a gauge falls', () => {
    const samples = every(10, 40, 100, 30);
    expect(reduced(irate, samples, minute).result).toBe(3);
    expect(reduced(idelta, samples, minute).result).toBe(-70);
  });

  test('a float and a histogram have no difference', () => {
    const samples = [
      [10, 1],
      [20, 2],
      [30, counted(1)],
    ] as const;
    expect(reduced(irate, samples, minute).said).toEqual([
      'warning: encountered a mix of histograms and floats for metric name "orders_total"',
    ]);
    expect(reduced(irate, [...samples, [40, counted(21)]], minute).result).toMatchObject({ count: 2 });
  });
});
