import { expect, test } from 'vitest';
import { ratioOf, xxHash64 } from './label-hash.js';
import { labelsOf } from './labels.js';

const hex = (text: string): string => xxHash64(new TextEncoder().encode(text)).toString(16);

test('bytes have the XXH64 that its reference implementation gives', () => {
  expect(hex('')).toBe('ef46db3751d8e999');
  expect(hex('a')).toBe('d24ec4f1a98c6e5b');
  expect(hex('abc')).toBe('44bc2cf5ad770999');
  expect(hex('Call me Ishmael. Some years ago--never mind how long precisely-')).toBe('2a2e85470d6fd96');
});

test('labels lie between 0 and 1, always at the same place, and in about equal numbers everywhere', () => {
  const places = Array.from({ length: 400 }, (_, at) => ratioOf(labelsOf({ __name__: 'up', instance: String(at) })));
  expect(places.every(place => place >= 0 && place <= 1)).toBe(true);
  expect(places.filter(place => place < 0.5).length).toBeGreaterThan(150);
  expect(places.filter(place => place < 0.5).length).toBeLessThan(250);
  expect(ratioOf(labelsOf({ a: 'x'.repeat(300) }))).toBe(ratioOf(labelsOf({ a: 'x'.repeat(300) })));
});
