import { expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { bytes, double } from '../decode/protobuf.test-support.js';
import { BlockBuilder } from './block-builder.js';

const attribute = (field: number, key: string, value: string): Buffer =>
  bytes(field, bytes(1, key), bytes(2, bytes(1, value)));
const many = (count: number, make: (i: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));
const long = (field: number): Buffer => many(128, i => attribute(field, `key ${i}`, 'x'.repeat(2000)));
const place = { workspace: 'default', recordSeq: 1, receivedMs: 1_790_000_000_000 };
const ids = [bytes(1, Buffer.alloc(16, 1)), bytes(2, Buffer.alloc(8, 1))];
const gauge = bytes(
  2,
  bytes(1, 'depth'),
  bytes(
    5,
    many(1000, i => bytes(1, double(4, 1), attribute(7, 'queue', `q${i}`))),
  ),
);

const inScope = (items: Buffer): Buffer => bytes(1, bytes(2, bytes(1, bytes(1, 'scope'), long(3)), items));

test.each([
  ['log records', 'logs', inScope(many(5000, () => bytes(2, bytes(5, bytes(1, 'text')))))],
  ['spans', 'traces', inScope(many(5000, () => bytes(2, ...ids, bytes(5, 'name'))))],
  ['series', 'metrics', inScope(gauge)],
] as const)('the attributes of a scope do not fill the memory, however many %s it has', (_, signal, body) => {
  const batch = decode(signal, 'protobuf', body);
  const builder = new BlockBuilder();
  builder.add(batch, place);
  const chunks = builder.cut().flatMap(table => table.chunks);
  expect(batch.items).toBeGreaterThan(999);
  expect(chunks.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(100 << 20);
});
const quantiles = (count: number): Buffer => many(count, i => bytes(6, double(1, i / count), double(2, 1)));

test('summaries whose quantiles would repeat long attributes are rejected, and say why', () => {
  const body = bytes(
    1,
    bytes(
      2,
      bytes(2, bytes(1, 'latency'), bytes(11, bytes(1, quantiles(10), long(7)), bytes(1, quantiles(3000), long(7)))),
    ),
  );
  const { items, rejected, rejectedReason } = decode('metrics', 'protobuf', body);
  expect({ items, rejected, rejectedReason }).toEqual({
    items: 1,
    rejected: 1,
    rejectedReason: 'a summary has many quantiles and long attributes, which each of them would repeat',
  });
});
