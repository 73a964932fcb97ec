import { expect, test } from 'vitest';
import type { RangeWindow } from '../functions/define.js';
import { Annotations } from '../value/annotations.js';
import { bucketMap } from './any-histogram.test-support.js';
import type { FloatHistogram } from './float-histogram.js';
import { histogram } from './literal.test-support.js';
import { histogramAvg, histogramDifference, histogramRate, histogramSum } from './over-time.js';

const none = new Float64Array(0);

/** Samples 10 s apart, the last at the end of a range that begins 10 s before the first. */
const window = (...histograms: FloatHistogram[]): RangeWindow => ({
  timesMs: none,
  values: none,
  from: 0,
  to: 0,
  histogramTimesMs: Float64Array.from(histograms, (_, at) => 10_000 * (at + 1)),
  histograms,
  histogramFrom: 0,
  histogramTo: histograms.length,
  rangeStartMs: 5000,
  rangeEndMs: 10_000 * histograms.length + 5000,
  stepMs: 0,
  mayReset: false,
  metric: 'x',
});

const counter = (...buckets: number[]) => {
  const count = buckets.reduce((sum, one) => sum + one, 0);
  return histogram({ count, sum: 10 * count, buckets });
};

const gauge = (...buckets: number[]): FloatHistogram => ({ ...counter(...buckets), counterResetHint: 'gauge' });

function said(
  run: (context: { readonly annotations: Annotations; readonly argStarts: readonly number[] }) => unknown,
): {
  readonly result: unknown;
  readonly texts: readonly string[];
} {
  const annotations = new Annotations();
  const result = run({ annotations, argStarts: [5] });
  return { result, texts: annotations.all().map(({ level, text, start }) => `${level} ${text} ${start}`) };
}

const quiet = { annotations: new Annotations(), argStarts: [0] };

const custom = (bound: number, count: number) => histogram({ bounds: [bound], buckets: [count], count });

const step = (a: FloatHistogram, b: FloatHistogram, isCounter: boolean) =>
  histogramDifference(a, b, { isCounter }, { metric: 'x' }, quiet);

test('a counter grows by what its buckets grew, extrapolated to the ends of the range', () => {
  const grown = histogramRate(
    window(counter(1, 2), counter(2, 2), counter(3, 6)),
    { isCounter: true, perSecond: false },
    quiet,
  );
  expect(bucketMap(grown!.positive)).toEqual({ 0: 3, 1: 6 }); // 2 and 4 in 20 s, seen as 30 s
  expect([grown!.count, grown!.sum, grown!.counterResetHint]).toEqual([9, 90, 'gauge']);
  const perSecond = histogramRate(
    window(counter(1, 2), counter(2, 2), counter(3, 6)),
    { isCounter: true, perSecond: true },
    quiet,
  );
  expect(perSecond!.count).toBeCloseTo(9 / 30, 12);
});

test('what was counted before a reset is not lost', () => {
  const grown = histogramRate(
    window(counter(1), counter(5), counter(2), counter(3)),
    { isCounter: true, perSecond: false },
    quiet,
  );
  expect(grown!.count).toBeCloseTo(((5 - 1 + 3) * 40) / 30, 12);
});

test('after a reset right behind the first sample, the layout of the first does not matter', () => {
  const { result, texts } = said(context =>
    histogramRate(window(counter(9), custom(1, 2), custom(1, 5)), { isCounter: true, perSecond: false }, context),
  );
  expect(result).toMatchObject({ count: 7.5, schema: -53 });
  expect(texts).toEqual([]);
});

test('samples that do not fit together have no growth, and it is said why', () => {
  const growth = { isCounter: true, perSecond: false };
  expect(said(context => histogramRate(window(counter(1), counter(2), custom(1, 3)), growth, context))).toEqual({
    result: undefined,
    texts: [
      'warning vector contains a mix of histograms with exponential and custom buckets schemas for metric name "x" 5',
    ],
  });
  expect(said(context => histogramRate(window(custom(1, 1), custom(1, 2), custom(2, 3)), growth, context))).toEqual({
    result: undefined,
    texts: ['warning vector contains histograms with incompatible custom buckets for metric name "x" 5'],
  });
});

test('a rate of gauges and a delta of counters are warned of', () => {
  const rate = { isCounter: true, perSecond: true };
  expect(said(context => histogramRate(window(gauge(1), gauge(2)), rate, context)).texts).toEqual([
    'warning this native histogram metric is not a counter: "x" 5',
  ]);
  const delta = { isCounter: false, perSecond: false };
  expect(said(context => histogramRate(window(counter(3), counter(1)), delta, context))).toMatchObject({
    result: { count: -4 },
    texts: ['warning this native histogram metric is not a gauge: "x" 5'],
  });
  expect(said(context => histogramRate(window(gauge(3), gauge(1)), delta, context)).texts).toEqual([]);
});

test('one sample has no growth', () => {
  expect(histogramRate(window(counter(1)), { isCounter: true, perSecond: true }, quiet)).toBeUndefined();
});

test('the difference of two samples of a counter that was reset is the later one', () => {
  expect(step(counter(5), counter(7), true)).toMatchObject({ count: 2, counterResetHint: 'gauge' });
  expect(step(counter(5), counter(2), true)).toMatchObject({ count: 2 });
  expect(step(gauge(5), gauge(2), false)).toMatchObject({ count: -3 });
});

test('sum and mean go bucket by bucket', () => {
  const samples = window(counter(1, 2), counter(3), counter(5, 1, 3));
  expect(bucketMap(histogramSum(samples, quiet)!.positive)).toEqual({ 0: 9, 1: 3, 2: 3 });
  const mean = histogramAvg(samples, quiet)!;
  expect(mean.count).toBeCloseTo(5, 12);
  expect(bucketMap(mean.positive)[0]).toBeCloseTo(3, 12);
  expect(bucketMap(mean.positive)[2]).toBeCloseTo(1, 12);
});
