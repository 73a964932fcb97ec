import { expect, test } from 'vitest';
import { memoryCache } from './cache.js';

test('what was kept is there until its time is over', async () => {
  let nowMs = 0;
  const cache = memoryCache(() => nowMs);
  await cache.set('product:1', 'kettle', 30);
  nowMs = 29_999;
  expect(await cache.get('product:1')).toBe('kettle');
  nowMs = 30_000;
  expect(await cache.get('product:1')).toBeUndefined();
});

test('the oldest entry goes when a thousand are kept', async () => {
  const cache = memoryCache(() => 0);
  for (let i = 0; i <= 1_000; i++) await cache.set(`key ${i}`, 'value', 30);
  expect(await cache.get('key 0')).toBeUndefined();
  expect(await cache.get('key 1')).toBe('value');
});
