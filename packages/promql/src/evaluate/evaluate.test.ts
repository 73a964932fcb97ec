import { expect, test } from 'vitest';
import { MemorySource } from '../memory-source.js';
import { parseExpr } from '../parse/parse-expr.js';
import { labelsOf, labelsRecord } from '../value/labels.js';
import { evaluate } from './evaluate.js';
import { instantSteps, rangeSteps } from './grid.js';
import type { EvaluateOptions } from './options.js';

const seconds = 1000;
const { signal } = new AbortController();

/** A counter that rises by 5 every 10 s, and one by 10, of two jobs. */
function counters(): MemorySource {
  const source = new MemorySource();
  for (let at = 0; at <= 60; at++) {
    source.append(labelsOf({ __name__: 'a_total', job: 'x', i: '1' }), at * 10 * seconds, at * 5);
    source.append(labelsOf({ __name__: 'a_total', job: 'x', i: '2' }), at * 10 * seconds, at * 10);
    source.append(labelsOf({ __name__: 'b', job: 'x' }), at * 10 * seconds, 2);
  }
  return source;
}

async function instant(text: string, atMs: number, options: EvaluateOptions = {}): Promise<unknown> {
  const { value } = await evaluate({ expr: parseExpr(text), steps: instantSteps(atMs) }, counters(), options, signal);
  return value.type === 'vector' ? value.samples.map(one => [labelsRecord(one.labels), one.value]) : value;
}

async function range(text: string, fromMs: number, toMs: number, stepMs: number): Promise<unknown> {
  const steps = rangeSteps(fromMs, toMs, stepMs);
  const { value } = await evaluate({ expr: parseExpr(text), steps }, counters(), {}, signal);
  if (value.type !== 'matrix') return value;
  return value.series.map(one => [labelsRecord(one.labels), [...one.timesMs], [...one.values]]);
}

test('rates are summed over the series of a group', async () => {
  expect(await instant('sum by (job) (rate(a_total[1m]))', 300 * seconds)).toEqual([[{ job: 'x' }, 1.5]]);
  expect(await range('sum by (job) (rate(a_total[1m]))', 300 * seconds, 420 * seconds, 60 * seconds)).toEqual([
    [{ job: 'x' }, [300_000, 360_000, 420_000], [1.5, 1.5, 1.5]],
  ]);
});

test('two vectors find each other by their labels', async () => {
  expect(await instant('a_total * on (job) group_left () b', 60 * seconds)).toEqual([
    [{ job: 'x', i: '1' }, 60],
    [{ job: 'x', i: '2' }, 120],
  ]);
});

test('results have the form that the query asks for', async () => {
  expect(await instant('1 + 1', 5000)).toEqual({ type: 'scalar', timeMs: 5000, value: 2 });
  expect(await instant('"x"', 5000)).toEqual({ type: 'string', timeMs: 5000, value: 'x' });
  expect(await range('1 + 1', 0, 2000, 1000)).toEqual([[{}, [0, 1000, 2000], [2, 2, 2]]]);
  expect(await instant('b[25s]', 60 * seconds)).toMatchObject({
    type: 'matrix',
    series: [{ timesMs: Float64Array.of(40_000, 50_000, 60_000), values: Float64Array.of(2, 2, 2) }],
  });
});

test('names are removed by each operation, or at the end when that is asked for', async () => {
  const query = 'sum by (__name__) (a_total + 0)';
  expect(await instant(query, 60 * seconds)).toEqual([[{}, 90]]);
  expect(await instant('a_total{i="1"} > bool 0', 60 * seconds, { delayedNameRemoval: true })).toEqual([
    [{ job: 'x', i: '1' }, 1],
  ]);
  const replaced = 'label_replace(rate(b[1m]), "was", "$1", "__name__", "(.*)")';
  expect(await instant(replaced, 60 * seconds)).toEqual([[{ job: 'x' }, 0]]);
  expect(await instant(replaced, 60 * seconds, { delayedNameRemoval: true })).toEqual([[{ job: 'x', was: 'b' }, 0]]);
});

test('answers can be those of Prometheus 2', async () => {
  const old = { prometheus2: true };
  expect(await instant('count_over_time(b[20s])', 60 * seconds)).toEqual([[{ job: 'x' }, 2]]);
  expect(await instant('count_over_time(b[20s])', 60 * seconds, old)).toEqual([[{ job: 'x' }, 3]]);
  expect(await instant('b', 900 * seconds)).toEqual([]);
  expect(await instant('b', 900 * seconds, old)).toEqual([[{ __name__: 'b', job: 'x' }, 2]]);
  expect(await instant('b atan2 b', 0)).toEqual([[{ job: 'x' }, Math.PI / 4]]);
  expect(await instant('b atan2 b', 0, old)).toEqual([[{ __name__: 'b', job: 'x' }, Math.PI / 4]]);
  const replaced = 'label_replace(b, "a-b", "1", "", "")';
  expect(await instant(replaced, 0)).toEqual([[{ __name__: 'b', job: 'x', 'a-b': '1' }, 2]]);
  await expect(instant(replaced, 0, old)).rejects.toThrow('invalid destination label name');
});

test('what a query says of its metrics stands where it is meant', async () => {
  const expr = parseExpr('sum(rate(b[1m])) +\n quantile(7, b)');
  const { annotations } = await evaluate({ expr, steps: instantSteps(60 * seconds) }, counters(), {}, signal);
  expect(annotations.map(one => [one.level, one.start])).toEqual([
    ['info', 9],
    ['warning', 29],
  ]);
});
