import { expect, test } from 'vitest';
import { releaseAt, usualCycle } from './releases.js';

test('a bad release goes out after four minutes, is rolled back after two, and is mended in the next cycle', () => {
  const minutes = [0, 3.9, 4, 5.9, 6, 9.9, 10, 14, 16, 20];
  const releases = minutes.map(minute => releaseAt(minute * 60_000, usualCycle).release);
  expect(releases.map(({ version, isBad }) => version + (isBad ? ' bad' : ''))).toEqual([
    'v412',
    'v412',
    'v413 bad',
    'v413 bad',
    'v412',
    'v412',
    'v414',
    'v415 bad',
    'v414',
    'v416',
  ]);
});

test('it is known when the next release takes over', () => {
  expect([0, 240_000, 360_000, 600_000].map(ms => releaseAt(ms, usualCycle).untilMs)).toEqual([
    240_000, 360_000, 600_000, 840_000,
  ]);
});
