import { completionContext } from '@bellwether/model';
import { expect, test } from 'vitest';
import { keyCompletions, operatorCompletions, valueCompletions } from './completions.js';
import { searchLanguages } from './search-languages.js';

const { spans, errors } = searchLanguages;

const fields = ['service', 'status', 'http.route', 'http.status'].map(key => ({
  key,
  source: 'builtin' as const,
  type: 'string' as const,
  description: '',
}));

test('a key is completed where it stands; names that begin with it come first', () => {
  const query = 'serv status:error';
  expect(keyCompletions(spans, query, completionContext(query, 4, 'spans'), { fields })[0]).toMatchObject({
    label: 'service',
    text: 'service: status:error',
    cursor: 8,
  });
  const held = keyCompletions(spans, 'stat', completionContext('stat', 4, 'spans'), { fields });
  expect(held.map(({ label }) => label)).toEqual(['status', 'http.status']);
});

test('a value is quoted when it must be, and a space follows', () => {
  const query = 'http.route:/ord';
  const at = completionContext(query, query.length, 'spans');
  const [first] = valueCompletions(spans, query, at, { values: [{ value: '/orders/:id', count: 3 }] });
  expect(first).toEqual({ label: '/orders/:id', hint: '3', text: 'http.route:"/orders/:id" ', cursor: 25 });
});

test('known values of an enum are offered without asking', () => {
  const at = completionContext('status:', 7, 'spans');
  expect(valueCompletions(spans, 'status:', at, undefined).map(({ text }) => text)).toEqual([
    'status:unset ',
    'status:ok ',
    'status:error ',
  ]);
});

test('only fields with an order are offered more than and less than', () => {
  const at = completionContext('duration', 8, 'spans');
  expect(operatorCompletions(spans, 'duration', at).map(({ text }) => text)).toContain('duration>');
  const service = completionContext('service', 7, 'spans');
  expect(operatorCompletions(spans, 'service', service).map(({ label }) => label)).toEqual(['service:', 'service!=']);
});

test('a search for errors is completed in its own words: a tag by its attribute, a value with a blank in quotes', () => {
  const tags = [{ key: 'tag:card.kind', source: 'attribute' as const, type: 'string' as const, description: '' }];
  const [key] = keyCompletions(errors, 'boom card', errors.completionAt('boom card', 9), { fields: tags });
  expect(key).toMatchObject({ text: 'boom tag:card.kind=', cursor: 19 });
  const query = '-tag:card.kind=vi';
  const [value] = valueCompletions(errors, query, errors.completionAt(query, query.length), {
    values: [{ value: 'visa "debit" card', count: 2 }],
  });
  expect(value?.text).toBe('-tag:card.kind="visa debit card" ');
  const states = valueCompletions(errors, 'state:r', errors.completionAt('state:r', 7), undefined);
  expect(states.map(({ label }) => label)).toEqual(['rising', 'regressed', 'resolved', 'ignored']);
});

test('each term of a search for errors can be taken out alone', () => {
  const read = errors.readQuery('declined -release:v412 tag:card="visa debit"');
  expect(read.ok && read.terms.map(({ without }) => without)).toEqual([
    '-release:v412 tag:card="visa debit"',
    'declined tag:card="visa debit"',
    'declined -release:v412',
  ]);
});
