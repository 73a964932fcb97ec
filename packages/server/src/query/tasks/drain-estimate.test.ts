import { expect, test } from 'vitest';
import { drainEstimate } from './drain-estimate.js';

test('[G3] a queue drains in its depth by its net rate; one that grows or stands still never does, and says so', () => {
  expect(drainEstimate(120, -2)).toEqual({ state: 'draining', seconds: 60, netPerSecond: -2 });
  expect(drainEstimate(120, 2)).toEqual({ state: 'growing', seconds: null, netPerSecond: 2 });
  expect(drainEstimate(120, 0)).toEqual({ state: 'standing', seconds: null, netPerSecond: 0 });
  expect(drainEstimate(1_000_000, -0.01)).toMatchObject({ state: 'standing', seconds: null });
  expect(drainEstimate(0, 3)).toMatchObject({ state: 'empty', seconds: 0 });
  expect(drainEstimate(undefined, -1)).toMatchObject({ state: 'unknown', seconds: null });
  expect(drainEstimate(7, undefined)).toMatchObject({ state: 'unknown', seconds: null });
});
