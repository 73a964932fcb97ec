import { expect, test } from 'vitest';
import { limitForecast } from './limit-forecast.js';

const steps = Array.from({ length: 60 }, (_, step) => step);
const minuteMs = 60_000;
/** The same noise each time, between -1 and 1. */
const noise = (step: number): number => Math.sin(step * 12.9898) % 1;

test('[H5] a straight course reaches its limit when it does, with nothing uncertain about it', () => {
  const found = limitForecast(
    steps.map(step => step),
    minuteMs,
    119,
  );
  expect(found.state).toBe('rising');
  expect(found.seconds).toBeCloseTo(3600, 3);
  expect(found.soonestSeconds).toBeCloseTo(3600, 3);
  expect(found.latestSeconds).toBeCloseTo(3600, 3);
});

test('[H5] noise makes the forecast wider, and the truth lies within', () => {
  const found = limitForecast(
    steps.map(step => step + 8 * noise(step)),
    minuteMs,
    159,
  );
  expect(found.state).toBe('rising');
  expect(found.soonestSeconds ?? 0).toBeLessThan(found.seconds ?? 0);
  expect(found.latestSeconds ?? Infinity).toBeGreaterThan(found.seconds ?? 0);
  expect(found.soonestSeconds ?? 0).toBeLessThan(6000 * 1.15);
  expect(found.latestSeconds ?? Infinity).toBeGreaterThan(6000 * 0.85);
});

/** The state of what grew by `perStep` for so many steps, towards 100,000. */
const rising = (count: number, stepMs: number, perStep: number): string => {
  const values = Array.from({ length: count }, (_, step) => step * perStep);
  return limitForecast(values, stepMs, 100_000).state;
};

test('[H5] a minute tells nothing about hours: a forecast waits for an hour, or a tenth of the time ahead', () => {
  // 90 s of a disk that would be full in three hours; after 20 minutes it may say so.
  expect(rising(18, 5000, 46)).toBe('early');
  expect(rising(240, 5000, 46)).toBe('rising');
  // A day ahead is spoken of after an hour.
  expect(rising(59, minuteMs, 69)).toBe('early');
  expect(rising(60, minuteMs, 69)).toBe('rising');
});

const state = (values: readonly (number | null)[]): string => {
  const found = limitForecast(values, minuteMs, 100);
  return `${found.state} ${found.seconds}`;
};

test('[H5] what is steady, falls, wobbles, is full or too short has no time', () => {
  expect(state(steps.map(() => 40))).toBe('steady null');
  expect(state(steps.map(step => 90 - step))).toBe('falling null');
  expect(state(steps.map(step => 50 + 30 * noise(step)))).toBe('unclear null');
  expect(state([1, 2, 3])).toBe('unclear null');
  expect(state([])).toBe('unclear null');
  expect(state(steps.map(() => 100))).toBe('full 0');
  expect(state([null, ...steps.map(step => step), null])).toMatch(/^rising /);
});
