import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineRing } from './line-ring.js';

function held(ring: LineRing<number>): (number | undefined)[] {
  return Array.from({ length: ring.size }, (_, i) => ring.at(i));
}

test('a full ring drops the oldest line', () => {
  const ring = new LineRing<number>(3);
  for (const line of [1, 2, 3, 4, 5]) ring.push(line);
  expect(held(ring)).toEqual([3, 4, 5]);
  expect(ring.pushed).toBe(5);
});

test('outside the ring there is nothing', () => {
  const ring = new LineRing<number>(3);
  ring.push(1);
  expect([ring.at(-1), ring.at(1)]).toEqual([undefined, undefined]);
});

test('a cleared ring begins anew', () => {
  const ring = new LineRing<number>(2);
  for (const line of [1, 2, 3]) ring.push(line);
  ring.clear();
  ring.push(9);
  expect(held(ring)).toEqual([9]);
});

test('the ring always holds the last lines, oldest first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.array(fc.integer()), (capacity, lines) => {
      const ring = new LineRing<number>(capacity);
      for (const line of lines) ring.push(line);
      expect(held(ring)).toEqual(lines.slice(-capacity));
    }),
  );
});
