import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokenLines, statementWords } from './statement-words.js';

test('keywords, texts, numbers and comments are told apart', () => {
  const words = statementWords("SELECT tier FROM rules WHERE sku = 'a''b' AND n > 10 -- why");
  expect(words.filter(({ kind }) => kind !== 'plain').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'keyword SELECT',
    'keyword FROM',
    'keyword WHERE',
    "string 'a''b'",
    'keyword AND',
    'number 10',
    'comment -- why',
  ]);
});

test('nothing of a statement is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(
        statementWords(text)
          .map(word => word.text)
          .join(''),
      ).toBe(text);
    }),
  );
});

test('a long line breaks before its clauses', () => {
  expect(brokenLines('SELECT a, b FROM t LEFT JOIN u ON u.id = t.id WHERE a = $1 ORDER BY b LIMIT 5')).toBe(
    'SELECT a, b\nFROM t\nLEFT JOIN u ON u.id = t.id\nWHERE a = $1\nORDER BY b\nLIMIT 5',
  );
  expect(brokenLines('GET session from cache')).toBe('GET session from cache');
});
