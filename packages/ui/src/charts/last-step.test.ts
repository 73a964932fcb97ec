import { expect, test } from 'vitest';
import { lastComplete, lonelySteps, splitIncomplete } from './last-step.js';

test('the step that is still filling is drawn apart, joined to the one before', () => {
  expect(splitIncomplete([1, 2, 3], true)).toEqual({ solid: [1, 2, null], dashed: [null, 2, 3] });
  expect(splitIncomplete([1, 2, 3], false)).toEqual({ solid: [1, 2, 3], dashed: [null, null, null] });
});

test('a headline shows the last complete step', () => {
  expect(lastComplete([1, 2, 3], true)).toBe(2);
  expect(lastComplete([1, 2, 3], false)).toBe(3);
  expect(lastComplete([1], true)).toBeNull();
  expect(lastComplete([1, null], false)).toBeNull();
});

test('a value between gaps is a point', () => {
  expect(lonelySteps([1, null, 2, null, 3, 4, null, 5])).toEqual([0, 2, 7]);
});
