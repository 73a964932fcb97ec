import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../../base/bad-input.js';
import { decode } from '../decode.js';
import { swallow, swallowAnything } from '../hostile-parts.test-support.js';
import type { Part } from '../parts.js';
import { bytes, fixed64, int } from '../protobuf.test-support.js';
import type { ZipkinSpan } from './span.js';
import { zipkinFromJson } from './zipkin-json.js';
import { zipkinFromProtobuf } from './zipkin-protobuf.js';
import { zipkinParts } from './zipkin-spans.js';

const server = {
  traceId: '5b8efff798038103d269b633813fc60c',
  parentId: '0102030405060708',
  id: 'eee19b7ec3c1b174',
  kind: 'SERVER',
  name: 'get /orders',
  timestamp: 1_790_000_000_000_001,
  duration: 2500,
  localEndpoint: { serviceName: 'shop', ipv4: '10.0.0.7', port: 8080 },
  remoteEndpoint: { serviceName: 'web', ipv6: '2001:db8::1', port: 40_000 },
  annotations: [{ timestamp: 1_790_000_000_000_100, value: 'wr' }],
  tags: { 'http.method': 'GET', 'http.status_code': '500', error: 'boom' },
  debug: true,
  shared: true,
};

const json = (...spans: readonly object[]): Buffer => Buffer.from(JSON.stringify(spans));

/** The same span in the other encoding, written by hand. */
const protobuf = bytes(
  1,
  bytes(1, Buffer.from(server.traceId, 'hex')),
  bytes(2, Buffer.from(server.parentId, 'hex')),
  bytes(3, Buffer.from(server.id, 'hex')),
  int(4, 2),
  bytes(5, server.name),
  fixed64(6, BigInt(server.timestamp)),
  int(7, server.duration),
  bytes(8, bytes(1, 'shop'), bytes(2, Buffer.from([10, 0, 0, 7])), int(4, 8080)),
  bytes(9, bytes(1, 'web'), bytes(3, Buffer.from('20010db8000000000000000000000001', 'hex')), int(4, 40_000)),
  bytes(10, fixed64(1, 1_790_000_000_000_100n), bytes(2, 'wr')),
  ...Object.entries(server.tags).map(([key, value]) => bytes(11, bytes(1, key), bytes(2, value))),
  int(12, 1),
  int(13, 1),
);

test('JSON and protobuf say the same', () => {
  expect(zipkinFromProtobuf(protobuf)).toEqual(zipkinFromJson(json(server)));
  expect(zipkinFromJson(json(server))).toEqual([
    {
      traceId: server.traceId,
      id: server.id,
      parentId: server.parentId,
      name: 'get /orders',
      kind: 'SERVER',
      timestampUs: 1_790_000_000_000_001,
      durationUs: 2500,
      local: { serviceName: 'shop', address: '10.0.0.7', port: 8080 },
      remote: { serviceName: 'web', address: '2001:db8::1', port: 40_000 },
      annotations: [{ timestampUs: 1_790_000_000_000_100, value: 'wr' }],
      tags: new Map(Object.entries(server.tags)),
      debug: true,
      shared: true,
    } satisfies ZipkinSpan,
  ]);
});

test('spans that can not be stored are counted with a reason, and the others are kept', () => {
  const [part] = zipkinParts(
    zipkinFromJson(
      json(server, { ...server, traceId: 'xyz' }, { ...server, id: '' }, { ...server, timestamp: 0, annotations: [] }),
    ),
  );
  expect(part).toMatchObject({
    rejected: 3,
    rejectedReason: 'a span’s traceId is not 16 or 32 hexadecimal digits',
  });
  expect(decode('traces', 'protobuf', part?.body ?? new Uint8Array())).toMatchObject({ items: 1, service: 'shop' });
});

test.each([
  ['{}', 'not a list of Zipkin spans'],
  ['[{', 'is not JSON'],
  ['['.repeat(100), 'nested deeper than 64 levels'],
])('the body %j is refused: %s', (body, says) => {
  expect(() => zipkinFromJson(Buffer.from(body))).toThrow(BadInput);
  expect(() => zipkinFromJson(Buffer.from(body))).toThrow(says);
});

const fromJson = (body: Uint8Array): readonly Part[] => zipkinParts(zipkinFromJson(body));
const fromProtobuf = (body: Uint8Array): readonly Part[] => zipkinParts(zipkinFromProtobuf(body));

test('any bytes, and any damage to good ones, give spans or BadInput', () => {
  expect(() => swallowAnything(fromJson, json(server, server))).not.toThrow();
  expect(() => swallowAnything(fromProtobuf, Buffer.concat([protobuf, protobuf]))).not.toThrow();
});

test('any JSON gives spans or BadInput', () => {
  const anyJson = fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (list, value) => {
    const spans = [...list, { ...server, tags: value, annotations: [value] }];
    swallow(() => zipkinParts(zipkinFromJson(Buffer.from(JSON.stringify(spans)))));
  });
  expect(() => fc.assert(anyJson, { numRuns: 300 })).not.toThrow();
});
