import { expect, test } from 'vitest';
import { pick, pickWeighted, seededRandom } from './random.js';

test('the same seed gives the same numbers, another seed others', () => {
  expect(three(7)).toEqual(three(7));
  expect(three(7)).not.toEqual(three(8));
});

test('numbers lie in [0, 1) and fill it evenly', () => {
  const random = seededRandom(1);
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 100_000; i++) {
    const tenth = Math.floor(random() * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  expect(tenths.every(count => count > 9_500 && count < 10_500)).toBe(true);
});

test('weights decide how often an item is picked, and a weight of 0 never is', () => {
  const random = seededRandom(3);
  const picked = { often: 0, seldom: 0, never: 0 };
  for (let i = 0; i < 10_000; i++) {
    picked[
      pickWeighted<keyof typeof picked>(random, [
        ['often', 9],
        ['never', 0],
        ['seldom', 1],
      ])
    ]++;
  }
  expect(picked.never).toBe(0);
  expect(picked.often / picked.seldom).toBeGreaterThan(7.5);
});

test('picking from nothing is refused', () => {
  expect(() => pick(seededRandom(1), [])).toThrow('empty list');
  expect(() => pickWeighted(seededRandom(1), [['a', 0]])).toThrow('no item has a positive weight');
});

function three(seed: number): readonly number[] {
  const random = seededRandom(seed);
  return [random(), random(), random()];
}
