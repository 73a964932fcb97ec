import { expect, test } from 'vitest';
import { sampleWords, sidesWords, valueWords } from './difference-words.js';

const of = (key: string, kind: 'value' | 'present' | 'absent' | 'above' | 'below', value: string): string =>
  valueWords({ key, kind, value });

test('a row says what its key is like', () => {
  expect([
    of('version', 'value', 'v412'),
    of('coupon', 'present', ''),
    of('coupon', 'absent', ''),
    of('cart.items', 'above', '20'),
    of('duration', 'below', '250'),
    of('note', 'value', ''),
  ]).toEqual(['v412', 'is set', 'is not set', '> 20', '≤ 250 ms', '(empty)']);
});

test('both sides are told with their sizes, and whether all of them were looked at', () => {
  const answer = {
    selected: { count: 8904, looked: 8904 },
    reference: { count: 141_576, looked: 40_010 },
    sampled: true,
    compared: 120,
    differences: [],
  };
  expect(sidesWords(answer, { signal: 'spans', against: undefined })).toBe(
    '8,904 spans, compared with the 142k others',
  );
  expect(sidesWords(answer, { signal: 'logs', against: 'prev' })).toBe('8,904 lines, compared with the 142k before');
  expect(sampleWords(answer)).toBe('Sampled: 8,904 and 40k of them were looked at');
  expect(sampleWords({ ...answer, sampled: false })).toBeUndefined();
});
