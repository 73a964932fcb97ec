import { expect, test } from 'vitest';
import { SeriesGuard, seriesHash } from './series-guard.js';

const limits = { perMetric: 3, perWorkspace: 5 };

test('a metric has as many series as it may, and those go on', () => {
  const guard = new SeriesGuard(limits, () => 0);
  expect([1, 2, 3, 4, 1, 5, 3].map(hash => guard.admits('w', 'm', hash))).toEqual([
    true,
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
  expect(guard.admits('other', 'm', 4)).toBe(true);
  expect(guard.overflows()).toEqual([{ workspace: 'w', metric: 'm', limit: 3, points: 2, lastAtMs: 0 }]);
});

test('all metrics of a workspace together have a limit', () => {
  const guard = new SeriesGuard(limits, () => 0);
  expect([1, 2, 3, 4, 5, 6].map(hash => guard.admits('w', `m${hash}`, hash))).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});

test('a series that was quiet for long makes room for another, and one that goes on keeps its place', () => {
  let now = 0;
  const guard = new SeriesGuard(limits, () => now);
  for (const hash of [1, 2, 3]) guard.admits('w', 'm', hash);
  now = 7 * 3_600_000;
  expect(guard.admits('w', 'm', 1)).toBe(true);
  expect(guard.admits('w', 'm', 4)).toBe(false);
  now = 14 * 3_600_000;
  expect([4, 5, 6].map(hash => guard.admits('w', 'm', hash))).toEqual([true, true, true]);
});

test('a hash depends on every byte, their order, and where one text ends', () => {
  const bytes = Buffer.from('route=/orders');
  const whole = seriesHash(1, bytes, 0, bytes.length);
  expect(whole).toBe(seriesHash(1, Buffer.from(bytes), 0, bytes.length));
  expect(Number.isSafeInteger(whole)).toBe(true);
  const others = [
    seriesHash(2, bytes, 0, bytes.length),
    seriesHash(1, bytes, 0, bytes.length - 1),
    seriesHash(seriesHash(1, bytes, 0, 5), bytes, 5, bytes.length - 5),
    seriesHash(seriesHash(1, bytes, 0, 6), bytes, 6, bytes.length - 6),
  ];
  expect(new Set([whole, ...others]).size).toBe(5);
});

test('a hundred thousand series have as many hashes', () => {
  const hashes = new Set<number>();
  for (let i = 0; i < 100_000; i++) {
    const bytes = Buffer.from(`{"route":"/orders/${i}"}`);
    hashes.add(seriesHash(0, bytes, 0, bytes.length));
  }
  expect(hashes.size).toBe(100_000);
});

test('invented workspaces do not fill the memory', () => {
  const guard = new SeriesGuard({ perMetric: 10, perWorkspace: 10 }, () => 0);
  for (let i = 0; i < 3000; i++) guard.admits(`w${i}`, 'requests', 1);
  expect(guard.series).toBe(1000);
});
