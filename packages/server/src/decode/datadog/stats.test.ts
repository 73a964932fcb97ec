import { expect, test } from 'vitest';
import { BadInput } from '../../base/bad-input.js';
import { decode } from '../decode.js';
import { swallowAnything } from '../hostile-parts.test-support.js';
import { pack, type Packable } from '../msgpack.test-support.js';
import { bytes, double, int } from '../protobuf.test-support.js';
import { sketchBins } from './dd-sketch.js';
import { datadogStats } from './stats.js';

const gamma = 1.02;
const mapping = bytes(1, double(1, gamma));
const packed = (...counts: readonly number[]): Buffer =>
  bytes(2, Buffer.concat(counts.map(count => double(1, count).subarray(1))));
/** Two values in the bin 1000, one in 1002, one that is zero. */
const sketch = Buffer.concat([mapping, bytes(2, packed(2, 0, 1), int(3, 2000)), double(4, 1)]);

test('bins of a sketch are powers of its gamma; whoever rounds up means the lower one', () => {
  const up = sketchBins(sketch, 'up') ?? [];
  expect(up.map(({ count }) => count)).toEqual([1, 2, 1]);
  expect(up[0]?.value).toBe(0);
  for (const [i, exponent] of [[1, 1000] as const, [2, 1002] as const]) {
    expect(up[i]?.value).toBeGreaterThan(gamma ** (exponent - 1));
    expect(up[i]?.value).toBeLessThan(gamma ** exponent);
  }
  expect(sketchBins(sketch, 'down')?.[1]?.value).toBeCloseTo((up[1]?.value ?? 0) * gamma, -5);
  const entry = bytes(1, int(1, 2001), double(2, 3));
  expect(sketchBins(Buffer.concat([mapping, bytes(2, entry)]), 'up')).toEqual([
    { value: gamma ** -1001 * (2 / (1 + gamma)), count: 3 },
  ]);
  expect(sketchBins(bytes(1, double(1, gamma), int(3, 3)), 'up')).toBeUndefined();
});

const row = (changes: Readonly<Record<string, Packable>>): Packable => ({
  Service: 'shop',
  Name: 'fastify.request',
  Resource: 'GET /orders/:id',
  Type: 'web',
  HTTPStatusCode: 200,
  HTTPMethod: 'GET',
  HTTPEndpoint: '/orders/:id',
  SpanKind: 'server',
  GRPCStatusCode: '',
  Hits: 4,
  Errors: 1,
  Duration: 8_000_000_000n,
  TopLevelHits: 4,
  OkSummary: sketch,
  ErrorSummary: Buffer.alloc(0),
  Synthetics: false,
  ...changes,
});
const payload = (...rows: readonly Packable[]): Buffer =>
  pack({
    Hostname: 'h1',
    Env: 'prod',
    Version: '1.2.3',
    Lang: 'javascript',
    TracerVersion: '5.132.0',
    RuntimeID: 'r1',
    Sequence: 1,
    Stats: [{ Start: 1_790_000_000_000_000_000n, Duration: 10_000_000_000n, Stats: rows }],
  });

const points = (body: Uint8Array): number => {
  const [part] = datadogStats(body);
  return part === undefined ? 0 : decode('metrics', 'protobuf', part.body).items;
};

test('a row becomes hits, errors and durations', () => {
  expect(points(payload(row({})))).toBe(3);
});

test('rows that differ only in the statement of a database are added together', () => {
  const query = (id: number): Packable =>
    row({ Service: 'shop-postgres', Type: 'sql', Name: 'pg.query', Resource: `SELECT ${id}` });
  const body = payload(row({}), query(1), query(2));
  expect(points(body)).toBe(6);
  const [part] = datadogStats(body);
  const text = Buffer.from(part?.body ?? []).toString('latin1');
  expect([text.includes('SELECT'), text.includes('shop-postgres')]).toEqual([false, true]);
});

test('rows without fields are rejected, and what is no statistics is refused', () => {
  const [part] = datadogStats(payload(row({}), {}, 'x'));
  expect([part?.rejected, part?.rejectedReason]).toEqual([
    2,
    'a row of the statistics has no fields, or its bucket no time',
  ]);
  expect(() => datadogStats(pack([1]))).toThrow(BadInput);
  expect(() => datadogStats(pack({ Stats: 1 }))).toThrow('a map with a list of buckets');
});

test('whatever bytes come, they are read or refused', () => {
  expect(() => swallowAnything(datadogStats, payload(row({}), row({ ErrorSummary: sketch })))).not.toThrow();
});
