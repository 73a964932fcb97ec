import { expect, test } from 'vitest';
import { memoryCache } from './cache.js';

test('what was kept is there until its time is over', async () => {
  let nowMs = 1;
  const cache = memoryCache(() => nowMs);
  await cache.set('product:1', 'kettle', 30);
  nowMs = 30_000;
  expect(await cache.get('product:1')).toBe('kettle');
  nowMs = 30_002;
  expect(await cache.get('product:1')).toBeUndefined();
});

test('what was not asked for longest goes when there are 400', async () => {
  const cache = memoryCache(() => 1);
  for (let i = 0; i < 400; i++) await cache.set(`key ${i}`, 'value', 30);
  await cache.get('key 0');
  await cache.set('key 400', 'value', 30);
  expect(await cache.get('key 1')).toBeUndefined();
  expect(await cache.get('key 0')).toBe('value');
});
