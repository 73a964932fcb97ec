import { expect, test } from 'vitest';
import { redactQuery } from './http-server.js';

test('[W15] a query keeps its keys and loses its values', () => {
  expect(redactQuery('token=abc&email=a%40b.c&flag&x=')).toBe('token=REDACTED&email=REDACTED&flag&x=REDACTED');
});
