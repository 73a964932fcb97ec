import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseSteps, windowParams } from './time-window.js';

test('steps are round, start at whole multiples, and cover the window', () => {
  fc.assert(
    fc.property(fc.nat(4e12), fc.nat(4e11), fc.integer({ min: 1, max: 500 }), (fromMs, lengthMs, maxSteps) => {
      const { stepMs, stepsMs, window } = chooseSteps({ fromMs, toMs: fromMs + lengthMs }, maxSteps);
      expect(stepsMs.length).toBeLessThanOrEqual(maxSteps + 1);
      expect(stepsMs[0]).toBeLessThanOrEqual(fromMs);
      expect((stepsMs[0] ?? 0) % stepMs).toBe(0);
      expect((stepsMs.at(-1) ?? 0) + stepMs).toBeGreaterThanOrEqual(fromMs + lengthMs);
      expect(window).toEqual({ fromMs: stepsMs[0], toMs: fromMs + lengthMs });
    }),
  );
});

test('an hour has 60 steps of a minute, a day 144 of ten minutes', () => {
  const hour = chooseSteps({ fromMs: 0, toMs: 3_600_000 }, 150, 60_000);
  expect([hour.stepMs, hour.stepsMs.length]).toEqual([60_000, 60]);
  const day = chooseSteps({ fromMs: 0, toMs: 86_400_000 }, 150, 60_000);
  expect([day.stepMs, day.stepsMs.length]).toEqual([600_000, 144]);
});

test('what the engine can not count is clamped', () => {
  expect(windowParams({ fromMs: -5, toMs: 8.64e15 })).toEqual({ fromMs: 0, toMs: 4_294_963_695_000 });
});
