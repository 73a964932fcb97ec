import { expect, test } from 'vitest';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import { histogram as histogramOf } from '../histogram/literal.test-support.js';
import { Annotations } from '../value/annotations.js';
import { labelsOf } from '../value/labels.js';
import { float, histogram, type StepSeries } from '../value/series.js';
import type { Evaluated, VectorFunction } from './define.js';
import { histogramFraction } from './histogram-fraction.js';
import { histogramQuantile } from './histogram-quantile.js';
import { series, shown, vectorOf } from './vector-call.test-support.js';

const scalarOf = (...values: readonly number[]): Evaluated => ({ type: 'scalar', values: Float64Array.from(values) });

/** A native histogram at each step. */
function native(labels: Readonly<Record<string, string>>, ...values: readonly FloatHistogram[]): StepSeries {
  const kinds = new Uint8Array(values.length).fill(histogram);
  const none = new Float64Array(values.length);
  return { labels: labelsOf(labels), kinds, values: none, histograms: [...values], dropName: false };
}

function evaluated(
  func: VectorFunction,
  count: number,
  ...args: readonly Evaluated[]
): { readonly rows: ReturnType<typeof shown>; readonly said: readonly string[] } {
  const annotations = new Annotations();
  const steps = { startMs: 0, stepMs: 60_000, count };
  const result = func.evaluate(args, {
    annotations,
    start: 0,
    argStarts: args.map((_, at) => at),
    steps,
    argExprs: [],
  });
  return { rows: shown(result), said: annotations.all().map(({ level, text, start }) => `${level}@${start} ${text}`) };
}

const bucket = (le: string, ...counts: readonly (number | undefined)[]) =>
  series({ __name__: 'x_bucket', job: 'a', le }, ...counts);

test('buckets of one histogram are found by their labels, in whatever order, at each step those that are there', () => {
  const buckets = vectorOf(bucket('+Inf', 20, 20), bucket('2', 20, undefined), bucket('1', 10, 10));
  const { rows, said } = evaluated(histogramQuantile, 2, scalarOf(0.75, 0.75), buckets);
  expect(rows).toEqual([[{ __name__: 'x_bucket', job: 'a' }, 1.5, 1]]);
  expect(said).toEqual([]);
});

test('a bound that is no number leaves its bucket out, with a warning', () => {
  const buckets = vectorOf(bucket('1', 10), bucket('Inf', 20), bucket('two', 15), series({ __name__: 'y' }, 1));
  const { rows, said } = evaluated(histogramQuantile, 1, scalarOf(0.25), buckets);
  expect(rows).toEqual([[{ __name__: 'x_bucket', job: 'a' }, 0.5]]);
  expect(said).toEqual([
    'warning@1 bucket label "le" is missing or has a malformed value of "two" for metric name "x_bucket"',
    'warning@1 bucket label "le" is missing or has a malformed value of "" for metric name "y"',
  ]);
});

test('a share outside of 0 to 1 is warned of, even without histograms', () => {
  const { rows, said } = evaluated(histogramQuantile, 2, scalarOf(1.5, NaN), vectorOf());
  expect(rows).toEqual([]);
  expect(said).toEqual([
    'warning@0 quantile value should be between 0 and 1, got 1.5',
    'warning@0 quantile value should be between 0 and 1, got NaN',
  ]);
  const buckets = vectorOf(bucket('1', 1, 1), bucket('+Inf', 1, 1));
  expect(evaluated(histogramQuantile, 2, scalarOf(1.5, -1), buckets).rows[0]?.slice(1)).toEqual([Infinity, -Infinity]);
});

test('counts that fall are told of', () => {
  const buckets = vectorOf(bucket('1', 10), bucket('2', 5), bucket('+Inf', 20));
  const { said } = evaluated(histogramQuantile, 1, scalarOf(0.5), buckets);
  expect(said).toEqual([
    'info@1 input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name "x_bucket"',
  ]);
});

test('what is both a classic and a native histogram has no quantile at that step', () => {
  const one = histogramOf({ count: 10, buckets: [10], offset: 1 });
  const labels = { __name__: 'x', job: 'a' };
  const classic = [series({ ...labels, le: '1' }, undefined, 5), series({ ...labels, le: '+Inf' }, undefined, 5)];
  const { rows, said } = evaluated(
    histogramQuantile,
    2,
    scalarOf(1, 1),
    vectorOf(native(labels, one, one), ...classic),
  );
  expect(rows).toEqual([[labels, 2, undefined]]);
  expect(said).toEqual(['warning@1 vector contains a mix of classic and native histograms for metric name "x"']);
});

test('NaN observations of a native histogram are told of', () => {
  const half = histogramOf({ count: 4, sum: NaN, buckets: [2], offset: 1 });
  const vector = vectorOf(native({ __name__: 'x' }, half, half));
  expect(evaluated(histogramQuantile, 2, scalarOf(0.25, 0.75), vector).said).toEqual([
    'info@0 input to histogram_quantile has NaN observations, result is skewed higher for metric name "x"',
    'info@0 input to histogram_quantile has NaN observations, result is NaN for metric name "x"',
  ]);
  expect(evaluated(histogramFraction, 2, scalarOf(0, 0), scalarOf(1.5, 2), vector).said).toEqual([
    'info@0 input to histogram_fraction has NaN observations, which are excluded from all fractions for metric name "x"',
  ]);
});

test('the share between two values, of classic and native histograms', () => {
  const labels = { __name__: 'y' };
  const vector = vectorOf(
    bucket('1', 10),
    bucket('2', 20),
    bucket('+Inf', 40),
    native(labels, histogramOf({ count: 4, buckets: [2, 2], offset: 1 })),
  );
  expect(evaluated(histogramFraction, 1, scalarOf(1), scalarOf(2), vector).rows).toEqual([
    [{ __name__: 'x_bucket', job: 'a' }, 0.25],
    [labels, 0.5],
  ]);
});

test('a series that is a histogram at some steps and a bucket at others is both', () => {
  const one = histogramOf({ count: 10, buckets: [10], offset: 1 });
  const mixed: StepSeries = {
    labels: labelsOf({ __name__: 'x' }),
    kinds: Uint8Array.of(histogram, float),
    values: Float64Array.of(0, 7),
    histograms: [one, undefined],
    dropName: false,
  };
  const { rows, said } = evaluated(histogramQuantile, 2, scalarOf(1, 1), vectorOf(mixed));
  expect(rows).toEqual([[{ __name__: 'x' }, 2, undefined]]);
  expect(said).toHaveLength(1);
});
