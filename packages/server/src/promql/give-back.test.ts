import { expect, test } from 'vitest';
import { giveBack } from './give-back.js';

test('what is given back is empty, and giving it back again does nothing', () => {
  const bytes = new Uint8Array(1 << 20);
  giveBack(bytes);
  expect(bytes.length).toBe(0);
  giveBack(bytes);
  expect(bytes.length).toBe(0);
});

test('a part of a larger memory is left alone', () => {
  const whole = new Uint8Array([1, 2, 3]);
  giveBack(whole.subarray(1));
  expect([...whole]).toEqual([1, 2, 3]);
});
