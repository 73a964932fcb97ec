import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberOf, printNumber } from './number.js';

test.each([
  ['42', 42],
  ['4.2', 4.2],
  ['.5', 0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['1E-3', 0.001],
  ['0x1F', 31],
  ['0X_ff', 255],
  ['010', 8],
  ['08', 8],
  ['0_7', 7],
  ['1_000.5', 1000.5],
  ['1_0e1_0', 1e11],
  ['Inf', Infinity],
  ['NaN', Number.NaN],
  ['9223372036854775808', 9223372036854775808],
])('%s is %d', (text, value) => {
  expect(numberOf(text)).toBe(value);
});

test.each(['0x', '1e', '0x1p3', '_1', '1_.5', '0x8000000000000000', '1e400'])('%s is no number', text => {
  expect(() => numberOf(text)).toThrow('error parsing number: strconv.ParseFloat: parsing');
});

test.each([
  [1e21, '1000000000000000000000'],
  [1.5e-7, '0.00000015'],
  [123456.789, '123456.789'],
  [-0, '-0'],
  [-2.5e22, '-25000000000000000000000'],
  [Number.NaN, 'NaN'],
  [Infinity, '+Inf'],
])('%d is printed as %s', (value, text) => {
  expect(printNumber(value)).toBe(text);
});

test('what is printed is read as the same number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
      const text = printNumber(value);
      expect(text).not.toContain('e');
      expect(text.startsWith('-') ? -numberOf(text.slice(1)) : numberOf(text)).toBe(value);
    }),
  );
});
