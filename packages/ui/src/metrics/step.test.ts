import fc from 'fast-check';
import { expect, test } from 'vitest';
import { autoStepMs, boundedStepMs, fixedStepsMs, mostPoints, stepsIn } from './step.js';

test('the step gives about one point per 2 px, in round numbers', () => {
  expect(autoStepMs(15 * 60_000, 900)).toBe(2000);
  expect(autoStepMs(6 * 3_600_000, 900)).toBe(60_000);
  expect(autoStepMs(30 * 86_400_000, 900)).toBe(2 * 3_600_000);
});

test('no range and no width gives more points than there may be', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1000, max: 400 * 86_400_000 }),
      fc.integer({ min: 1, max: 10_000 }),
      (rangeMs, px) => {
        expect(rangeMs / autoStepMs(rangeMs, px)).toBeLessThanOrEqual(mostPoints);
        expect(rangeMs / boundedStepMs(1000, rangeMs)).toBeLessThanOrEqual(mostPoints);
        for (const stepMs of fixedStepsMs(rangeMs)) expect(rangeMs / stepMs).toBeLessThanOrEqual(mostPoints);
      },
    ),
  );
});

test('steps lie at whole multiples, so that a sliding range does not move them', () => {
  expect(stepsIn({ fromMs: 1001, toMs: 3999 }, 1000)).toEqual([2000, 3000]);
  expect(stepsIn({ fromMs: 1900, toMs: 4100 }, 1000)).toEqual([2000, 3000, 4000]);
});
