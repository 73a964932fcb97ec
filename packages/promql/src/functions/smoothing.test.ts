import { expect, test } from 'vitest';
import { every, reduced } from './range-window.test-support.js';
import { doubleExponentialSmoothing as smoothing } from './smoothing.js';

const range = { rangeSeconds: 1000, endSeconds: 100 };

test('a straight line is its own smoothed form', () => {
  expect(reduced(smoothing, every(10, 0, 10, 20, 30, 40), range, 0.3, 0.7).result).toBeCloseTo(40, 12);
});

test('a jump is followed by as much as the factors say', () => {
  // Level 10, trend 0; the jump to 20 moves the level by half, the trend by half of that.
  expect(reduced(smoothing, every(10, 10, 10, 20), range, 0.5, 0.5).result).toBe(15);
  expect(reduced(smoothing, every(10, 10, 10, 20, 20), range, 0.5, 0.5).result).toBe(18.75);
});

test('factors lie between 0 and 1', () => {
  expect(() => reduced(smoothing, every(10, 1, 2), range, 1, 0.5)).toThrow(
    'invalid smoothing factor. Expected: 0 < sf < 1, got: 1.000000',
  );
  expect(() => reduced(smoothing, every(10, 1, 2), range, 0.5, 0)).toThrow(
    'invalid trend factor. Expected: 0 < tf < 1, got: 0.000000',
  );
});
