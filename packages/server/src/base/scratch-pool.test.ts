import { expect, test } from 'vitest';
import { ScratchPool } from './scratch-pool.js';

test('a buffer that was given back is taken again; one in use is not', () => {
  const pool = new ScratchPool(1 << 20);
  const first = pool.take(20_000);
  expect(first.length).toBe(32_768);
  expect(pool.take(20_000)).not.toBe(first);
  pool.give(first);
  expect(pool.take(32_768)).toBe(first);
  expect(pool.take(1).length).toBe(16_384);
});

test('no more than its limit lies idle', () => {
  const pool = new ScratchPool(40_000);
  const [one, two] = [pool.take(30_000), pool.take(30_000)];
  pool.give(one);
  pool.give(two);
  expect(pool.take(30_000)).toBe(one);
  expect(pool.take(30_000)).not.toBe(two);
});
