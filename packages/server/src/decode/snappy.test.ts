import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../base/bad-input.js';
import { snappy } from './snappy.test-support.js';
import { unsnappy } from './snappy.js';

const mebibyte = 1 << 20;
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const text = (packed: Uint8Array): string => Buffer.from(unsnappy(packed, mebibyte)).toString('latin1');

test.each([
  ['nothing', '00', ''],
  ['a literal', '03 08 616263', 'abc'],
  ['a literal with its length in one byte', `3d f0 3c ${'61'.repeat(61)}`, 'a'.repeat(61)],
  ['a copy with an offset of 11 bits', '08 0c 61626364 01 04', 'abcdabcd'],
  ['a copy that reads what it writes', '0a 00 61 15 01', 'a'.repeat(10)],
  ['a copy with an offset of 16 bits', '06 08 616263 0a 0300', 'abcabc'],
  ['a copy with an offset of 32 bits', '06 08 616263 0b 03000000', 'abcabc'],
])('%s is unpacked', (_, packed, plain) => {
  expect(text(hex(packed))).toBe(plain);
});

test('what was packed is unpacked to the same bytes', () => {
  const runs = fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 90 })));
  fc.assert(
    fc.property(runs, parts => {
      const plain = Buffer.concat(parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes)));
      expect(Buffer.from(unsnappy(snappy(plain), mebibyte)).equals(plain)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a large body with far copies is unpacked', () => {
  const plain = Buffer.alloc(300_000);
  for (let i = 0; i < plain.length; i++) plain[i] = i < 100_000 ? (i * 7919) >>> 5 : plain[i - 99_999]!;
  expect(Buffer.from(unsnappy(snappy(plain), mebibyte)).equals(plain)).toBe(true);
});

test.each([
  ['no byte', '', /not in snappy/],
  ['a length without an end', 'ffffffffff', /not in snappy/],
  ['a length these bytes can never reach', 'ffffff7f 00 61', /not in snappy/],
  [
    'more than is allowed',
    'ff ff 3f'.concat(' 00 61'.repeat(30_000)),
    /1048575 bytes when it is unpacked, more than the limit of 1000/,
  ],
  ['a literal beyond the end', '05 10 6162', /not in snappy/],
  ['a literal beyond what was said', '01 04 6162', /not in snappy/],
  ['an offset of nothing', '05 00 61 01 00', /not in snappy/],
  ['an offset before the beginning', '05 00 61 01 02', /not in snappy/],
  ['less than was said', '05 00 61', /not in snappy/],
  ['a copy cut off', '05 00 61 02 01', /not in snappy/],
  ['gzip', '1f8b0800', /the body is gzip; send it in snappy’s block format/],
  ['frames', 'ff060000734e61507059', /the body is snappy in frames/],
  ['zstd', '28b52ffd00', /the body is zstd/],
])('%s is refused with a reason', (_, packed, reason) => {
  expect(() => unsnappy(hex(packed), 1000)).toThrow(BadInput);
  expect(() => unsnappy(hex(packed), 1000)).toThrow(reason);
});

function outcome(bytes: Uint8Array): string {
  try {
    return unsnappy(bytes, mebibyte).length <= mebibyte ? 'unpacked' : 'too long';
  } catch (error) {
    return error instanceof BadInput ? 'refused' : String(error);
  }
}

test('any bytes are unpacked or refused, never another error', () => {
  const valid = snappy(Buffer.from('up{job="a"} up{job="b"} up{job="a"}'.repeat(20)));
  const broken = fc.tuple(fc.nat(valid.length - 1), fc.nat(255)).map(([at, byte]) => {
    const mutant = Uint8Array.from(valid);
    mutant[at] = byte;
    return mutant;
  });
  const cut = fc.nat(valid.length).map(length => valid.subarray(0, length));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), broken, cut), bytes => {
      expect(['unpacked', 'refused']).toContain(outcome(bytes));
    }),
    { numRuns: 3000 },
  );
});
