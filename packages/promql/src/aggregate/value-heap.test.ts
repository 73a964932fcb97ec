import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueHeap } from './value-heap.js';

function best(k: number, highest: boolean, values: readonly number[]): readonly number[] {
  const heap = new ValueHeap(k, highest);
  heap.clear(k);
  for (const [owner, value] of values.entries()) heap.add(value, owner);
  return heap.best().map(owner => values[owner] ?? NaN);
}

test('the highest are kept, the best first; NaN only where there is room', () => {
  expect(best(2, true, [3, NaN, 9, 5])).toEqual([9, 5]);
  expect(best(3, false, [3, NaN, 9])).toEqual([3, 9, NaN]);
  expect(best(0, true, [1])).toEqual([]);
});

test('what is kept is the head of the sorted values', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(NaN)), { maxLength: 40 });
  fc.assert(
    fc.property(values, fc.integer({ min: 0, max: 12 }), fc.boolean(), (values, k, highest) => {
      const numbers = values.filter(value => !Number.isNaN(value)).toSorted((a, b) => (highest ? b - a : a - b));
      const sorted = [...numbers, ...values.filter(value => Number.isNaN(value))];
      expect(best(k, highest, values)).toEqual(sorted.slice(0, k));
    }),
  );
});
