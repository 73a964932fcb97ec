import { expect, test } from 'vitest';
import { readResponseHeaders, readSlowRequests, slowRequestMs } from './request-settings.js';

test('[C8] a threshold for slow requests, and others by route or by method and route', () => {
  const problems: string[] = [];
  const slow = readSlowRequests('1000, /reports/:id=5000, POST /orders=300', problems);
  const of = (method: string, route: string): number => slowRequestMs(slow, method, route);
  expect([of('GET', '/'), of('GET', '/reports/:id'), of('GET', '/orders'), of('POST', '/orders')]).toEqual([
    1000, 5000, 1000, 300,
  ]);
  expect(slowRequestMs(readSlowRequests({ default: 700, '/a': 1 }, problems), 'GET', '/b')).toBe(700);
  expect(problems).toEqual([]);
});

test('a threshold that is no number is named, and the default holds', () => {
  const problems: string[] = [];
  expect(readSlowRequests('soon', problems).defaultMs).toBe(2000);
  expect(problems).toHaveLength(1);
});

test('[C7] headers are taken in any case; an unknown one is named', () => {
  const problems: string[] = [];
  expect(readResponseHeaders(['X-Response-Time', 'x-trace-id', 'x-magic'], problems)).toEqual([
    'x-response-time',
    'x-trace-id',
  ]);
  expect(problems[0]).toContain('"x-magic" was left out');
});
