import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../base/bad-input.js';
import { maxMsgpackDepth, MsgpackReader, MsgpackScanner, type MsgpackValue } from './msgpack.js';
import { pack, type Packable } from './msgpack.test-support.js';

const read = (...bytes: readonly number[]): MsgpackValue => new MsgpackReader(Uint8Array.from(bytes)).value();

test('the known bytes of every head are read', () => {
  expect([read(0x00), read(0x7f), read(0xff), read(0xe0)]).toEqual([0, 127, -1, -32]);
  expect([read(0xc0), read(0xc2), read(0xc3)]).toEqual([null, false, true]);
  expect([read(0xcc, 200), read(0xcd, 1, 0), read(0xce, 0x80, 0, 0, 0)]).toEqual([200, 256, 2 ** 31]);
  expect([read(0xd0, 0x80), read(0xd1, 0xff, 0), read(0xd2, 0x80, 0, 0, 0)]).toEqual([-128, -256, -(2 ** 31)]);
  expect([read(0xca, 0x3f, 0x80, 0, 0), read(0xcb, 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a)]).toEqual([1, 0.1]);
  expect([read(0xa2, 0x68, 0x69), read(0xd9, 1, 0x68), read(0xda, 0, 1, 0x68), read(0xdb, 0, 0, 0, 1, 0x68)]).toEqual([
    'hi',
    'h',
    'h',
    'h',
  ]);
  expect(read(0xc4, 2, 1, 2)).toEqual(Buffer.from([1, 2]));
  expect([read(0x92, 1, 2), read(0xdc, 0, 1, 5), read(0xdd, 0, 0, 0, 1, 5)]).toEqual([[1, 2], [5], [5]]);
  expect([read(0x81, 0xa1, 0x61, 1), read(0xde, 0, 1, 0x07, 1), read(0xdf, 0, 0, 0, 0)]).toEqual([
    new Map([['a', 1]]),
    new Map([['7', 1]]),
    new Map(),
  ]);
  expect([read(0xd4, 5, 9), read(0xd7, 0, 1, 2, 3, 4, 5, 6, 7, 8), read(0xc7, 3, 0xff, 1, 2, 3)]).toEqual([
    { ext: 5, data: Buffer.from([9]) },
    { ext: 0, data: Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]) },
    { ext: -1, data: Buffer.from([1, 2, 3]) },
  ]);
});

test('64 bits stay exact: a number where it can, else a bigint', () => {
  expect(read(0xcf, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)).toBe(Number.MAX_SAFE_INTEGER);
  expect(read(0xcf, 0, 0x20, 0, 0, 0, 0, 0, 1)).toBe(9007199254740993n);
  expect(read(0xcf, 255, 255, 255, 255, 255, 255, 255, 255)).toBe(18446744073709551615n);
  expect(read(0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0)).toBe(-9223372036854775808n);
  expect(read(0xd3, 255, 255, 255, 255, 255, 255, 255, 255)).toBe(-1);
  expect(new MsgpackReader(Uint8Array.of(0xff)).uint64()).toBe(18446744073709551615n);
});

test('bytes and strings share the memory of what was read', () => {
  const input = Uint8Array.of(0xa2, 0x68, 0x69);
  const bytes = new MsgpackReader(input).bytes();
  input[1] = 0x48;
  expect(Buffer.from(bytes).toString()).toBe('Hi');
});

test('what is not expected, cut short or not MessagePack is refused with a sentence', () => {
  expect(() => new MsgpackReader(Uint8Array.of(0xa0)).array()).toThrow(
    new BadInput('MessagePack: an array is expected at byte 0, and there is string'),
  );
  expect(() => read(0xdd, 255, 255, 255, 255, 1)).toThrow(new BadInput('MessagePack ends before its values do'));
  expect(() => read(0xdb, 255, 255, 255, 255, 1)).toThrow(BadInput);
  expect(() => read(0xdf, 128, 0, 0, 0, 1)).toThrow(BadInput);
  expect(() => read(0xc1)).toThrow(BadInput);
  expect(() => read(0x81, 0x91, 1, 1)).toThrow('the key of a map is a string');
  expect(() => read()).toThrow(BadInput);
});

test('nesting and the number of values are bounded', () => {
  expect(() => new MsgpackReader(new Uint8Array(maxMsgpackDepth + 2).fill(0x91)).value()).toThrow('nested deeper');
  expect(() => new MsgpackReader(new Uint8Array(100_000).fill(0x91)).skip()).toThrow('ends before');
  const many = Buffer.concat([Uint8Array.of(0xdd, 0, 0x1e, 0x84, 0x80), Buffer.alloc(2_000_000, 0xc0)]);
  expect(() => new MsgpackReader(many).value()).toThrow('more than 1000000 values');
});

test('a name like __proto__ is a name', () => {
  const value = new MsgpackReader(pack(new Map([['__proto__', 'x']]))).value();
  expect(value).toEqual(new Map([['__proto__', 'x']]));
});

const packable: fc.Arbitrary<Packable> = fc.letrec<{ value: Packable }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.double({ noNaN: true }),
    fc.string({ unit: 'grapheme', maxLength: 400 }),
    fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
    fc.record({
      ext: fc.integer({ min: -128, max: 127 }),
      data: fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes)),
    }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 20 }).map(entries => new Map(entries)),
  ),
})).value;

/** As it is read: integers are numbers where that is exact. */
function asRead(value: Packable): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 63)
    return BigInt(value);
  if (Array.isArray(value)) return value.map(asRead);
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, asRead(member)]));
  return value;
}

test('what is packed is read as it was, whatever it is', () => {
  fc.assert(
    fc.property(packable, value => {
      const bytes = pack(value);
      const reader = new MsgpackReader(bytes);
      expect(reader.value()).toEqual(asRead(value));
      expect(reader.isAtEnd).toBe(true);
      const skipper = new MsgpackReader(bytes);
      skipper.skip();
      expect(skipper.at).toBe(bytes.length);
    }),
  );
});

test('the ends of values are found whatever the pieces they come in', () => {
  fc.assert(
    fc.property(
      fc.array(packable, { minLength: 1, maxLength: 5 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (values, sizes) => {
        const packed = values.map(pack);
        const whole = Buffer.concat(packed);
        const ends: number[] = [];
        const scanner = new MsgpackScanner();
        for (
          let length = 0;
          length <= whole.length;
          length = length === whole.length ? length + 1 : Math.min(whole.length, length + sizes.next().value)
        ) {
          for (let end = scanner.endOfNext(whole, length); end !== undefined; end = scanner.endOfNext(whole, length))
            ends.push(end);
        }
        let at = 0;
        expect(ends).toEqual(packed.map(({ length }) => (at += length)));
      },
    ),
  );
});

function outcome(act: () => void): string {
  try {
    act();
    return 'read';
  } catch (error) {
    return error instanceof BadInput ? 'refused' : `failed: ${String(error)}`;
  }
}

test('random bytes are either read or refused as bad input', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
      expect(outcome(() => new MsgpackReader(bytes).value())).toMatch(/^(read|refused)$/);
      expect(outcome(() => new MsgpackReader(bytes).skip())).toMatch(/^(read|refused)$/);
    }),
    { numRuns: 1000 },
  );
});
