import { completionContext, fieldCatalogue } from '@bellwether/model';
import { expect, test } from 'vitest';
import { keyCompletions, operatorCompletions, valueCompletions } from './completions.js';

const fields = ['service', 'status', 'http.route', 'http.status'].map(key => ({
  key,
  source: 'builtin' as const,
  type: 'string' as const,
  description: '',
}));

test('a key is completed where it stands; names that begin with it come first', () => {
  const query = 'serv status:error';
  expect(keyCompletions(query, completionContext(query, 4, 'spans'), { fields })[0]).toMatchObject({
    label: 'service',
    text: 'service: status:error',
    cursor: 8,
  });
  const held = keyCompletions('stat', completionContext('stat', 4, 'spans'), { fields });
  expect(held.map(({ label }) => label)).toEqual(['status', 'http.status']);
});

test('a value is quoted when it must be, and a space follows', () => {
  const query = 'http.route:/ord';
  const at = completionContext(query, query.length, 'spans');
  const [first] = valueCompletions(query, at, undefined, { values: [{ value: '/orders/:id', count: 3 }] });
  expect(first).toEqual({ label: '/orders/:id', hint: '3', text: 'http.route:"/orders/:id" ', cursor: 25 });
});

test('known values of an enum are offered without asking', () => {
  const at = completionContext('status:', 7, 'spans');
  const status = fieldCatalogue.spans.find(({ key }) => key === 'status');
  expect(valueCompletions('status:', at, status, undefined).map(({ text }) => text)).toEqual([
    'status:unset ',
    'status:ok ',
    'status:error ',
  ]);
});

test('only fields with an order are offered more than and less than', () => {
  const at = completionContext('duration', 8, 'spans');
  const duration = fieldCatalogue.spans.find(({ key }) => key === 'duration');
  expect(operatorCompletions('duration', at, duration).map(({ text }) => text)).toContain('duration>');
  expect(operatorCompletions('service', at, undefined).map(({ label }) => label)).toEqual(['duration:', 'duration!=']);
});
