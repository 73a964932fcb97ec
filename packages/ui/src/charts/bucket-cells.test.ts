import { expect, test } from 'vitest';
import { classicCells, countedCells, nativeCells, timedCells } from './bucket-cells.js';

const histogram = (buckets: readonly (readonly [number, string, string, string])[]) => ({ count: 0, sum: 0, buckets });
const series = (le: string, values: readonly number[]) => ({ labels: { le }, timesMs: [0, 1000], values });

const steps = { timesMs: [0, 1000, 2000], stepMs: 1000 };

test('buckets of native histograms of several series are added up by step and bounds', () => {
  const { cells } = nativeCells(
    [
      {
        histograms: [
          {
            timeMs: 0,
            histogram: histogram([
              [0, '0.5', '1', '3'],
              [3, '-0.001', '0.001', '2'],
            ]),
          },
          { timeMs: 9000, histogram: histogram([[0, '0.5', '1', '7']]) },
        ],
      },
      { histograms: [{ timeMs: 0, histogram: histogram([[0, '0.5', '1', '4']]) }] },
    ],
    steps,
  );
  expect(cells).toEqual([
    { step: 0, low: 0.5, high: 1, count: 7 },
    { step: 0, low: -0.001, high: 0.001, count: 2 },
  ]);
});

test('buckets by `le` hold only what is not in the bucket below', () => {
  const found = classicCells([series('+Inf', [10, 10]), series('0.1', [4, 1]), series('0.5', [9, 1])], steps);
  expect(found?.cells).toEqual([
    { step: 0, low: 0, high: 0.1, count: 4 },
    { step: 1, low: 0, high: 0.1, count: 1 },
    { step: 0, low: 0.1, high: 0.5, count: 5 },
    { step: 0, low: 0.5, high: Infinity, count: 1 },
    { step: 1, low: 0.5, high: Infinity, count: 9 },
  ]);
  expect(classicCells([{ labels: { job: 'a' }, timesMs: [0], values: [1] }], steps)).toBeUndefined();
});

test('values are counted into buckets of round size', () => {
  const { cells } = countedCells(
    [
      [1, 11, null],
      [3, 48, Number.NaN],
    ],
    { rows: 5 },
    steps,
  );
  expect(cells).toEqual([
    { step: 0, low: 0, high: 10, count: 2 },
    { step: 1, low: 10, high: 20, count: 1 },
    { step: 1, low: 40, high: 50, count: 1 },
  ]);
  expect(countedCells([[5, 5, 5]], { rows: 10 }, steps).cells).toHaveLength(3);
  expect(countedCells([[0, 1e9, 0]], { rows: 10, size: 1e-9 }, steps).cells).toHaveLength(3);
});

test('the shortest time between two moments is the step', () => {
  const found = timedCells([
    { timeMs: 30_000, low: 0, high: 1, count: 1 },
    { timeMs: 0, low: 0, high: 1, count: 2 },
    { timeMs: 10_000, low: 0, high: 1, count: 3 },
  ]);
  expect(found.timesMs).toEqual([0, 10_000, 20_000, 30_000]);
  expect(found.cells.map(({ step, count }) => [step, count])).toEqual([
    [3, 1],
    [0, 2],
    [1, 3],
  ]);
});
