import { expect, test } from 'vitest';
import { bucketBounds, countSelected, durationTicks, shades } from './heatmap-counts.js';

const heatmap = {
  stepsMs: [0, 1000, 2000],
  stepMs: 1000,
  bucketLowMs: [10, 100, 1000],
  counts: [
    [5, 1, 0],
    [6, 2, 0],
    [7, 3, 4],
  ],
};

test('a rectangle counts the cells whose middle it holds', () => {
  expect(countSelected(heatmap, { fromMs: 0, toMs: 3000, low: undefined, high: undefined })).toBe(28);
  expect(countSelected(heatmap, { fromMs: 900, toMs: 2900, low: 100, high: 20_000 })).toBe(9);
  expect(countSelected(heatmap, { fromMs: 0, toMs: 400, low: undefined, high: undefined })).toBe(0);
});

test('the axis goes from the first bucket to the end of the last', () => {
  expect(bucketBounds([10, 100, 1000])).toEqual({ lowMs: 10, highMs: 10_000 });
  expect(bucketBounds([])).toEqual({ lowMs: 1, highMs: 4 });
  expect(durationTicks(8, 4000)).toEqual([10, 50, 250, 1000]);
  expect(durationTicks(20, 40).length).toBe(2);
});

test('one request is seen beside thousands', () => {
  const shade = shades([[10_000, 1]]);
  expect(shade(10_000)).toBeCloseTo(0.95);
  expect(shade(1)).toBeGreaterThan(0.1);
});
