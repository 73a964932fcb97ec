import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { steadyClock } from './steady-clock.js';

const minute = 60_000;
const year = 365 * 86_400_000;

function clock(): { wallMs: number; atMs: number; readonly jumps: number[]; readonly read: () => number } {
  const state = { wallMs: 1_800_000_000_000, atMs: 0, jumps: [] as number[], read: (): number => 0 };
  state.read = steadyClock({
    wall: () => state.wallMs,
    monotonic: () => state.atMs,
    jumped: byMs => state.jumps.push(byMs),
  });
  return state;
}

test('it follows the wall clock, and small corrections of it, but never back', () => {
  const it = clock();
  const start = it.wallMs;
  it.wallMs += 1000;
  it.atMs += 1000;
  expect(it.read() - start).toBe(1000);
  it.wallMs -= 400;
  expect(it.read() - start).toBe(1000);
  it.wallMs += 600;
  it.atMs += 600;
  expect(it.read() - start).toBe(1200);
  it.wallMs += 2 * minute;
  expect(it.read() - start).toBe(1200 + 2 * minute);
});

test('a leap that is taken back within a minute leaves no trace, in either direction', () => {
  for (const leap of [year, -year]) {
    const it = clock();
    const start = it.read();
    it.wallMs += leap;
    for (let second = 1; second <= 50; second++) {
      it.wallMs += 1000;
      it.atMs += 1000;
      expect(it.read() - start).toBe(second * 1000);
    }
    it.wallMs -= leap;
    expect(it.read() - start).toBe(50_000);
    expect(it.jumps).toEqual([]);
  }
});

test('a clock that was set for good is followed after a minute, and that is told once', () => {
  for (const leap of [year, -year]) {
    const it = clock();
    it.read();
    it.wallMs += leap;
    it.read();
    it.wallMs += minute;
    it.atMs += minute;
    expect(it.read()).toBe(it.wallMs);
    expect(it.jumps).toEqual([leap]);
  }
});

test('whatever small steps the wall clock makes, time never goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -4 * minute, max: 4 * minute }), fc.nat(minute))), steps => {
      const it = clock();
      let last = it.read();
      for (const [wall, elapsed] of steps) {
        it.atMs += elapsed;
        // Off by less than what counts as a leap.
        it.wallMs = last + elapsed + wall;
        const now = it.read();
        expect(now).toBeGreaterThanOrEqual(last);
        last = now;
      }
    }),
  );
});
