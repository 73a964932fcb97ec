import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareNatural } from './natural-order.js';
import { sort, sortByLabel, sortByLabelDesc, sortDesc } from './sort.js';
import { called, series, shown, textOf, vectorOf } from './vector-call.test-support.js';

const cpus = vectorOf(
  series({ cpu: 'cpu10' }, 3),
  series({ cpu: 'cpu2' }, NaN),
  series({ cpu: 'cpu1' }, -1),
  series({ cpu: 'cpu02' }, 7),
);
const order = (func: typeof sort, ...labels: readonly string[]) =>
  shown(called(func, [cpus, ...labels.map(textOf)])).map(([{ cpu }]) => cpu);

test('by value NaN comes last either way', () => {
  expect(order(sort)).toEqual(['cpu1', 'cpu10', 'cpu02', 'cpu2']);
  expect(order(sortDesc)).toEqual(['cpu02', 'cpu10', 'cpu1', 'cpu2']);
});

test('by label numbers count as numbers', () => {
  expect(order(sortByLabel, 'cpu')).toEqual(['cpu1', 'cpu02', 'cpu2', 'cpu10']);
  expect(order(sortByLabelDesc, 'cpu')).toEqual(['cpu10', 'cpu2', 'cpu02', 'cpu1']);
});

test('a range query keeps its order', () => {
  const two = vectorOf(series({ a: '2' }, 2, 2), series({ a: '1' }, 1, 1));
  expect(shown(called(sort, [two], { count: 2 }))).toEqual(shown(two));
});

test('the natural order of numbers is theirs, and it is an order', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (a, b) => {
      expect(Math.sign(compareNatural(`v${a}.x`, `v${b}.x`))).toBe(Math.sign(a - b));
    }),
  );
  const text = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', '.'), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareNatural(a, b))).toBe(0 - Math.sign(compareNatural(b, a)));
    }),
  );
  expect(compareNatural('99999999999999999999', '100000000000000000000')).toBeGreaterThan(0);
});
