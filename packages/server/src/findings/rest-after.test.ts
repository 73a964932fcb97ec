import { expect, test } from 'vitest';
import { restAfter } from './rest-after.js';

test('looking takes a fifth of a core at most, a fortieth where more comes than can be looked at, and never rests for long', () => {
  expect(restAfter({ workedMs: 100, share: 1 })).toBe(400);
  expect(restAfter({ workedMs: 100, share: 0.1 })).toBe(3900);
  expect(restAfter({ workedMs: 5000, share: 0.1 })).toBe(10_000);
  expect(restAfter({ workedMs: 0, share: 1 })).toBe(0);
});
