import { expect, test } from 'vitest';
import type { Json } from '../json/json.js';
import { readPrometheusAnswer } from './prometheus-answer.js';
import { prometheusFrames } from './prometheus-frames.js';

const answer = (body: Json) =>
  readPrometheusAnswer(body) ?? { kind: 'matrix' as const, series: [], histograms: [], remarks: [] };

/** As Prometheus answers `query_range` with a step of 15 s. */
const matrix = answer({
  status: 'success',
  data: {
    resultType: 'matrix',
    result: [
      {
        metric: { __name__: 'up', job: 'api', instance: 'a' },
        values: [
          [0, '1'],
          [30, 'NaN'],
          [45, '+Inf'],
        ],
      },
      { metric: { __name__: 'up', job: 'api', instance: 'b' }, values: [[15, '0.5']] },
    ],
  },
  warnings: ['careful'],
});

const asked = {
  refId: 'A',
  expr: 'up',
  legend: '',
  format: 'time_series',
  grid: { fromMs: 0, stepMs: 15_000, count: 4 },
  isOneOfMany: false,
} as const;

test('a range answer has a table per series, on the steps that were asked for', () => {
  const frames = prometheusFrames(matrix, asked);
  expect(frames.map(({ name }) => name)).toEqual(['up{job="api", instance="a"}', 'up{job="api", instance="b"}']);
  expect(frames.map(({ fields }) => fields[1]?.values)).toEqual([
    [1, null, null, Infinity],
    [null, 0.5, null, null],
  ]);
  expect(matrix.remarks).toEqual(['careful']);
});

const names = (legend: string): readonly string[] =>
  prometheusFrames(matrix, { ...asked, legend }).map(({ name }) => name);

test('legends are filled, or show what tells the series apart', () => {
  expect(names('{{ instance }} of {{job}}{{gone}}')).toEqual(['a of api', 'b of api']);
  expect(names('__auto')).toEqual(['a', 'b']);
});

test('an instant answer as a table has a column per label', () => {
  const vector = answer({
    status: 'success',
    data: {
      resultType: 'vector',
      result: [
        { metric: { job: 'api' }, value: [10, '3'] },
        { metric: { env: 'x' }, value: [10, '4'] },
      ],
    },
  });
  const [table] = prometheusFrames(vector, {
    ...asked,
    format: 'table',
    grid: undefined,
    isOneOfMany: true,
    refId: 'B',
  });
  expect(table?.fields.map(({ name, values }) => [name, values])).toEqual([
    ['Time', [10_000, 10_000]],
    ['env', ['', 'x']],
    ['job', ['api', '']],
    ['Value #B', [3, 4]],
  ]);
});

test('buckets are less what lies below them', () => {
  const buckets = answer({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [
        { metric: { le: '+Inf' }, values: [[0, '10']] },
        { metric: { le: '0.5' }, values: [[0, '4']] },
        { metric: { le: '1' }, values: [[0, '9']] },
      ],
    },
  });
  const frames = prometheusFrames(buckets, {
    ...asked,
    format: 'heatmap',
    grid: { fromMs: 0, stepMs: 15_000, count: 1 },
  });
  expect(frames.map(({ name, fields }) => [name, fields[1]?.values[0]])).toEqual([
    ['0.5', 4],
    ['1', 5],
    ['+Inf', 1],
  ]);
});

test('scalars are a series without labels; errors and other bodies are no answer', () => {
  const scalar = answer({ status: 'success', data: { resultType: 'scalar', result: [5, '2.5'] } });
  expect(prometheusFrames(scalar, { ...asked, grid: undefined })[0]?.fields[1]?.values).toEqual([2.5]);
  expect(readPrometheusAnswer({ status: 'error', error: 'x' })).toBeUndefined();
  expect(readPrometheusAnswer(null)).toBeUndefined();
});
