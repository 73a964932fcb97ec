import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDuration } from '../config/scrape-configs.js';
import { durationText } from './target.js';

test('durations are written as Prometheus writes them, and read back', () => {
  expect([0, 250, 15_000, 90_000, 3_600_000, 86_400_000, 90_000_000, 1_209_600_000].map(durationText)).toEqual([
    '0s',
    '250ms',
    '15s',
    '1m30s',
    '1h',
    '1d',
    '25h',
    '2w',
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e12 }), ms => {
      expect(readDuration(durationText(ms))).toBe(ms);
    }),
  );
});
