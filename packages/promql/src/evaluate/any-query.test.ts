import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCustomPair, anyHistogram } from '../histogram/any-histogram.test-support.js';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import { rawSeries, type Point } from '../memory-source.js';
import { anyExpr } from '../parse/any-expr.test-support.js';
import { labelsOf } from '../value/labels.js';
import { QueryError } from '../value/query-error.js';
import type { RawSeries, Steps } from '../value/series.js';
import { evaluateWith, selectsOf } from './evaluate.js';
import type { QueryResult } from './result.js';

const float = fc.oneof(fc.integer({ min: -3, max: 30 }), fc.double(), fc.constant('stale' as const));
const points: fc.Arbitrary<readonly Point[]> = fc.oneof(
  fc.array(float, { maxLength: 12 }),
  fc.array(anyHistogram, { maxLength: 6 }),
  fc.array(anyCustomPair(), { maxLength: 3 }).map(pairs => pairs.flat()),
  fc.array(fc.oneof<fc.Arbitrary<Point>[]>(float, anyHistogram), { maxLength: 12 }),
);

const labels = fc
  .record({
    __name__: fc.constantFrom('up', 'work_bucket', 'work', 'target_info', ''),
    le: fc.constantFrom('', '1', '5', '+Inf', 'none'),
    job: fc.constantFrom('', 'a'),
    __type__: fc.constantFrom('', 'counter'),
  })
  .map(labelsOf);

interface Drawn {
  readonly labels: RawSeries['labels'];
  readonly points: readonly Point[];
}

const data: fc.Arbitrary<readonly Drawn[]> = fc.uniqueArray(fc.record({ labels, points }), {
  maxLength: 6,
  selector: one => one.labels.join(),
});

const steps: fc.Arbitrary<Steps> = fc.oneof(
  fc.record({ startMs: fc.integer({ min: -1e6, max: 2e12 }), stepMs: fc.constant(0), count: fc.constant(1) }),
  fc.record({
    startMs: fc.integer({ min: -1e6, max: 2e12 }),
    stepMs: fc.integer({ min: 1, max: 1e7 }),
    count: fc.integer({ min: 1, max: 20 }),
  }),
);

/** Every selector is given all series, spread over the times that it asks for. */
function spread(drawn: readonly Drawn[], startMs: number, endMs: number): readonly RawSeries[] {
  return drawn.map(({ labels, points }) => {
    const gapMs = Math.max(1, Math.floor((endMs - startMs) / Math.max(1, points.length - 1)));
    return rawSeries(
      labels,
      points.map((point, at) => [Math.floor(startMs) + at * gapMs, point]),
    );
  });
}

function samplesOf({ value }: QueryResult): readonly (number | FloatHistogram)[] {
  switch (value.type) {
    case 'scalar':
      return [value.value];
    case 'string':
      return [];
    case 'vector':
      return value.samples.map(sample => sample.value);
    case 'matrix':
      return value.series.flatMap(({ values, histograms }) => [...values, ...histograms]);
  }
}

test('whatever is asked of whatever samples, there is a result or a reason', () => {
  fc.assert(
    fc.property(anyExpr, data, steps, fc.boolean(), (expr, drawn, times, delayedNameRemoval) => {
      const options = { delayedNameRemoval, typeAndUnitLabels: delayedNameRemoval, maxSamples: 20_000 };
      try {
        const requests = selectsOf(expr, times, options);
        const selected = requests.map(({ startMs, endMs }) => spread(drawn, startMs, endMs));
        const result = evaluateWith(expr, times, selected, options);
        for (const sample of samplesOf(result)) {
          expect(typeof sample === 'number' || sample.positive.counts instanceof Float64Array).toBe(true);
        }
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
      }
    }),
    { numRuns: Number(process.env['BELLWETHER_RUNS'] ?? 1000) },
  );
}, 120_000);
