import { expect, test } from 'vitest';
import { labelsOf, labelsRecord } from '../value/labels.js';
import { isStale, wordsOf } from '../value/stale.js';
import type { RawSeries } from '../value/series.js';
import { classicView } from './classic-view.js';

const labels = labelsOf({ job: 'shop' });

/** Samples by series, `stale` where one ends. */
function shown(series: readonly RawSeries[]): Record<string, string> {
  return Object.fromEntries(
    series.map(one => {
      const { __name__: name = '', le } = labelsRecord(one.labels);
      const words = wordsOf(one.values);
      const samples = Array.from(one.timesMs, (ms, at) =>
        `${one.values[at]}@${ms}`.replace('NaN', isStale(words, at) ? 'stale' : 'NaN'),
      );
      return [le === undefined ? name : `${name} ${le}`, samples.join(' ')];
    }),
  );
}

const histogram = (bounds: number[], counts: number[], sum: number) => ({
  bounds: Float64Array.from(bounds),
  counts: Float64Array.from(counts),
  count: counts.reduce((total, one) => total + one, 0),
  sum,
});

test('buckets are cumulative and bounds are written without an exponent', () => {
  const samples = [histogram([0.0000005, 1, 2.5], [1, 2, 3, 4], 12), histogram([0.0000005, 1, 2.5], [1, 2, 4, 4], 14)];
  expect(shown(classicView(labels, 'x', Float64Array.of(10, 20), samples))).toEqual({
    'x_bucket 0.0000005': '1@10 1@20',
    'x_bucket 1': '3@10 3@20',
    'x_bucket 2.5': '6@10 7@20',
    'x_bucket +Inf': '10@10 11@20',
    x_count: '10@10 11@20',
    x_sum: '12@10 14@20',
  });
});

test('a bound that is no longer there ends its series', () => {
  const samples = [histogram([1, 2], [1, 1, 1], 3), histogram([2], [2, 1], 3), histogram([1, 2], [1, 1, 1], 3)];
  expect(shown(classicView(labels, 'x', Float64Array.of(10, 20, 30), samples))).toMatchObject({
    'x_bucket 1': '1@10 stale@20 1@30',
    'x_bucket 2': '2@10 2@20 2@30',
  });
});

test('bounds that are repeated, or infinite themselves, make one series each', () => {
  const samples = [histogram([1, 1, Infinity], [1, 2, 3, 0], 3)];
  expect(shown(classicView(labels, 'x', Float64Array.of(10), samples))).toMatchObject({
    'x_bucket 1': '3@10',
    'x_bucket +Inf': '6@10',
  });
});

test('a histogram without buckets has the bucket of all observations', () => {
  const samples = [{ bounds: new Float64Array(0), counts: new Float64Array(0), count: 5, sum: NaN }];
  expect(shown(classicView(labels, 'x', Float64Array.of(10), samples))).toEqual({
    'x_bucket +Inf': '5@10',
    x_count: '5@10',
    x_sum: 'NaN@10',
  });
});
