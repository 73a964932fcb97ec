import { expect, test } from 'vitest';
import { readResultSet } from './result-set.js';

test('a kept list is found by a trace that is in it', () => {
  const stored = JSON.stringify({ traceIds: ['a', 'b'], hasMore: true });
  expect(readResultSet(stored, 'b')).toEqual({ traceIds: ['a', 'b'], hasMore: true });
  expect(readResultSet(stored, 'c')).toBeUndefined();
});

test('what is no list is ignored', () => {
  for (const stored of [null, '1', '{}', '{"traceIds":"a"}', '{"traceIds":[1]}']) {
    expect(readResultSet(stored, 'a')).toBeUndefined();
  }
});
