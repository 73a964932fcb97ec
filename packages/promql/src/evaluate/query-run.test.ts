import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rawSeries } from '../memory-source.js';
import { parseExpr } from '../parse/parse-expr.js';
import { labelsOf } from '../value/labels.js';
import type { RawSeries } from '../value/series.js';
import { evaluateWith } from './evaluate.js';
import { rangeSteps } from './grid.js';
import { QueryRun } from './query-run.js';

const steps = rangeSteps(0, 600_000, 60_000);

const series: readonly RawSeries[] = Array.from({ length: 12 }, (_, at) =>
  rawSeries(
    labelsOf({ __name__: 'hits_total', job: `j${at % 3}`, instance: String(at) }),
    Array.from({ length: 20 }, (__, sample) => [sample * 30_000 + at, (sample * (at + 3)) % 50]),
  ),
);

const queries = [
  'sum by (job) (rate(hits_total[5m]))',
  'avg(hits_total) / on () count(rate(hits_total[2m]))',
  'sum(rate(hits_total[5m])) / count(rate(hits_total[5m]))',
  'stddev without (instance) ((hits_total offset 1m))',
  'topk(2, sum by (instance) (increase(hits_total[5m])))',
  'sum(hits_total) + on () group_right () hits_total',
  'max_over_time(sum(hits_total)[5m:1m])',
];

function forgets(query: string): readonly boolean[] {
  const run = new QueryRun(parseExpr(query), steps);
  return run.requests.map((_, request) => run.forgets(request));
}

function named(name: string): RawSeries {
  return rawSeries(labelsOf({ __name__: name, job: 'j' }), [
    [0, 1],
    [30_000, 2],
  ]);
}

test('of sums and the like, samples are not kept; where the series themselves are wanted, they are', () => {
  expect(queries.map(forgets)).toEqual([[true], [true, true], [true], [true], [true], [false], [false]]);
  expect(forgets('sum(hits_total) + quantile(0.5, hits_total)')).toEqual([false]);
  expect(forgets('sum(hits_total @ 60)')).toEqual([false]);
  expect(forgets('sum(absent_over_time(hits_total[5m]))')).toEqual([false]);
});

test('samples may come in any parts', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: series.length }), { maxLength: 5 });
  fc.assert(
    fc.property(fc.constantFrom(...queries), cuts, (query, cuts) => {
      const expr = parseExpr(query);
      const run = new QueryRun(expr, steps);
      const ends = [...cuts.toSorted((a, b) => a - b), series.length];
      for (const request of run.requests.keys()) {
        let from = 0;
        for (const to of ends) {
          run.give(request, series.slice(from, to));
          from = to;
        }
      }
      const whole = evaluateWith(
        expr,
        steps,
        run.requests.map(() => series),
      );
      const { value, stats } = run.finish();
      expect(value).toEqual(whole.value);
      expect(stats.samples).toBe(whole.stats.samples);
    }),
  );
});

test('two series that only their name told apart are refused, also in two parts', () => {
  const run = new QueryRun(parseExpr('sum(rate({job="j"}[5m]))'), steps);
  run.give(0, [named('a')]);
  expect(() => run.give(0, [named('b')])).toThrow('vector cannot contain metrics with the same labelset');
});
