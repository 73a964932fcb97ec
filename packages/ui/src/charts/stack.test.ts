import { expect, test } from 'vitest';
import { stack } from './stack.js';

test('layers stand on each other; a step without any value stays a gap', () => {
  expect(
    stack([
      [1, null, null],
      [2, 5, null],
    ]),
  ).toEqual([
    [1, 0, null],
    [3, 5, null],
  ]);
});

test('no layers make no chart', () => {
  expect(stack([])).toEqual([]);
});
