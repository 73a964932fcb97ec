import { expect, test } from 'vitest';
import { fairNext } from './fair-next.js';

test('who has the least under way is next, of these who came first; nobody is next when nobody waits', () => {
  expect(fairNext(['a', 'a', 'b', 'c'], ['a', 'c'])).toBe(2);
  expect(fairNext(['a', 'b', 'c'], ['a', 'b', 'c'])).toBe(0);
  expect(fairNext(['a', 'b'], ['a', 'a', 'b'])).toBe(1);
  expect(fairNext(['a', 'a'], ['a'])).toBe(0);
  expect(fairNext([], ['a'])).toBe(-1);
});
