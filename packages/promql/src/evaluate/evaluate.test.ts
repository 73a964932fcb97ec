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
