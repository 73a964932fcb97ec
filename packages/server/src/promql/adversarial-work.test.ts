import { type Matcher, labelsOf, labelsRecord } from '@bellwether/promql';
import { expect, test } from 'vitest';
import { cpuMs } from '../base/cpu-time.test-support.js';
import { Matching } from './matching.js';
import { mergedSeries } from './merged-series.js';
import type { Reader } from './reader.js';
import { callsMetric, durationMetric, spanMetrics } from './span-metrics.js';

const none = new Float64Array(0);

test('twenty thousand series of the same labels are put together, not gone through twenty thousand times', () => {
  const count = 20_000;
  const restarts = Array.from({ length: count }, (_, n) => ({
    labels: labelsOf([['__name__', 'x']]),
    timesMs: Float64Array.from({ length: 20 }, (_one, at) => n * 20 + at),
    values: Float64Array.from({ length: 20 }, (_one, at) => n * 20 + at),
    histogramTimesMs: none,
    histograms: [],
  }));
  const begunMs = cpuMs();
  const [one, ...others] = mergedSeries(restarts);
  expect([one?.timesMs.length, one?.values.at(-1), others.length]).toEqual([count * 20, count * 20 - 1, 0]);
  expect(cpuMs() - begunMs).toBeLessThan(5000);
});

test('of the samples of one time that of the latest series stays, however many there are', () => {
  const series = [3, 1, 4, 1, 5].map((value, n) => ({
    labels: labelsOf([['__name__', 'x']]),
    timesMs: Float64Array.of(-5, n, 100),
    values: Float64Array.of(value, value, value),
    histogramTimesMs: none,
    histograms: [],
  }));
  const [one] = mergedSeries(series);
  expect([...(one?.timesMs ?? [])]).toEqual([-5, 0, 1, 2, 3, 4, 100]);
  expect([...(one?.values ?? [])]).toEqual([5, 3, 1, 4, 1, 5, 5]);
});

const minuteMs = 60_000;
const startS = 1_780_000_020;

const lines = (rows: readonly unknown[]): Uint8Array =>
  new TextEncoder().encode(rows.map(row => JSON.stringify(row)).join('\n'));

/** Spans of so many operations, each with traffic in every minute of a day, spread over 60 buckets. */
function busy(operations: number): Reader {
  const buckets = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [String(100 + at), '1']));
  return {
    workspace: 'default',
    version: 0,
    readBlocks: () => Promise.reject(new Error('no samples are wanted')),
    read: ({ sql }) =>
      Promise.resolve(
        sql.includes('sum(count)')
          ? lines(
              Array.from({ length: operations * 1440 }, (_, at) => [
                String(at % operations),
                String(startS + Math.floor(at / operations) * 60),
                '60',
                '1',
                '1000000',
                ...(sql.includes('durations') ? [buckets] : []),
              ]),
            )
          : lines(Array.from({ length: operations }, (_, at) => [String(at), 'shop', `GET /${at}`, 2, '', '', '', ''])),
      ),
  };
}

const question = {
  matchers: [] as readonly Matcher[],
  startMs: startS * 1000,
  endMs: startS * 1000 + 1440 * minuteMs,
  rangeMs: minuteMs,
  nowMs: startS * 1000 + 2000 * minuteMs,
};

test('a day of many operations at 15 s is refused before it fills the memory', async () => {
  const asked = spanMetrics(busy(20), new Matching(), {
    ...question,
    metrics: [durationMetric],
    maxSamples: 5_000_000,
  });
  await expect(asked).rejects.toThrow('query processing would load too many samples into memory in query execution');
});

test('a day of one operation has its counters without a step at any border of minutes', async () => {
  const series = await spanMetrics(busy(1), new Matching(), { ...question, metrics: [callsMetric], maxSamples: 1e6 });
  expect(series.map(({ labels }) => labelsRecord(labels)['status_code'])).toEqual([
    'STATUS_CODE_UNSET',
    'STATUS_CODE_ERROR',
  ]);
  const [unset] = series;
  const steps = unset?.values.map((value, at) => value - (unset.values[at - 1] ?? 0)) ?? none;
  expect(steps.length).toBe(1440 * 4 + 1);
  expect(new Set(Array.from(steps.slice(1), step => step.toFixed(6)))).toEqual(new Set(['14.750000']));
});
