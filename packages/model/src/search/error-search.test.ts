import { expect, test } from 'vitest';
import { errorCompletion, errorFields, errorTerms } from './error-search.js';

test('a search for errors is words and terms; quotes keep a blank, also behind a tag, and an open one is left out', () => {
  const read = errorTerms('declined "card is" -release:v412 Tag:card="visa debit" user:"ann lee" half"open').map(
    ({ isNot, key, value, text }) => [isNot ? '-' : '+', key, value, text],
  );
  expect(read).toEqual([
    ['+', '', 'declined', 'declined'],
    ['+', '', 'card is', 'card is'],
    ['-', 'release', 'v412', '-release:v412'],
    ['+', 'tag', 'card=visa debit', 'Tag:card=visa debit'],
    ['+', 'user', 'ann lee', 'user:ann lee'],
    ['+', '', 'halfopen', 'halfopen'],
  ]);
});

const offered = (search: string, cursor = search.length): string => {
  const { kind, key = '', prefix, from, to } = errorCompletion(search, cursor);
  return `${kind} ${key} <${prefix}> ${from}-${to}`;
};

test('what is offered follows the cursor: a key, the value of a field, the name of a tag, its value', () => {
  expect(offered('')).toBe('key  <> 0-0');
  expect(offered('declined rel')).toBe('key  <rel> 9-12');
  expect(offered('declined -release:v4')).toBe('value release <v4> 18-20');
  expect(offered('release:v412 x', 10)).toBe('value release <v4> 8-12');
  expect(offered('tag:pay')).toBe('key  <tag:pay> 0-7');
  expect(offered('tag:payment.Provider=str')).toBe('value tag:payment.Provider <str> 21-24');
  expect(offered('tag:card="visa debit')).toBe('key  <debit> 15-20');
  expect(offered('version:')).toBe('value release <> 8-8');
  expect(offered('http://x')).toBe('key  <http://x> 0-8');
});

test('the example of each field is one term of it', () => {
  for (const { key, example } of errorFields) expect(errorTerms(example)).toMatchObject([{ key, text: example }]);
});
