import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriv, predictLinear } from './predict.js';
import { every, reduced } from './range-window.test-support.js';

const range = { rangeSeconds: 1000, endSeconds: 100 };

test('the slope and the future of a straight line are the line’s', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -50, max: 50 }), (start, slope) => {
      const samples = every(10, ...Array.from({ length: 11 }, (_, at) => start + slope * at * 10));
      expect(reduced(deriv, samples, range).result).toBeCloseTo(slope, 9);
      expect(reduced(predictLinear, samples, range, 3600).result).toBeCloseTo(start + slope * 3700, 5);
    }),
  );
});

test('a constant has no slope, even a large one; infinity has none that is a number', () => {
  expect(reduced(deriv, every(10, 1e17, 1e17, 1e17), range).result).toBe(0);
  expect(reduced(deriv, every(10, Infinity, Infinity), range).result).toBeNaN();
});

test('one sample has no direction', () => {
  expect(reduced(deriv, [[10, 1]], range).result).toBeUndefined();
  expect(reduced(predictLinear, [[10, 1]], range, 60).result).toBeUndefined();
});
