import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../base/bad-input.js';
import { BlockBuilder } from '../write/block-builder.js';
import type { Encoding, Signal } from './batch.js';
import { decode } from './decode.js';
import { bytes, double, fixed32, fixed64, int } from './protobuf.test-support.js';

/** Decodes and, when that works, builds a block: what the decoder lets pass must never fail later. */
function swallow(signal: Signal, encoding: Encoding, body: Uint8Array): 'accepted' | 'refused' {
  try {
    const batch = decode(signal, encoding, body);
    const builder = new BlockBuilder();
    builder.add(batch, { workspace: 'w', recordSeq: 1, receivedMs: 1_790_000_000_000 });
    builder.cut();
    return 'accepted';
  } catch (error) {
    if (error instanceof BadInput) return 'refused';
    throw error;
  }
}

const text = (key: string, value: string): Buffer => Buffer.concat([bytes(1, key), bytes(2, bytes(1, value))]);
const attributes = (field: number): Buffer =>
  Buffer.concat([
    bytes(field, text('http.route', '/orders/:id')),
    bytes(field, bytes(1, 'n'), bytes(2, int(3, -5))),
    bytes(field, bytes(1, 'ratio'), bytes(2, double(4, 0.25))),
    bytes(field, bytes(1, 'ok'), bytes(2, int(2, 1))),
    bytes(field, bytes(1, 'raw'), bytes(2, bytes(7, Buffer.from([0, 255])))),
    bytes(field, bytes(1, 'list'), bytes(2, bytes(5, bytes(1, int(3, 1)), bytes(1, bytes(1, 'x'))))),
    bytes(field, bytes(1, 'map'), bytes(2, bytes(6, bytes(1, text('inner', 'value'))))),
    bytes(field, text('db.system.name', 'postgresql'), ''),
  ]);
const now = 1_790_000_000_000_000_000n;
const traceId = Buffer.alloc(16, 0xab);
const spanId = Buffer.alloc(8, 0xcd);
const request = (...items: readonly Buffer[]): Buffer =>
  bytes(
    1,
    bytes(1, attributes(1)),
    bytes(2, bytes(1, bytes(1, 'scope'), attributes(3)), ...items.map(item => bytes(2, item))),
  );

const span = Buffer.concat([
  bytes(1, traceId),
  bytes(2, spanId),
  bytes(3, 'a=b'),
  bytes(4, spanId),
  bytes(5, 'GET /orders/:id'),
  int(6, 3),
  fixed64(7, now),
  fixed64(8, now + 5_000_000n),
  attributes(9),
  int(10, 2),
  bytes(11, fixed64(1, now), bytes(2, 'exception'), attributes(3)),
  bytes(13, bytes(1, traceId), bytes(2, spanId), bytes(3, ''), attributes(4)),
  bytes(15, bytes(2, 'bad'), int(3, 2)),
  fixed32(16, 257),
]);
const log = Buffer.concat([
  fixed64(1, now),
  int(2, 17),
  bytes(3, 'ERROR'),
  bytes(5, bytes(6, bytes(1, text('msg', 'hello')))),
  attributes(6),
  fixed32(8, 1),
  bytes(9, traceId),
  bytes(10, spanId),
  bytes(12, 'order.placed'),
]);
const exemplar = Buffer.concat([fixed64(2, now), double(3, 1.5), bytes(4, spanId), bytes(5, traceId), attributes(7)]);
const times = Buffer.concat([fixed64(2, now), fixed64(3, now)]);
const metric = (field: number, ...points: readonly Buffer[]): Buffer =>
  Buffer.concat([
    bytes(1, 'm'),
    bytes(2, 'words'),
    bytes(3, 'ms'),
    bytes(field, ...points.map(point => bytes(1, point)), int(2, 2)),
  ]);
const eight = (value: number): Buffer => double(1, value).subarray(1);
const metrics = request(
  metric(5, Buffer.concat([times, double(4, 2.5), attributes(7), bytes(5, exemplar)])),
  metric(
    9,
    Buffer.concat([
      times,
      fixed64(4, 3n),
      double(5, 6),
      bytes(6, fixed64(1, 1n).subarray(1), fixed64(1, 2n).subarray(1)),
      bytes(7, eight(5)),
      attributes(9),
    ]),
  ),
  metric(
    10,
    Buffer.concat([
      attributes(1),
      times,
      fixed64(4, 3n),
      int(6, 5),
      bytes(8, int(1, 3), bytes(2, Buffer.from([1, 2]))),
    ]),
  ),
  metric(
    11,
    Buffer.concat([times, fixed64(4, 3n), double(5, 6), bytes(6, double(1, 0.5), double(2, 2)), attributes(7)]),
  ),
);
const valid: readonly (readonly [Signal, Encoding, Buffer])[] = [
  ['traces', 'protobuf', request(span, span)],
  ['logs', 'protobuf', request(log, log)],
  ['metrics', 'protobuf', metrics],
  [
    'traces',
    'json',
    Buffer.from(
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"intValue":"1"}}]},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"x\\u00e9","startTimeUnixNano":"1544712660000000000","kind":"SPAN_KIND_SERVER","status":{"code":2}}]}]}]}',
    ),
  ],
];

test.each(valid)(
  'the %s request in %s from which the broken ones below are made is accepted',
  (signal, encoding, body) => {
    expect(decode(signal, encoding, body).items).toBeGreaterThan(0);
    expect(swallow(signal, encoding, body)).toBe('accepted');
  },
);

test.each(valid)('%s in %s cut at any byte are refused or shorter, never a crash', (signal, encoding, body) => {
  for (let length = 0; length < body.length; length++) swallow(signal, encoding, body.subarray(0, length));
  expect(swallow(signal, encoding, body.subarray(0, body.length - 1))).toBe('refused');
});

test.each(valid)('%s in %s with any bytes changed are refused or read, never a crash', (signal, encoding, body) => {
  const change = fc.record({
    at: fc.nat(body.length - 1),
    byte: fc.oneof(fc.constantFrom(0, 127, 128, 255), fc.nat(255)),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), changes => {
      const mutant = Uint8Array.from(body);
      for (const { at, byte } of changes) mutant[at] = byte;
      expect(['accepted', 'refused']).toContain(swallow(signal, encoding, mutant));
    }),
    { numRuns: 1500 },
  );
});

test.each(valid)(
  '%s in %s with bytes put in or taken out are refused or read, never a crash',
  (signal, encoding, body) => {
    fc.assert(
      fc.property(fc.nat(body.length), fc.nat(12), fc.uint8Array({ maxLength: 12 }), (at, removed, added) => {
        const mutant = Buffer.concat([body.subarray(0, at), added, body.subarray(at + removed)]);
        expect(['accepted', 'refused']).toContain(swallow(signal, encoding, mutant));
      }),
      { numRuns: 1500 },
    );
  },
);

test.each(['traces', 'logs', 'metrics'] as const)(
  'any bytes at all sent as %s are refused or read, never a crash',
  signal => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom<Encoding>('protobuf', 'json'),
        (body, encoding) => {
          expect(['accepted', 'refused']).toContain(swallow(signal, encoding, body));
        },
      ),
      { numRuns: 1500 },
    );
  },
);

test.each([
  ['a length beyond the end', Buffer.from([0x0a, 0x7f, 0x01]), /says it is 127 bytes long/],
  ['a length of 2^60', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]), /bytes long/],
  ['a varint without an end', Buffer.alloc(40, 0xff), /longer than 10 bytes/],
  ['a varint cut by the end', Buffer.from([0x80]), /in the middle of a value/],
  ['a group', Buffer.from([0x0b, 0x0c]), /wire type 3/],
  ['field number 0', Buffer.from([0x02, 0x00]), /field number 0/],
  ['resources as a number', Buffer.from([0x08, 0x01]), /field 1 .* wire type 0/],
  ['text', Buffer.from('hello, I am not protobuf'), /wire type|field/],
])('%s is refused with a reason', (_, body, reason) => {
  expect(() => decode('traces', 'protobuf', body)).toThrow(BadInput);
  expect(() => decode('traces', 'protobuf', body)).toThrow(reason);
});

test.each([
  ['text', 'hello', /expected an object, found "hello"/],
  ['an open end', '{"resourceSpans":[', /expected/],
  ['something after the end', '{} x', /expected the end/],
  ['a number for a text', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":5}]}]}]}', /expected a string/],
  ['a broken escape', String.raw`{"resourceSpans":[{"schemaUrl":"\x"}]}`, /valid escapes/],
  ['deep nesting', '{"a":'.repeat(200), /nested deeper/],
])('JSON with %s is refused with a reason', (_, body, reason) => {
  expect(() => decode('traces', 'json', Buffer.from(body))).toThrow(BadInput);
  expect(() => decode('traces', 'json', Buffer.from(body))).toThrow(reason);
});

test('an attribute of 32 levels is read, a deeper one is refused', () => {
  const nested = (levels: number): Buffer => (levels === 0 ? bytes(1, 'core') : bytes(5, bytes(1, nested(levels - 1))));
  const deep = (levels: number): Buffer =>
    request(Buffer.concat([span, bytes(9, bytes(1, 'deep'), bytes(2, nested(levels)))]));
  expect(swallow('traces', 'protobuf', deep(32))).toBe('accepted');
  expect(() => decode('traces', 'protobuf', deep(33))).toThrow(/nested deeper than 32 levels/);
  expect(() => decode('traces', 'protobuf', deep(2000))).toThrow(BadInput);
});

test('more than a million items in one request are refused', () => {
  const empty = Buffer.from([0x12, 0x00]);
  const body = bytes(1, bytes(2, Buffer.alloc((2 ** 20 + 1) * 2, empty)));
  expect(() => decode('logs', 'protobuf', body)).toThrow(/more than 1048576 items/);
});

test('an empty body is an empty request', () => {
  expect(decode('traces', 'protobuf', new Uint8Array())).toMatchObject({ items: 0, rejected: 0 });
  expect(decode('traces', 'json', Buffer.from(' {} '))).toMatchObject({ items: 0, rejected: 0 });
});
