import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainNumber } from './number-text.js';

test('numbers are written without an exponent', () => {
  expect([1.5, 1e21, -1.25e-7, 1e-7, 5e-324, -0, NaN, Infinity, -Infinity].map(plainNumber)).toEqual([
    '1.5',
    '1000000000000000000000',
    '-0.000000125',
    '0.0000001',
    `0.${'0'.repeat(323)}5`,
    '-0',
    'NaN',
    '+Inf',
    '-Inf',
  ]);
});

test('every float is read back as it was', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
      const text = plainNumber(value);
      expect(text).not.toContain('e');
      expect(Number(text)).toBe(value);
    }),
  );
});
