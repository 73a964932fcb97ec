import { expect, test } from 'vitest';
import { unexpectedJson } from './unexpected-json.js';

const body = JSON.stringify({
  status: 'ok',
  checks: { database: 'up', lag: 3 },
  nodes: [{ isReady: true }, { isReady: false }],
  note: null,
});

test('what is expected is as it should be, whatever its type', () => {
  expect(unexpectedJson(body, {})).toBeUndefined();
  expect(
    unexpectedJson(body, { status: 'ok', 'checks.lag': '3', 'nodes.0.isReady': true, note: null }),
  ).toBeUndefined();
  expect(unexpectedJson(`\uFEFF${body}`, { 'checks.lag': '3.0' })).toBeUndefined();
  expect(unexpectedJson('{"lag":0}', { lag: '' })).toBe('lag is 0, expected ""');
});

test('the first that is not is said with what was found', () => {
  expect(unexpectedJson(body, { 'nodes.1.isReady': true })).toBe('nodes.1.isReady is false, expected true');
  expect(unexpectedJson(body, { 'checks.cache': 'up' })).toBe('the answer has no checks.cache, expected "up"');
  expect(unexpectedJson(body, { checks: 'up' })).toBe('checks is an object, expected "up"');
  expect(unexpectedJson(body, { 'status.length': 2 })).toBe('the answer has no status.length, expected 2');
  expect(unexpectedJson(body, { 'checks.constructor.name': 'Object' })).toBe(
    'the answer has no checks.constructor.name, expected "Object"',
  );
  expect(unexpectedJson('<html>', { status: 'ok' })).toBe('the answer is no JSON, or longer than 1 MiB');
  expect(unexpectedJson(JSON.stringify({ key: 'k'.repeat(60) }), { key: 'x' })).toBe(
    'key is something else, expected "x"',
  );
});
