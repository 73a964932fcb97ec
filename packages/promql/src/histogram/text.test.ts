import { expect, test } from 'vitest';
import { histogramJson, jsonNumber } from './json.js';
import { histogram } from './literal.test-support.js';
import { histogramText, toTestLiteral } from './text.js';

const both = histogram({
  count: 13.5,
  sum: 1e6,
  zeroThreshold: 0.001,
  zeroCount: 1,
  buckets: [2, 0, 4],
  offset: 1,
  negativeBuckets: [3.5, 3],
});

const custom = histogram({ count: 6, sum: -2, bounds: [0.5, 10], buckets: [1, 2, 3], counterResetHint: 'gauge' });

test('as text: buckets from the lowest to the highest, those that include an end with a bracket', () => {
  expect(histogramText(both)).toBe(
    '{count:13.5, sum:1e+06, [-2,-1):3, [-1,-0.5):3.5, [-0.001,0.001]:1, (1,2]:2, (4,8]:4}',
  );
  expect(histogramText(custom)).toBe('{count:6, sum:-2, [-Inf,0.5]:1, (0.5,10]:2, (10,+Inf]:3}');
});

test('as Prometheus’ test scripts write it', () => {
  expect(toTestLiteral(both)).toBe(
    '{{count:13.5 sum:1e+06 z_bucket:1 z_bucket_w:0.001 offset:1 buckets:[2 0 4] n_buckets:[3.5 3]}}',
  );
  expect(toTestLiteral(custom)).toBe(
    '{{schema:-53 count:6 sum:-2 custom_values:[0.5 10] counter_reset_hint:gauge buckets:[1 2 3]}}',
  );
});

test('as JSON of the API: which ends belong to a bucket is a number', () => {
  expect(histogramJson(both)).toEqual({
    count: '13.5',
    sum: '1000000',
    buckets: [
      [1, '-2', '-1', '3'],
      [1, '-1', '-0.5', '3.5'],
      [3, '-0.001', '0.001', '1'],
      [0, '1', '2', '2'],
      [0, '4', '8', '4'],
    ],
  });
  expect(histogramJson(custom).buckets).toEqual([
    [3, '-Inf', '0.5', '1'],
    [0, '0.5', '10', '2'],
    [0, '10', '+Inf', '3'],
  ]);
  expect(histogramJson(histogram({ sum: NaN }))).toEqual({ count: '0', sum: 'NaN' });
});

test('a bucket that the zero bucket reaches into begins at its threshold', () => {
  const cut = histogram({ count: 3, zeroThreshold: 1.5, zeroCount: 1, buckets: [2], offset: 1 });
  expect(histogramJson(cut).buckets).toEqual([
    [3, '-1.5', '1.5', '1'],
    [0, '1.5', '2', '2'],
  ]);
});

test.each([
  [0.1, '0.1'],
  [1e-6, '0.000001'],
  [1.5e-7, '1.5e-07'],
  [123_456_789_012_345_680_000, '123456789012345680000'],
  [1e21, '1e+21'],
  [-1e-300, '-1e-300'],
  [-0, '-0'],
  [-Infinity, '-Inf'],
])('%d is written %s', (value, text) => {
  expect(jsonNumber(value)).toBe(text);
});
