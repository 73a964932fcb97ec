import { expect, test } from 'vitest';
import { chartCsv } from './chart-csv.js';
import { bucketColumns, durationColumns } from './heatmap-csv.js';

test('a heatmap of durations as CSV has a column per bucket, from the shortest up', () => {
  const columns = durationColumns({
    stepsMs: [0, 60_000],
    stepMs: 60_000,
    bucketLowMs: [1, 2.5],
    counts: [
      [3, 0],
      [1, 4],
    ],
  });
  expect(chartCsv([0, 60_000], columns)).toBe(
    'time,1 to 2.5 ms,above 2.5 ms\r\n1970-01-01T00:00:00.000Z,3,0\r\n1970-01-01T00:01:00.000Z,1,4\r\n',
  );
});

test('buckets of a histogram too, with zeros where nothing came, and negative and endless ones in their places', () => {
  const cells = [
    { step: 1, low: 1, high: 1.189_207_115, count: 2 },
    { step: 0, low: -Infinity, high: 0, count: 1 },
    { step: 0, low: 1, high: 1.189_207_115, count: 5 },
    { step: 1, low: 4, high: Infinity, count: 7 },
  ];
  expect(bucketColumns({ timesMs: [0, 1000], stepMs: 1000, cells })).toEqual([
    { name: 'up to 0', values: [1, 0] },
    { name: '1 to 1.18921', values: [5, 2] },
    { name: 'above 4', values: [0, 7] },
  ]);
});
