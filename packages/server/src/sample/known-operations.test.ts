import { expect, test } from 'vitest';
import { KnownOperations } from './known-operations.js';

const ms = 1e6;
const minute = 60_000;

test('an operation is counted by the minute', () => {
  const known = new KnownOperations(0);
  const times = (name: string, nowMs: number): number => known.see(name, ms, nowMs).timesInMinute;
  expect([times('a', 1), times('a', 2), times('b', 3), times('a', minute), times('b', minute + 1)]).toEqual([
    1, 2, 1, 1, 1,
  ]);
});

test('[B5] what takes longer than 99 in 100 of its like is slow; of another operation the same may be usual', () => {
  const known = new KnownOperations(0);
  const slow: number[] = [];
  for (let request = 0; request < 1000; request++) {
    const durationNs = request % 200 === 150 ? 900 * ms : (10 + (request % 10)) * ms;
    if (known.see('fast', durationNs, request).isSlow) slow.push(request);
    expect(known.see('report', 900 * ms, request).isSlow).toBe(false);
  }
  expect(slow.filter(request => request % 200 === 150)).toEqual([150, 350, 550, 750, 950]);
  expect(slow.length).toBeLessThan(8);
});

test('the first few durations of an operation say nothing of what is slow', () => {
  const known = new KnownOperations(0);
  const seen = Array.from({ length: 20 }, (_, request) => known.see('a', 2 ** request * 2000, 0).isSlow);
  expect(seen).toEqual(seen.map(() => false));
  expect(known.see('a', 3600e9, 0).isSlow).toBe(true);
});

test('what was usual an hour ago is forgotten: a service that got slower is not slow for ever', () => {
  const known = new KnownOperations(0);
  for (let request = 0; request < 10_000; request++) known.see('a', 10 * ms, 0);
  const slowIn = (hour: number): number => {
    let slow = 0;
    for (let request = 0; request < 1000; request++)
      if (known.see('a', 500 * ms, hour * 60 * minute + request * 3600).isSlow) slow++;
    return slow;
  };
  expect(slowIn(1)).toBeGreaterThan(0);
  expect(slowIn(3)).toBe(0);
});

test('beyond 2000 operations the rest counts as one, so that names with ids in them are not all rare', () => {
  const known = new KnownOperations(0);
  const times = Array.from({ length: 3000 }, (_, name) => known.see(`GET ${name}`, ms, 0).timesInMinute);
  expect([known.count, times[1999], times[2000], times[2999]]).toEqual([2001, 1, 1, 1000]);
});

test('operations that were seen once are forgotten', () => {
  const known = new KnownOperations(0);
  for (let name = 0; name < 100; name++) known.see(`GET ${name}`, ms, 0);
  known.see('GET 0', ms, 11 * minute);
  expect(known.count).toBe(1);
});
