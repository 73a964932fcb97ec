import { expect, test } from 'vitest';
import { type IgnoreRule, ignoredBy, statusOf } from './ignore-rule.js';

class HTTPException extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}
class NotFound extends HTTPException {}

const rules: readonly IgnoreRule[] = [
  'HTTPException',
  /^aborted/g,
  { type: /^Rate/, status: [429, 429] },
  { status: '4xx' },
  {},
];

test.each([
  ['a class that extends the named one', new NotFound(404), undefined, 'HTTPException'],
  ['a fault of the server of the same class', new NotFound(500), undefined, undefined],
  ['an answer of 5xx', Object.assign(new Error('x'), { name: 'HTTPException' }), 500, undefined],
  ['a message', new Error('aborted by client'), undefined, '/^aborted/g'],
  ['the message again: a pattern with `g` begins anew', new Error('aborted by client'), undefined, '/^aborted/g'],
  [
    'a type and a status',
    Object.assign(new Error('x'), { name: 'RateLimited', status: 429 }),
    undefined,
    '/^Rate/ 429,429',
  ],
  ['a status alone', Object.assign(new Error('x'), { statusCode: 422 }), undefined, '4xx'],
  ['nothing that a rule names', new Error('x'), undefined, undefined],
  ['a text that was thrown', 'aborted', undefined, '/^aborted/g'],
  ['nothing at all', undefined, undefined, undefined],
])('[I6][W20] %s', (_, error, answered, rule) => {
  expect(ignoredBy(error, answered, rules)).toBe(rule);
});

test('the status is found where frameworks put it', () => {
  expect([statusOf({ status: 404 }), statusOf({ statusCode: 409 }), statusOf({ getStatus: () => 422 })]).toEqual([
    404, 409, 422,
  ]);
  expect([statusOf({ status: 'ok' }), statusOf(new Error('x')), statusOf(null)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
