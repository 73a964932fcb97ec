import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketMap } from './any-histogram.test-support.js';
import { histogramOf, type StoredHistogram } from './stored-histogram.js';

const none = new Float64Array(0);

const stored = (parts: Partial<StoredHistogram>): StoredHistogram => ({
  scale: 0,
  count: 0,
  sum: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  bounds: none,
  counts: none,
  positiveOffset: 0,
  positiveCounts: none,
  negativeOffset: 0,
  negativeCounts: none,
  resetHint: 0,
  ...parts,
});

test('bucket 0 of OpenTelemetry, which begins at 1, is bucket 1', () => {
  const histogram = histogramOf(
    stored({
      positiveOffset: -1,
      positiveCounts: Float64Array.of(4, 0, 2),
      negativeOffset: 3,
      negativeCounts: Float64Array.of(1),
      resetHint: 3,
    }),
  );
  expect(histogram?.counterResetHint).toBe('gauge');
  expect(bucketMap(histogram!.positive)).toEqual({ 0: 4, 1: 0, 2: 2 });
  expect(bucketMap(histogram!.negative)).toEqual({ 4: 1 });
});

test('scale 10 becomes schema 8: four buckets become one, wherever the first lies', () => {
  const histogram = histogramOf(
    stored({ scale: 10, positiveOffset: -5, positiveCounts: Float64Array.of(1, 2, 3, 4, 5, 6) }),
  );
  expect(histogram?.schema).toBe(8);
  expect(bucketMap(histogram!.positive)).toEqual({ '-1': 1, 0: 14, 1: 6 });
});

test('explicit bounds are custom buckets; a histogram that is only counted has one bucket', () => {
  const histogram = histogramOf(
    stored({ scale: -128, count: 6, bounds: Float64Array.of(0.1, 1), counts: Float64Array.of(1, 2, 3) }),
  );
  expect(histogram).toMatchObject({ schema: -53, customValues: Float64Array.of(0.1, 1), count: 6 });
  expect(bucketMap(histogram!.positive)).toEqual({ 0: 1, 1: 2, 2: 3 });
  expect(bucketMap(histogramOf(stored({ scale: -53, count: 7 }))!.positive)).toEqual({ 0: 7 });
});

test('a sample with the layout of the one before it shares its lists', () => {
  const parts = { positiveOffset: 2, positiveCounts: Float64Array.of(1, 2) };
  const first = histogramOf(stored(parts))!;
  const second = histogramOf(stored({ ...parts, positiveCounts: Float64Array.of(2, 3) }), first)!;
  expect(second.positive.indexes).toBe(first.positive.indexes);
  expect(histogramOf(stored({ ...parts, positiveOffset: 3 }), first)!.positive.indexes).toEqual(Int32Array.of(4, 5));
});

test.each([
  ['a scale that is too coarse', { scale: -5 }],
  ['bounds that do not rise', { scale: -128, bounds: Float64Array.of(1, 1), counts: Float64Array.of(1, 1, 1) }],
  ['a bound that is no number', { scale: -128, bounds: Float64Array.of(NaN), counts: Float64Array.of(1, 1) }],
  ['fewer counts than bounds', { scale: -53, bounds: Float64Array.of(1, 2), counts: Float64Array.of(1, 1) }],
  ['buckets beyond every number', { positiveOffset: 2 ** 31 - 1, positiveCounts: Float64Array.of(1) }],
])('%s is no histogram', (_what, parts) => {
  expect(histogramOf(stored(parts))).toBeUndefined();
});

test('a threshold that is no number or negative is none', () => {
  expect(histogramOf(stored({ zeroThreshold: NaN }))?.zeroThreshold).toBe(0);
  expect(histogramOf(stored({ zeroThreshold: -1 }))?.zeroThreshold).toBe(0);
});

test('whatever is stored: indexes rise and no observation is lost', () => {
  const counts = fc.array(fc.nat(5), { maxLength: 400 }).map(list => Float64Array.from(list));
  fc.assert(
    fc.property(
      fc.integer({ min: -4, max: 20 }),
      fc.integer({ min: -2000, max: 2000 }),
      counts,
      (scale, offset, list) => {
        const { indexes, counts: kept } = histogramOf(
          stored({ scale, positiveOffset: offset, positiveCounts: list }),
        )!.positive;
        expect(kept.reduce((sum, one) => sum + one, 0)).toBe(list.reduce((sum, one) => sum + one, 0));
        expect(indexes.every((index, at) => at === 0 || index > indexes[at - 1]!)).toBe(true);
      },
    ),
  );
});
