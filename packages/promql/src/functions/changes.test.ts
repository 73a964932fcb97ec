import { expect, test } from 'vitest';
import { changes, resets } from './changes.js';
import { counted, every, reduced, type Samples } from './range-window.test-support.js';

const range = { rangeSeconds: 1000, endSeconds: 100 };

test('changes counts every change, resets only falls', () => {
  const samples = every(10, 1, 2, 2, 1, NaN, NaN, 5);
  expect(reduced(changes, samples, range).result).toBe(4);
  expect(reduced(resets, samples, range).result).toBe(1);
});

test('going from floats to histograms and back are two changes and two resets', () => {
  const samples: Samples = [
    [10, 1],
    [20, 1],
    [30, counted(2)],
    [40, counted(2)],
    [50, counted(1)],
    [60, 1],
  ];
  expect(reduced(changes, samples, range).result).toBe(3);
  expect(reduced(resets, samples, range).result).toBe(3);
});
