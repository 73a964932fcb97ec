import { expect, test } from 'vitest';
import { numberGap, quantileLevels, shareAbove } from './number-gap.js';

const evenly = (from: number, to: number): readonly number[] => quantileLevels.map(level => from + level * (to - from));

test('the share above a number follows the quantiles', () => {
  const numbers = { quantiles: evenly(0, 100), of: 1000 };
  expect([-1, 0, 25, 99.9, 100, 101].map(cut => Number(shareAbove(numbers, cut).toFixed(3)))).toEqual([
    1, 1, 0.75, 0.001, 0, 0,
  ]);
  const flags = { quantiles: quantileLevels.map(level => (level > 0.5 ? 1 : 0)), of: 1000 };
  expect(shareAbove(flags, 0)).toBeCloseTo(0.5, 1);
});

test('the cut is a round number where the two lie furthest apart', () => {
  const gap = numberGap({ quantiles: evenly(200, 300), of: 500 }, { quantiles: evenly(0, 199), of: 5000 }, 0.001);
  expect(gap).toMatchObject({ cut: 200, selectedShare: 1, referenceShare: 0 });
  expect(gap.surelyApart).toBeGreaterThan(0.85);
});

test('the same numbers are not apart', () => {
  expect(
    numberGap({ quantiles: evenly(0, 100), of: 50 }, { quantiles: evenly(3, 99), of: 5000 }, 0.001).surelyApart,
  ).toBe(0);
});
