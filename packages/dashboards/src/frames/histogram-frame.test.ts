import { expect, test } from 'vitest';
import { histogramFrames, readHistogramFrame } from './histogram-frame.js';
import { readPrometheusAnswer } from './prometheus-answer.js';

const body = {
  status: 'success',
  data: {
    resultType: 'matrix',
    result: [
      {
        metric: { job: 'pay' },
        histograms: [
          [
            10,
            {
              count: '3',
              sum: '1',
              buckets: [
                [0, '0.5', '1', '2'],
                [3, '-0.1', '0.1', '1'],
              ],
            },
          ],
          [20, { count: '1', sum: '9', buckets: [[0, '8', '+Inf', '1']] }],
          'broken',
        ],
      },
    ],
  },
};

test('a native histogram is a table with a row for each bucket of each moment', () => {
  const [frame] = histogramFrames(readPrometheusAnswer(body)?.histograms ?? [], 'A');
  expect(frame?.fields.map(({ name, values }) => [name, values])).toEqual([
    ['Time', [10_000, 10_000, 20_000]],
    ['job', ['pay', 'pay', 'pay']],
    ['yMin', [0.5, -0.1, 8]],
    ['yMax', [1, 0.1, Infinity]],
    ['Count', [2, 1, 1]],
  ]);
  expect(frame === undefined ? undefined : readHistogramFrame(frame)).toEqual([
    { timeMs: 10_000, low: 0.5, high: 1, count: 2 },
    { timeMs: 10_000, low: -0.1, high: 0.1, count: 1 },
    { timeMs: 20_000, low: 8, high: Infinity, count: 1 },
  ]);
});

test('other tables are no histograms', () => {
  expect(readHistogramFrame({ refId: 'A', name: '', fields: [] })).toBeUndefined();
});
