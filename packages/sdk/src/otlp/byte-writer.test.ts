import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Message } from '../test-support/protobuf.js';
import { ByteWriter } from './byte-writer.js';

const hex = (out: ByteWriter): string => out.take().toString('hex');

test('known bytes: varint 300, a string, a nested message of padded length, zigzag', () => {
  const out = new ByteWriter(1);
  out.varint(300);
  expect(hex(out)).toBe('ac02');
  out.text(0x0a, 'testing');
  expect(hex(out)).toBe('0a0774657374696e67');
  const start = out.open(0x1a, 3);
  out.byte(0x08);
  out.varint(150);
  out.close(start, 3);
  expect(hex(out)).toBe('1a838000089601');
  out.sint32(-3);
  expect(hex(out)).toBe('05');
  out.int64(-1);
  expect(hex(out)).toBe('ffffffffffffffffff01');
});

test('a time in milliseconds becomes nanoseconds, exact to the microsecond', () => {
  const out = new ByteWriter(8);
  out.nanoseconds(1_700_000_000_123.457);
  expect(out.take().readBigUInt64LE()).toBe(1_700_000_000_123_457_000n);
});

test('any strings, numbers and bytes come back, in any order and number', () => {
  const field = fc.oneof(
    fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'binary', maxLength: 300 }) }),
    fc.record({ kind: fc.constant('number' as const), value: fc.maxSafeNat() }),
    fc.record({ kind: fc.constant('signed' as const), value: fc.maxSafeInteger() }),
    fc.record({ kind: fc.constant('fixed' as const), value: fc.maxSafeNat() }),
    fc.record({ kind: fc.constant('double' as const), value: fc.double({ noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.array(field, { maxLength: 14 }), fields => {
      const out = new ByteWriter(1);
      fields.forEach((field, index) => {
        const number = index + 1;
        switch (field.kind) {
          case 'text':
            return out.text((number << 3) | 2, field.value);
          case 'number':
            out.byte(number << 3);
            return out.varint(field.value);
          case 'signed':
            out.byte(number << 3);
            return out.int64(field.value);
          case 'fixed':
            out.byte((number << 3) | 1);
            return out.fixed64(field.value);
          case 'double':
            out.byte((number << 3) | 1);
            return out.double(field.value);
        }
      });
      const message = new Message(out.take());
      const read = fields.map((field, index) => {
        switch (field.kind) {
          case 'text':
            return message.text(index + 1);
          case 'number':
          case 'signed':
            return message.number(index + 1);
          case 'fixed':
            return Number(message.fixed64(index + 1));
          case 'double':
            return message.double(index + 1);
        }
      });
      expect(read).toEqual(fields.map(field => field.value));
    }),
  );
});

test('a lone surrogate becomes U+FFFD instead of bytes that are not UTF-8', () => {
  const out = new ByteWriter(8);
  out.text(0x0a, 'a\ud800b');
  expect(new Message(out.take()).text(1)).toBe('a\ufffdb');
});
