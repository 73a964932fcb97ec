import { expect, test } from 'vitest';
import { labelsOf, labelValue } from '../value/labels.js';
import type { RawSeries } from '../value/series.js';
import { isStale, wordsOf } from '../value/stale.js';
import { classicView, type ExplicitHistogram } from './classic-view.js';

const labels = labelsOf({ __name__: 'x', job: 'shop' });

/** Samples by `le`, `stale` where the series ends. */
function shown(series: readonly RawSeries[]): Record<string, string> {
  return Object.fromEntries(
    series.map(one => {
      const words = wordsOf(one.values);
      const samples = Array.from(one.timesMs, (ms, at) => `${isStale(words, at) ? 'stale' : one.values[at]}@${ms}`);
      return [labelValue(one.labels, 'le'), samples.join(' ')];
    }),
  );
}

function sampled(timeMs: number, bounds: readonly number[], counts: readonly number[], sum = 3): ExplicitHistogram {
  const count = counts.reduce((total, one) => total + one, 0);
  return { timeMs, isStale: false, bounds: Float64Array.from(bounds), counts: Float64Array.from(counts), count, sum };
}

const ended = (timeMs: number): ExplicitHistogram => ({ ...sampled(timeMs, [], []), isStale: true });

test('buckets are cumulative and bounds are written without an exponent', () => {
  const samples = [sampled(10, [0.0000005, 1, 2.5], [1, 2, 3, 4]), sampled(20, [0.0000005, 1, 2.5], [1, 2, 4, 4])];
  const series = classicView('bucket', labels, samples);
  expect(shown(series)).toEqual({
    '0.0000005': '1@10 1@20',
    '1': '3@10 3@20',
    '2.5': '6@10 7@20',
    '+Inf': '10@10 11@20',
  });
  expect(series[0]?.labels).toEqual(labelsOf({ __name__: 'x', job: 'shop', le: '0.0000005' }));
});

test('count and sum are one series each; a sum that was not sent is none', () => {
  const samples = [sampled(10, [1], [1, 2], 5), sampled(20, [1], [2, 2], NaN), ended(30)];
  expect(shown(classicView('count', labels, samples))).toEqual({ '': '3@10 4@20 stale@30' });
  expect(shown(classicView('sum', labels, samples))).toEqual({ '': '5@10 stale@30' });
  expect(classicView('sum', labels, [sampled(10, [1], [1, 2], NaN), ended(20)])).toEqual([]);
  expect(classicView('count', labels, [])).toEqual([]);
});

test('a bound that is no longer there ends its series, and the end of the histogram ends all', () => {
  const samples = [
    sampled(10, [1, 2], [1, 1, 1]),
    sampled(20, [2], [2, 1]),
    sampled(30, [1, 2], [1, 1, 1]),
    ended(40),
    ended(50),
    sampled(60, [2], [1, 1]),
  ];
  expect(shown(classicView('bucket', labels, samples))).toEqual({
    '1': '1@10 stale@20 1@30 stale@40',
    '2': '2@10 2@20 2@30 stale@40 1@60',
    '+Inf': '3@10 3@20 3@30 stale@40 2@60',
  });
});

test('bounds that are repeated, or infinite themselves, make one series each', () => {
  expect(shown(classicView('bucket', labels, [sampled(10, [1, 1, Infinity], [1, 2, 3, 0])]))).toEqual({
    '1': '3@10',
    '+Inf': '6@10',
  });
});

test('a histogram without buckets has the bucket of all observations', () => {
  expect(shown(classicView('bucket', labels, [{ ...sampled(10, [], []), count: 5 }]))).toEqual({ '+Inf': '5@10' });
});
