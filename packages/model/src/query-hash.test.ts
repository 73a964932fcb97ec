import { expect, test } from 'vitest';
import { queryHash } from './query-hash.js';

test('a query is named by FNV-1a of its summary, as its inventors give it', () => {
  expect(queryHash('')).toBe('cbf29ce484222325');
  expect(queryHash('a')).toBe('af63dc4c8601ec8c');
  expect(queryHash('foobar')).toBe('85944171f73967e8');
});
