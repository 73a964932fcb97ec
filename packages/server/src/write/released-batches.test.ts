import { expect, test } from 'vitest';
import { decode, release } from '../decode/decode.js';
import { bytes, double, fixed64, int } from '../decode/protobuf.test-support.js';
import { BlockBuilder } from './block-builder.js';

const attribute = (field: number, key: string, value: string): Buffer =>
  bytes(field, bytes(1, key), bytes(2, bytes(1, value)));
const many = (count: number, make: (i: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));
const place = { workspace: 'default', recordSeq: 1, receivedMs: 1_790_000_000_000 };
const ids = [bytes(1, Buffer.alloc(16, 1)), bytes(2, Buffer.alloc(8, 1))];
const rows = 3000;
const ownKey = (field: number, text: string, i: number): Buffer => attribute(field, `key ${i % 50}`, `${text}${i}`);

test.each([
  [
    'logs',
    'logs',
    'protobuf',
    (text: string) =>
      bytes(
        1,
        bytes(
          2,
          many(rows, i => bytes(2, fixed64(1, BigInt(i)), bytes(5, bytes(1, `${text}${i}`)), ownKey(6, text, i))),
        ),
      ),
  ],
  [
    'spans',
    'traces',
    'protobuf',
    (text: string) =>
      bytes(
        1,
        bytes(
          2,
          many(rows, i =>
            bytes(
              2,
              ...ids,
              bytes(5, `${text}${i}`),
              ownKey(9, text, i),
              bytes(11, bytes(2, text), ownKey(3, text, i)),
            ),
          ),
        ),
      ),
  ],
  [
    'points',
    'metrics',
    'protobuf',
    (text: string) =>
      bytes(
        1,
        bytes(
          2,
          bytes(
            2,
            bytes(1, 'm'),
            bytes(
              5,
              many(rows, i => bytes(1, double(4, i), ownKey(7, text, i))),
            ),
          ),
        ),
      ),
  ],
  [
    'samples',
    'metrics',
    'remote-write-1',
    (text: string) =>
      many(rows, i =>
        bytes(
          1,
          bytes(1, bytes(1, '__name__'), bytes(2, text)),
          bytes(1, bytes(1, 'k'), bytes(2, String(i))),
          bytes(2, double(1, i), int(2, 1_790_000_000_000 + i)),
        ),
      ),
  ],
] as const)(
  'a block of %s is the same when each batch is released and its body used again once it was added',
  (_, signal, encoding, make) => {
    const built = (isReleased: boolean): Buffer => {
      const builder = new BlockBuilder();
      for (const text of ['a', 'b', 'c', 'd']) {
        const body = make(text);
        const batch = decode(signal, encoding, body);
        builder.add(batch, place);
        if (!isReleased) continue;
        release([batch]);
        body.fill(0xff);
      }
      return Buffer.concat(builder.cut().flatMap(({ table, chunks }) => [Buffer.from(table), ...chunks]));
    };
    expect(built(true).equals(built(false))).toBe(true);
  },
);
