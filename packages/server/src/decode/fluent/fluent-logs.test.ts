import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../../base/bad-input.js';
import { swallow, swallowAnything } from '../hostile-parts.test-support.js';
import { MsgpackReader } from '../msgpack.js';
import { pack, type Packable } from '../msgpack.test-support.js';
import type { Part } from '../parts.js';
import { fluentParts } from './fluent-logs.js';
import { readEntries, readForwardMessage, type ForwardEvents } from './forward-message.js';
import { ack, helo, isKnown, pong, readPing } from './handshake.js';

const eventTime = (seconds: number, nanoseconds: number): Packable => {
  const data = Buffer.alloc(8);
  data.writeUInt32BE(seconds);
  data.writeUInt32BE(nanoseconds, 4);
  return { ext: 0, data };
};
const record = { message: 'hello', level: 'info' };
const expected = { timeNs: 1_790_000_000_000_000_000n, record: new Map(Object.entries(record)), metadata: undefined };

const events = (message: Packable): ForwardEvents => readEntries(readForwardMessage(pack(message)).entries);

test('the three ways to send an event say the same', () => {
  const entry = [1_790_000_000, record];
  const packed = Buffer.concat([pack(entry), pack(entry)]);
  expect(events(['tag', 1_790_000_000, record]).events).toEqual([expected]);
  expect(events(['tag', [entry, entry]]).events).toEqual([expected, expected]);
  expect(events(['tag', packed]).events).toEqual([expected, expected]);
  // Older clients have no type for bytes: they send them as text.
  const asText = Buffer.concat([Buffer.of(0x92), pack('tag'), Buffer.of(0xd9, packed.length), packed]);
  expect(readEntries(readForwardMessage(asText).entries).events).toEqual([expected, expected]);
});

test('known bytes of a message with an option', () => {
  // ["t", [[1, {"a": 1}]], {"chunk": "x", "size": 1}]
  const bytes = Buffer.from('93a17491920181a1610182a56368756e6ba178a473697a6501', 'hex');
  const message = readForwardMessage(bytes);
  expect(message).toMatchObject({ tag: 't', compressed: 'no', chunk: 'x', isLogs: true });
  expect(readEntries(message.entries).events).toEqual([
    { timeNs: 1_000_000_000n, record: new Map([['a', 1]]), metadata: undefined },
  ]);
  expect(ack('x').toString('hex')).toBe('81d90361636bd90178');
});

test.each<[Packable, bigint]>([
  [eventTime(1_790_000_000, 123_456_789), 1_790_000_000_123_456_789n],
  [1_790_000_000.25, 1_790_000_000_250_000_000n],
  [[eventTime(1_790_000_000, 1), { fluent: 'metadata' }], 1_790_000_000_000_000_001n],
])('the time %j is %d', (time, ns) => {
  expect(events(['tag', [[time, record]]]).events.map(({ timeNs }) => timeNs)).toEqual([ns]);
});

test('entries that are none are counted with a reason, and the others are kept', () => {
  const entries: Packable = [[1, record], 'x', [1], ['soon', record], [-1, record], [1, 'x'], [2, record]];
  const read = events(['tag', entries]);
  expect(read.events.map(({ timeNs }) => timeNs)).toEqual([1_000_000_000n, 2_000_000_000n]);
  expect([read.rejected, read.rejectedReason]).toEqual([5, 'an entry is not [time, record]']);
  const cut = readEntries(Buffer.concat([pack([1, record]), pack([2, record]).subarray(0, 6)]));
  expect([cut.events.length, cut.rejected]).toEqual([1, 1]);
});

test.each<[Packable, string]>([
  ['x', 'an array is expected'],
  [['tag'], 'has 2 to 4 parts, not 1'],
  [['tag', 1], 'a time and no record'],
  [['tag', Buffer.alloc(0), { compressed: 'zstd' }], 'compressed with "zstd" are not understood; use gzip'],
])('the message %j is refused: %s', (message, says) => {
  expect(() => readForwardMessage(pack(message))).toThrow(BadInput);
  expect(() => readForwardMessage(pack(message))).toThrow(says);
});

test('the shared key is shown without being sent', () => {
  const ping = readPing(pack(['PING', 'client', 'salt', 'c3a1d4f8', '', '']));
  expect(isKnown(ping, 'nonce', 'secret')).toBe(false);
  const answer = new MsgpackReader(pong(ping, 'server', 'nonce', 'secret')).value();
  expect(answer).toEqual(['PONG', true, '', 'server', expect.stringMatching(/^[0-9a-f]{128}$/)]);
  const digest = Array.isArray(answer) ? String(answer[4]) : '';
  expect(isKnown({ ...ping, host: 'server', digest }, 'nonce', 'secret')).toBe(true);
  expect(isKnown({ ...ping, host: 'server', digest }, 'nonce', 'other')).toBe(false);
  expect(new MsgpackReader(helo('n')).value()).toEqual([
    'HELO',
    new Map<string, unknown>([
      ['nonce', 'n'],
      ['auth', ''],
      ['keepalive', true],
    ]),
  ]);
});

const translate = (body: Uint8Array): readonly Part[] => {
  const { tag, entries } = readForwardMessage(body);
  return fluentParts([{ tag, ...readEntries(entries) }]);
};

test('any bytes, and any damage to good ones, give events or BadInput', () => {
  const good = pack([
    'tag',
    [
      [eventTime(1_790_000_000, 1), { log: 'x', kubernetes: { labels: { app: 'y' } } }],
      [2, record],
    ],
    { chunk: 'c' },
  ]);
  expect(() => swallowAnything(translate, good)).not.toThrow();
});

test('records of any shape are stored', () => {
  const anyRecord = fc.property(
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.constantFrom('log', 'kubernetes', 'level', 'PRIORITY'),
    fc.jsonValue(),
    (fields, name, value) => {
      // What JSON holds, `pack` takes.
      swallow(() => translate(pack(['tag', 1, { ...fields, [name]: value } as Packable])));
    },
  );
  expect(() => fc.assert(anyRecord, { numRuns: 500 })).not.toThrow();
  let deep: Packable = 'bottom';
  for (let level = 0; level < 60; level++) deep = level % 2 === 0 ? [deep] : { deep };
  expect(() => swallow(() => translate(pack(['tag', 1, { deep }])))).not.toThrow();
});

test('a long tag is cut, since each record has it', () => {
  const events = Array.from({ length: 1000 }, () => ({
    timeNs: 1n,
    record: new Map([['log', 'a']]),
    metadata: undefined,
  }));
  const [part] = fluentParts([{ tag: `shop.${'x'.repeat(1_000_000)}`, events, rejected: 0, rejectedReason: '' }]);
  expect(part?.body.length).toBeLessThan(2_000_000);
});
