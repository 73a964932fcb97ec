import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { bytes, double, fixed64, int } from '../decode/protobuf.test-support.js';
import { BlockBuilder } from './block-builder.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const receivedMs = Date.now();
const timeUnixNano = `${receivedMs}999999`;
let workspaces = 0;

const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

function requestOf(metrics: readonly object[], instance = 'a'): Buffer {
  const resource = { attributes: [attribute('service.name', 'shop'), attribute('service.instance.id', instance)] };
  return Buffer.from(
    JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'meter' }, metrics }] }] }),
  );
}

const gauge = (name: string, attributes: readonly object[], asInt: string): object => ({
  name,
  unit: '1',
  gauge: { dataPoints: [{ timeUnixNano, asInt, attributes }] },
});

const sint = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2);
const decoded = (metrics: readonly object[]): object => decode('metrics', 'json', requestOf(metrics));

async function load(...bodies: readonly (readonly ['json' | 'protobuf', Buffer])[]): Promise<string> {
  const workspace = `w${++workspaces}`;
  const builder = new BlockBuilder();
  for (const [i, [encoding, body]] of bodies.entries()) {
    builder.add(decode('metrics', encoding, body), { workspace, recordSeq: i, receivedMs });
  }
  await store.load(builder.cut());
  return workspace;
}

test('samples of one series share its id whatever the order of attributes; other attributes, resources and metrics are other series', async () => {
  const [a, b] = [attribute('a', '1'), attribute('b', '2')];
  const workspace = await load(
    ['json', requestOf([gauge('queue', [a, b], '1'), gauge('queue', [b, a], '2'), gauge('queue', [a], '3')])],
    ['json', requestOf([gauge('queue', [a, b], '4')], 'other')],
    ['json', requestOf([gauge('pool', [a, b], '5')])],
  );
  const rows = await store.rows<{ ids: string; values: number[] }>(
    `SELECT toString(id) AS ids, arraySort(groupArray(value)) AS values FROM metric_samples WHERE workspace = '${workspace}' GROUP BY id ORDER BY values`,
  );
  expect(rows.map(row => row.values)).toEqual([[1, 2], [3], [4], [5]]);
  const series = await store.rows(
    `SELECT metric, toString(id) AS id FROM metric_series FINAL WHERE workspace = '${workspace}' ORDER BY metric, id`,
  );
  expect(series).toHaveLength(4);
});

test('a series is written once a day, not with every sample', () => {
  const builder = new BlockBuilder();
  const body = requestOf([{ name: 'queue', gauge: { dataPoints: [{ timeUnixNano, asDouble: 1 }] } }]);
  const tables = (atMs: number): readonly string[] => {
    builder.add(decode('metrics', 'json', body), { workspace: 'w', recordSeq: 1, receivedMs: atMs });
    return builder.cut().map(({ table, rows }) => `${table} ${rows}`);
  };
  expect(tables(receivedMs)).toEqual(['metric_samples 1', 'metric_series 1', 'resources 1']);
  expect(tables(receivedMs)).toEqual(['metric_samples 1']);
  expect(tables(receivedMs + 86_400_000)).toEqual(['metric_samples 1', 'metric_series 1', 'resources 1']);
});

test('type, unit, description, temporality and monotonicity of a sum are kept, delta stays delta', async () => {
  const dataPoints = [{ timeUnixNano, asDouble: 2.5 }];
  const sum = { dataPoints, aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA', isMonotonic: true };
  const workspace = await load(['json', requestOf([{ name: 'orders', unit: '{order}', description: 'placed', sum }])]);
  expect(
    await store.rows(
      `SELECT metric, type, unit, description, temporality, monotonic, service, scope_name FROM metric_series WHERE workspace = '${workspace}'`,
    ),
  ).toEqual([
    {
      metric: 'orders',
      type: 'sum',
      unit: '{order}',
      description: 'placed',
      temporality: 'delta',
      monotonic: true,
      service: 'shop',
      scope_name: 'meter',
    },
  ]);
});

test('a summary becomes a series per quantile, and its sum and count', async () => {
  const quantileValues = [
    { quantile: 0.5, value: 10 },
    { quantile: 0.99, value: 70 },
  ];
  const dataPoints = [{ timeUnixNano, count: '4', sum: 100, quantileValues }];
  const workspace = await load(['json', requestOf([{ name: 'rpc', summary: { dataPoints } }])]);
  expect(
    await store.rows(
      `SELECT metric, attrs['quantile'] AS quantile, value FROM metric_samples JOIN metric_series USING (workspace, metric, id)
       WHERE workspace = '${workspace}' ORDER BY metric, quantile`,
    ),
  ).toEqual([
    { metric: 'rpc', quantile: '0.5', value: 10 },
    { metric: 'rpc', quantile: '0.99', value: 70 },
    { metric: 'rpc_count', quantile: '', value: 4 },
    { metric: 'rpc_sum', quantile: '', value: 100 },
  ]);
});

test('the series of a summary are written once a day too', () => {
  const builder = new BlockBuilder();
  const quantileValues = [{ quantile: 0.5, value: 1 }];
  const summary = { dataPoints: [{ timeUnixNano, count: '4', sum: 1, quantileValues }] };
  const body = requestOf([{ name: 'rpc', summary }]);
  const tables = (): readonly string[] => {
    builder.add(decode('metrics', 'json', body), { workspace: 'w', recordSeq: 1, receivedMs });
    return builder.cut().map(({ table, rows }) => `${table} ${rows}`);
  };
  expect(tables()).toEqual(['metric_samples 3', 'metric_series 3', 'resources 1']);
  expect(tables()).toEqual(['metric_samples 3']);
});

test('a point without a value says that its series ended, with the mark that Prometheus uses', async () => {
  const dataPoints = [{ timeUnixNano, flags: 1 }];
  const histogram = { dataPoints: [{ timeUnixNano, flags: 1 }] };
  const workspace = await load([
    'json',
    requestOf([
      { name: 'gone', gauge: { dataPoints } },
      { name: 'gone too', histogram },
    ]),
  ]);
  for (const [table, column] of [
    ['metric_samples', 'value'],
    ['metric_histograms', 'sum'],
  ]) {
    expect(
      await store.rows(
        `SELECT hex(reinterpretAsUInt64(${column})) AS bits FROM ${table} WHERE workspace = '${workspace}'`,
      ),
    ).toEqual([{ bits: '7FF0000000000002' }]);
  }
});

test('exemplars lead to their trace, nanoseconds and own attributes included', async () => {
  const exemplar = {
    timeUnixNano,
    asDouble: 0.25,
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: '0123456789abcdef',
    filteredAttributes: [attribute('user.id', '7'), attribute('password', 'hunter2')],
  };
  const dataPoints = [{ timeUnixNano, count: '1', sum: 0.25, bucketCounts: ['1'], exemplars: [exemplar] }];
  const workspace = await load(['json', requestOf([{ name: 'latency', histogram: { dataPoints } }])]);
  expect(
    await store.rows(
      `SELECT metric, toString(toUnixTimestamp64Nano(ts)) AS ns, value, lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, attrs
       FROM exemplars WHERE workspace = '${workspace}' AND id IN (SELECT id FROM metric_histograms WHERE workspace = '${workspace}')`,
    ),
  ).toEqual([
    {
      metric: 'latency',
      ns: timeUnixNano,
      value: 0.25,
      trace: exemplar.traceId,
      span: exemplar.spanId,
      attrs: { 'user.id': '7', password: '[redacted]' },
    },
  ]);
});

test('an exponential histogram in protobuf keeps scale, offsets, buckets and zero bucket; milliseconds are rounded down', async () => {
  const point = Buffer.concat([
    fixed64(2, BigInt(timeUnixNano) - 1_000_000n),
    fixed64(3, BigInt(timeUnixNano)),
    fixed64(4, 9n),
    double(5, 12.5),
    int(6, sint(-3)),
    fixed64(7, 2n),
    bytes(8, int(1, sint(-7)), bytes(2, Buffer.from([1, 0, 0x80, 0x01]))),
    bytes(9, int(1, sint(4)), int(2, 5), int(2, 6)),
    double(12, -1.5),
    double(13, 8),
    double(14, 0.125),
  ]);
  const metric = Buffer.concat([bytes(1, 'spread'), bytes(10, bytes(1, point), int(2, 2))]);
  const workspace = await load(['protobuf', bytes(1, bytes(2, bytes(2, metric)))]);
  expect(
    await store.rows(
      `SELECT toString(toUnixTimestamp64Milli(start_ts)) AS start, toString(toUnixTimestamp64Milli(ts)) AS end, toUInt32(count) AS n, sum, min, max, scale,
         zero_threshold, toUInt32(zero_count) AS zeros, positive_offset, toString(positive_counts) AS positive, negative_offset,
         toString(negative_counts) AS negative, toString(bounds) AS bounds, toString(counts) AS explicit
       FROM metric_histograms WHERE workspace = '${workspace}'`,
    ),
  ).toEqual([
    {
      start: String(receivedMs - 1),
      end: String(receivedMs),
      n: 9,
      sum: 12.5,
      min: -1.5,
      max: 8,
      scale: -3,
      zero_threshold: 0.125,
      zeros: 2,
      positive_offset: -7,
      positive: '[1,0,128]',
      negative_offset: 4,
      negative: '[5,6]',
      bounds: '[]',
      explicit: '[]',
    },
  ]);
});

test('points that can not be stored are rejected with a reason, the others are kept', () => {
  const good = { timeUnixNano, asDouble: 1 };
  expect(decoded([{ name: 'x', gauge: { dataPoints: [good, { timeUnixNano }] } }])).toMatchObject({
    items: 1,
    rejected: 1,
    rejectedReason: 'a data point needs a value',
  });
  expect(decoded([{ gauge: { dataPoints: [good] } }])).toMatchObject({
    items: 0,
    rejected: 1,
    rejectedReason: 'a metric needs a name',
  });
  const crooked = { timeUnixNano, count: '3', bucketCounts: ['1', '2'], explicitBounds: [1, 2] };
  expect(decoded([{ name: 'x', histogram: { dataPoints: [crooked] } }])).toMatchObject({
    items: 0,
    rejected: 1,
    rejectedReason: 'bucket_counts must be one longer than explicit_bounds, and the bounds must rise',
  });
});
