import { parseSearch } from '@bellwether/model';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addTerm, writeTerm } from './write-term.js';

test('plain words stay plain, the rest is quoted', () => {
  expect(writeTerm('service', 'checkout')).toBe('service:checkout');
  expect(writeTerm('http.route', '/orders/:id', 'exclude')).toBe('-http.route:"/orders/:id"');
  expect(writeTerm('error.type', '')).toBe('error.type:""');
});

test('any attribute and value can be written: the parser reads the same back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' }), (key, value) => {
      const node = parseSearch(writeTerm(`attr.${key}`, value), 'spans');
      expect(node).toMatchObject({ kind: 'match', field: { key: `attr.${key}` }, patterns: [[value]] });
    }),
  );
});

test('a term is added once, and to the whole of a query with OR', () => {
  expect(addTerm('', 'a:1')).toBe('a:1');
  expect(addTerm('a:1', 'a:1')).toBe('a:1');
  expect(addTerm('a:1 OR b:2', 'c:3')).toBe('(a:1 OR b:2) c:3');
});
