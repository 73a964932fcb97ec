import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration, printDuration } from './duration.js';

test.each([
  ['0', 0],
  ['0s', 0],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['1y2w3d4h5m6s7ms', 33_019_506_007],
  ['90m', 5_400_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  ['', 'empty duration string'],
  ['5', 'not a valid duration string: "5"'],
  ['m', 'not a valid duration string: "m"'],
  ['1.5h', 'unknown unit "." in duration "1.5h"'],
  ['5m1h', 'not a valid duration string: "5m1h"'],
  ['5m5m', 'not a valid duration string: "5m5m"'],
  ['5x', 'unknown unit "x" in duration "5x"'],
  ['293y', 'duration out of range'],
  [`${'9'.repeat(400)}y`, 'duration out of range'],
])('%s is refused: %s', (text, message) => {
  expect(() => parseDuration(text)).toThrow(message);
});

test.each([
  [0, '0s'],
  [0.9, '0s'],
  [90_000, '1m30s'],
  [7 * 86_400_000, '1w'],
  [8 * 86_400_000, '8d'],
  [365 * 86_400_000, '1y'],
  [366 * 86_400_000, '366d'],
  [61_001, '1m1s1ms'],
])('%d ms are printed as %s', (ms, text) => {
  expect(printDuration(ms)).toBe(text);
});

test('what is printed is read as the same duration', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9e12 }), ms => {
      expect(parseDuration(printDuration(ms))).toBe(ms);
    }),
  );
});
