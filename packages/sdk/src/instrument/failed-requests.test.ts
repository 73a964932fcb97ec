import { expect, test } from 'vitest';
import { newTrace, scopes } from '../core/scope.js';
import { countsOwnRetries, FailedRequests } from './failed-requests.js';
import { quietly } from './quiet-scope.js';
import { requestFailure } from './request-failure.js';

const get = { method: 'GET', origin: 'https://a.example', path: '/v1/rates?day=1', mark: '' };

test('[E2] a request that failed is a retry when it is made again in its trace, until it succeeds', () => {
  const failed = new FailedRequests();
  const scope = newTrace();
  expect([failed.hasAny(0), failed.resends(scope, get, 0)]).toEqual([false, 0]);
  failed.ended(scope, get, 503, 0, 0);
  expect(failed.resends(scope, get, 10)).toBe(1);
  failed.ended(scope, get, 'timeout', 1, 20);
  expect(failed.resends(scope, get, 30)).toBe(2);
  expect(failed.resends(newTrace(), get, 30)).toBe(0);
  failed.ended(scope, get, 200, 2, 40);
  expect(failed.resends(scope, get, 50)).toBe(0);
  expect([failed.hasAny(50), failed.hasAny(60_020)]).toEqual([true, false]);
});

test('[E2] another path, another method, another body and what was refused are no retries', () => {
  const failed = new FailedRequests();
  const scope = newTrace();
  const post = { ...get, method: 'POST', mark: '120' };
  failed.ended(scope, post, 500, 0, 0);
  failed.ended(scope, get, 404, 0, 0);
  for (const other of [get, { ...post, mark: '121' }, { ...post, path: '/v1/other' }])
    expect(failed.resends(scope, other, 1)).toBe(0);
  expect(failed.resends(scope, post, 1)).toBe(1);
});

test('[E2] what failed is forgotten after a minute, and when there is too much of it', () => {
  const failed = new FailedRequests();
  const first = newTrace();
  failed.ended(first, get, 500, 0, 0);
  expect(failed.resends(first, get, 60_001)).toBe(0);
  const [second, third] = [newTrace(), newTrace()];
  failed.ended(second, get, 500, 0, 70_000);
  for (let more = 0; more < 1000; more++) failed.ended(newTrace(), get, 500, 0, 70_001);
  failed.ended(third, get, 500, 0, 70_002);
  expect([failed.resends(second, get, 70_003), failed.resends(third, get, 70_003)]).toEqual([0, 1]);
});

test('[E2] who counts its own retries, and what is no trace, is left alone', () => {
  const failed = new FailedRequests();
  const scope = newTrace();
  countsOwnRetries(scope);
  failed.ended(scope, get, 500, 0, 0);
  quietly(() => {
    const quiet = scopes.getStore();
    if (quiet !== undefined) failed.ended(quiet, get, 500, 0, 0);
  });
  expect(failed.hasAny(0)).toBe(false);
});

const named = (name: string, code?: string, message = '') => Object.assign(new Error(message), { name, code });

test('[E2] a timeout is called timeout whatever the client calls it', () => {
  const errors = [
    named('TimeoutError', 'ETIMEDOUT'),
    named('Error', 'ESOCKETTIMEDOUT'),
    named('HeadersTimeoutError', 'UND_ERR_HEADERS_TIMEOUT'),
    named('AxiosError', 'ECONNABORTED', 'timeout of 20ms exceeded'),
    new DOMException('too late', 'TimeoutError'),
    Object.assign(named('AbortError'), { cause: new DOMException('too late', 'TimeoutError') }),
  ];
  expect(errors.map(requestFailure)).toEqual(errors.map(() => 'timeout'));
  expect(requestFailure(named('Error', 'ECONNREFUSED'))).toBe('ECONNREFUSED');
  expect(requestFailure(named('AbortError'))).toBe('AbortError');
});
