import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HistogramFigures } from './exponential-histogram.js';
import { MetricDeltas } from './metric-deltas.js';
import { type Metric, type MetricKind, Metrics } from './metrics.js';

function metric(kind: MetricKind): Metric {
  return new Metrics().metric({ name: 'm', unit: '1', description: '', kind, scope: 's' });
}

test('a counter is told by what came since the last time, and not at all when nothing did; one that begins anew by what it has', () => {
  const [deltas, counter] = [new MetricDeltas(), metric('counter')];
  const point = counter.point({ route: '/a' });
  const told = [5, 8, 8, 2].map(value => {
    point.value = value;
    return deltas.of(counter, point)?.value;
  });
  expect(told).toEqual([5, 3, undefined, 2]);
});

test('gauges, and counters that go down too, are told as they stand', () => {
  for (const kind of ['gauge', 'upDownCounter'] as const) {
    const [deltas, gauge] = [new MetricDeltas(), metric(kind)];
    const point = gauge.point({});
    const told = [5, 8, 8, 2].map(value => {
      point.value = value;
      return deltas.of(gauge, point)?.value;
    });
    expect(told).toEqual([5, 8, 8, 2]);
  }
});

/** How many values lie in each bucket of the coarsest scale that is asked for. */
function bucketsAt(scale: number, { offset, counts, scale: own }: HistogramFigures): Map<number, number> {
  const buckets = new Map<number, number>();
  for (const [at, count] of counts.entries()) {
    const index = Math.floor((offset + at) / 2 ** (own - scale));
    if (count > 0) buckets.set(index, (buckets.get(index) ?? 0) + count);
  }
  return buckets;
}

test('what came to a histogram in each of its times adds up to all of it, whatever became of its buckets meanwhile', () => {
  const values = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { maxLength: 60 });
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 6 }), times => {
      const [deltas, histogram] = [new MetricDeltas(), metric('histogram')];
      const point = histogram.point({});
      const told: HistogramFigures[] = [];
      for (const came of times) {
        for (const value of came) point.histogram?.record(value);
        const delta = deltas.of(histogram, point)?.histogram;
        expect(delta?.count ?? 0).toBe(came.length);
        if (delta !== undefined) told.push(delta);
      }
      const all = point.histogram;
      if (all === undefined) throw new Error('a histogram has figures');
      const sum = new Map<number, number>();
      for (const delta of told)
        for (const [index, count] of bucketsAt(all.scale, delta)) sum.set(index, (sum.get(index) ?? 0) + count);
      expect([...sum].toSorted(([a], [b]) => a - b)).toEqual([...bucketsAt(all.scale, all)]);
    }),
  );
});
