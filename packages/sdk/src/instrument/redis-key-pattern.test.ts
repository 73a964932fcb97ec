import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyPattern } from './redis-key-pattern.js';

test.each([
  ['user:123:cart', 'user:*:cart'],
  ['session:9f8a7b6c5d4e', 'session:*'],
  ['tenant:acme2:config', 'tenant:*:config'],
  ['550e8400-e29b-41d4-a716-446655440000', '*'],
  ['order:550e8400-e29b-41d4-a716-446655440000', 'order:*'],
  ['settings', 'settings'],
  ['v2:feature_flags', 'v2:feature_flags'],
  ['token:AbCdEfGhIjKlMn', 'token:*'],
  ['mail:a@b.c', 'mail:*.c'],
])('%s is %s [F5]', (key, pattern) => {
  expect(keyPattern(key)).toBe(pattern);
});

test('no digit of a key is told, but for a version in front', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), key => {
      expect(keyPattern(`cache:${key}`)).not.toMatch(/\d/);
    }),
  );
});
