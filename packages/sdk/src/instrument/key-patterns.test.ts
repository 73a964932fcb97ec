import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyPatterns } from './key-patterns.js';

const letters = 'abcdefghijklmnopqrstuvwxyz';

test('[F5] a place with few words keeps them, one with many is variable', () => {
  const patterns = new KeyPatterns();
  for (const letter of letters) patterns.of(`user:${letter}lice:cart`);
  expect(patterns.of('user:zoe:cart')).toBe('user:*:cart');
  expect(patterns.of('config:theme')).toBe('config:theme');
  expect(patterns.of('order:7:lines')).toBe('order:*:lines');
});

test('[F5] the words of one place say nothing about another', () => {
  const patterns = new KeyPatterns();
  for (const letter of letters) patterns.of(`user:${letter}nna`);
  expect(patterns.of('tenant:config')).toBe('tenant:config');
});

test('whatever the keys are, their patterns are few', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,6}(:[a-z]{1,6}){0,3}$/), { minLength: 500, maxLength: 800 }),
      keys => {
        const patterns = new KeyPatterns();
        for (const key of keys) patterns.of(key);
        const later = new Set(keys.map(key => patterns.of(key)));
        expect(later.size).toBeLessThan(100);
      },
    ),
    { numRuns: 20 },
  );
});
