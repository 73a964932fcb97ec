import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoted, unquoted } from './quoting.js';

test('escapes of bytes are UTF-8; a byte that is none can be shown again', () => {
  expect(unquoted(String.raw`"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\303\244"`)).toBe('ä€😀ä');
  for (const literal of [
    String.raw`"a\xc5z"`,
    String.raw`"\xc0\x80"`,
    String.raw`"\xed\xa0\x80"`,
    String.raw`"\xff"`,
  ]) {
    expect(quoted(unquoted(literal))).toBe(literal);
  }
});

test('bytes are read as the decoder of the platform reads them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      const bytes = [...new TextEncoder().encode(text)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`);
      expect(unquoted(`"${bytes.join('')}"`)).toBe(text);
      expect(unquoted(quoted(text))).toBe(text);
    }),
  );
});

test('any bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array(), bytes => {
      const literal = `"${[...bytes].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
      const text = unquoted(literal);
      expect(unquoted(quoted(text))).toBe(text);
    }),
  );
});
