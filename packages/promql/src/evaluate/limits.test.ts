import { expect, test } from 'vitest';
import { MemorySource } from '../memory-source.js';
import { parseExpr } from '../parse/parse-expr.js';
import { labelsOf } from '../value/labels.js';
import { evaluate } from './evaluate.js';
import { instantSteps, rangeSteps } from './grid.js';
import type { EvaluateOptions } from './options.js';
import type { QueryResult } from './result.js';

const { signal } = new AbortController();

/** A thousand series with a sample every minute for an hour. */
const source = ((): MemorySource => {
  const held = new MemorySource();
  for (let series = 0; series < 1000; series++) {
    const labels = labelsOf({ __name__: 'load', host: String(series), half: String(series % 2) });
    for (let minute = 0; minute <= 60; minute++) held.append(labels, minute * 60_000, series + minute);
  }
  return held;
})();

function hour(text: string, options: EvaluateOptions = {}): Promise<QueryResult> {
  return evaluate({ expr: parseExpr(text), steps: rangeSteps(0, 3_600_000, 60_000) }, source, options, signal);
}

function instant(text: string): Promise<QueryResult> {
  return evaluate({ expr: parseExpr(text), steps: instantSteps(0) }, source, {}, signal);
}

test('a query that would hold too many samples is refused in the words of Prometheus', async () => {
  const message = 'query processing would load too many samples into memory in query execution';
  await expect(hour('load', { maxSamples: 60_000 })).rejects.toMatchObject({ kind: 'execution', message });
  await expect(hour('rate(load[5m])', { maxSamples: 60_000 })).rejects.toMatchObject({ message });
  await expect(hour('load', { maxSamples: 61_000 })).resolves.toMatchObject({
    stats: { series: 1000, samples: 61_000, peakSamples: 61_000 },
  });
  await expect(hour('count_over_time(vector(1)[100y:1ms])')).rejects.toMatchObject({ message });
  await expect(hour('sum(count_values by (half) ("v", load))', { maxSamples: 65_000 })).rejects.toMatchObject({
    message,
  });
});

test('numbers that wait for others to be worked out are counted, too', async () => {
  const message = 'query processing would load too many samples into memory in query execution';
  const over = '[1h:1s]))';
  const [many, few] = [40, 4].map(depth => `${'time() + ('.repeat(depth)}1${')'.repeat(depth)}`);
  await expect(hour(`sum(max_over_time(vector(${many})${over}`, { maxSamples: 100_000 })).rejects.toMatchObject({
    message,
  });
  await expect(hour(`sum(max_over_time(vector(${few})${over}`, { maxSamples: 100_000 })).resolves.toBeDefined();
  // Those that do not wait are not.
  const inTurn = Array.from({ length: 200 }, () => 'time()').join(' + ');
  await expect(hour(`sum(max_over_time(vector(${inTurn})${over}`, { maxSamples: 100_000 })).resolves.toBeDefined();
});

test('samples that are no longer needed are no longer counted', async () => {
  const sums = Array.from({ length: 20 }, () => 'sum(load)').join(' + ');
  await expect(hour(sums, { maxSamples: 65_000 })).resolves.toBeDefined();
});

test('too many series are refused with what to do', async () => {
  await expect(hour('load', { maxSeries: 999 })).rejects.toMatchObject({
    message: 'the query selects more than the 999 series allowed; select fewer with more matchers',
  });
  await expect(hour('sum(load)', { maxResultSeries: 1 })).resolves.toBeDefined();
  await expect(hour('load', { maxResultSeries: 1 })).rejects.toMatchObject({
    message: 'the result has 1000 series, more than the 1 allowed; aggregate or select fewer',
  });
});

test('a query that is out of time, or whose caller has gone, ends', async () => {
  await expect(hour('load', { deadlineMs: Date.now() - 1 })).rejects.toMatchObject({
    kind: 'timeout',
    message: 'query timed out in expression evaluation',
  });
  let looks = 0;
  await expect(hour('load + load', { cancelled: () => ++looks > 2 })).rejects.toMatchObject({
    kind: 'canceled',
    message: 'query was canceled in expression evaluation',
  });
});

test('range queries have at most 11,000 steps, and a step above zero', () => {
  expect(rangeSteps(0, 11_000_000, 1000).count).toBe(11_001);
  expect(() => rangeSteps(0, 11_001_000, 1000)).toThrow(
    'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
  );
  expect(() => rangeSteps(0, 1000, 0)).toThrow('zero or negative query resolution step widths are not accepted');
  expect(() => rangeSteps(0, -1, 1)).toThrow('end timestamp must not be before start time');
});

test('a range query is of a vector or a scalar', async () => {
  await expect(hour('load[5m]')).rejects.toMatchObject({
    kind: 'bad_data',
    message: 'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
  });
  await expect(hour('"text"')).rejects.toMatchObject({
    message: 'invalid expression type "string" for range query, must be Scalar or instant Vector',
  });
});

test('the deepest expressions that can be read can be evaluated', async () => {
  const sum = Array.from({ length: 1400 }, () => '1').join(' + ');
  const nested = `${'abs('.repeat(490)}load{host="7"}${')'.repeat(490)}`;
  expect((await instant(sum)).value).toEqual({ type: 'scalar', timeMs: 0, value: 1400 });
  expect((await instant(nested)).value).toMatchObject({ samples: [{ value: 7 }] });
});
