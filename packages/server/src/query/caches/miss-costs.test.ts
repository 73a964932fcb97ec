import { expect, test } from 'vitest';
import { missCosts, patternKey, type SiblingCall } from './miss-costs.js';

const call = (name: string, startMs: number, durationMs: number, pattern = '', parentId = 'p'): SiblingCall => ({
  traceId: 't',
  parentId,
  name,
  system: pattern === '' ? '' : 'redis',
  pattern,
  startNs: startMs * 1e6,
  durationNs: durationMs * 1e6,
});
const key = patternKey('redis', 'user:*');

test('[F1] a miss costs the time from its read to the write that fills it, and what took longest meanwhile is named', () => {
  const costs = missCosts([
    call('GET', 0, 1, 'user:*'),
    call('SELECT plans', 2, 5),
    call('SELECT users', 8, 30),
    call('SET', 41, 1, 'user:*'),
  ]);
  expect(costs.get(key)).toEqual({ misses: 1, meanMs: 40, followedBy: 'SELECT users', traceId: 't' });
});

test('a read without a write is a hit; a write of another pattern or below another span fills nothing', () => {
  expect(missCosts([call('GET', 0, 1, 'user:*'), call('SELECT users', 2, 5)]).size).toBe(0);
  expect(missCosts([call('GET', 0, 1, 'user:*'), call('SET', 2, 1, 'cart:*')]).size).toBe(0);
  expect(missCosts([call('GET', 0, 1, 'user:*'), call('SET', 2, 1, 'user:*', 'q')]).size).toBe(0);
  expect(missCosts([call('SET', 0, 1, 'user:*'), call('GET', 2, 1, 'user:*')]).size).toBe(0);
});

test('of several reads the last one before the write was the miss', () => {
  const costs = missCosts([
    call('GET', 0, 1, 'user:*'),
    call('GET', 10, 1, 'user:*'),
    call('SET', 21, 1, 'user:*'),
    call('SET', 30, 1, 'user:*'),
  ]);
  expect(costs.get(key)).toMatchObject({ misses: 1, meanMs: 10, followedBy: '' });
});
