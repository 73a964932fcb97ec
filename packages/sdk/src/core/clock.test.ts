import { expect, test } from 'vitest';
import { WallClock } from './clock.js';

test('[W46] a wall clock that is set back does not move spans until the next anchor, then it is followed', () => {
  let wallMs = 1_700_000_000_000;
  let monotonicMs = 500;
  const clock = new WallClock(
    () => wallMs,
    () => monotonicMs,
  );
  const startMs = monotonicMs;
  wallMs -= 3_600_000;
  monotonicMs += 20;
  const [start, end] = [clock.offsetMs + startMs, clock.offsetMs + monotonicMs];
  expect(end - start).toBe(20);
  clock.reanchor();
  expect(clock.offsetMs + monotonicMs).toBe(wallMs);
});

test('drift below 100 ms is left to the clock: times do not jitter', () => {
  let wallMs = 1_700_000_000_000;
  const clock = new WallClock(
    () => wallMs,
    () => 0,
  );
  wallMs += 60;
  clock.reanchor();
  expect(clock.offsetMs).toBe(1_700_000_000_000);
});
