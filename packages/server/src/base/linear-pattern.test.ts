import { expect, test } from 'vitest';
import { linearPattern } from './linear-pattern.js';

test('every match is replaced, an empty one is not', () => {
  expect(linearPattern('o+').replace('foo bo x', match => `<${match.length}>`)).toBe('f<2> b<1> x');
  expect(linearPattern('x*').replace('axb', () => '-')).toBe('a-b');
  expect(linearPattern('(?i)ACME').test('the acme corp')).toBe(true);
});

test('an expression that makes others hang answers at once', () => {
  expect(linearPattern('(a+)+$').test(`${'a'.repeat(50_000)}!`)).toBe(false);
}, 5000);

test.each(['(', '(?=a)', String.raw`(a)\1`])('%s is refused', source => {
  expect(() => linearPattern(source)).toThrow(/error parsing regexp/);
});
