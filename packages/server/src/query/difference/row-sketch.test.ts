import { expect, test } from 'vitest';
import { overlap, sketchSize, unionOf } from './row-sketch.js';

/** Hashes that are spread well. */
const hashes = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, i) => Math.imul(from + i, 2_654_435_761) >>> 0)
    .sort((a, b) => a - b)
    .slice(0, sketchSize);

test('sketches tell how much of two sets is common', () => {
  expect(overlap(hashes(0, 1000), hashes(0, 1000))).toBe(1);
  expect(overlap(hashes(0, 1000), hashes(1000, 2000))).toBe(0);
  expect(overlap(hashes(0, 1000), hashes(500, 1500))).toBeGreaterThan(0.1);
  expect(overlap(hashes(0, 1000), hashes(500, 1500))).toBeLessThan(0.6);
  expect(overlap([], [])).toBe(0);
});

test('the sketch of a union is made of the sketches of its parts', () => {
  expect(unionOf([hashes(0, 500), hashes(500, 1000)])).toEqual(hashes(0, 1000));
});
