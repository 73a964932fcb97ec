import { expect, test } from 'vitest';
import { readQuery } from './query-terms.js';

test('each term can be taken away by itself', () => {
  expect(readQuery('service:checkout status:error (a OR b)', 'spans')).toEqual({
    ok: true,
    terms: [
      { text: 'service:checkout', without: 'status:error (a OR b)' },
      { text: 'status:error', without: 'service:checkout (a OR b)' },
      { text: 'a OR b', without: 'service:checkout status:error' },
    ],
  });
});

test('an OR on top is one term', () => {
  expect(readQuery('a OR b', 'spans')).toEqual({ ok: true, terms: [{ text: 'a OR b', without: '' }] });
});

test('an empty query has no terms', () => {
  expect(readQuery('  ', 'logs')).toEqual({ ok: true, terms: [] });
});

test('a wrong query says what is wrong and where', () => {
  expect(readQuery('status:nope', 'spans')).toMatchObject({ ok: false, place: { from: 7, to: 11 } });
});
