import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketScale } from './bucket-scale.js';

const cell = (low: number, high: number) => ({ step: 0, low, high, count: 1 });

test('doubling a bound is one step up; the bucket around zero lies below the smallest', () => {
  const scale = bucketScale([cell(-1e-40, 1e-40), cell(0.5, 1), cell(1, 2)], 'log');
  expect(scale.span({ low: 0.5, high: 1 })).toEqual({ from: 1, to: 2 });
  expect(scale.span({ low: 1, high: 2 })).toEqual({ from: 2, to: 3 });
  expect(scale.span({ low: -1e-40, high: 1e-40 })).toEqual({ from: 0, to: 1 });
  expect([scale.low, scale.high]).toEqual([0, 3]);
  expect(scale.ticks.map(({ value }) => value)).toEqual([0, 0.5, 1, 2]);
});

test('what lies below zero stands under it', () => {
  const scale = bucketScale([cell(-2, -1), cell(-0.001, 0.001), cell(1, 2)], 'log');
  expect([scale.low, scale.high]).toEqual([-2, 2]);
  expect(scale.span({ low: -0.001, high: 0.001 })).toEqual({ from: -1, to: 1 });
});

test('infinite bounds end a step behind the last one', () => {
  const scale = bucketScale([cell(0, 0.1), cell(0.1, 0.4), cell(0.4, Infinity)], 'log');
  expect([scale.low, scale.high]).toEqual([0, 4]);
  expect(bucketScale([cell(0, 10), cell(10, 20)], 'linear').ticks.map(({ value }) => value)).toEqual([
    0, 5, 10, 15, 20,
  ]);
});

test('whatever the bounds are, every bucket lies on the axis and there are few ticks', () => {
  const bounds = fc
    .tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true }))
    .map(([a, b]) => cell(Math.min(a, b), Math.max(a, b)));
  fc.assert(
    fc.property(
      fc.array(bounds, { maxLength: 20 }),
      fc.constantFrom('log' as const, 'linear' as const),
      (cells, kind) => {
        const scale = bucketScale(cells, kind);
        expect(scale.ticks.length).toBeLessThanOrEqual(51);
        for (const one of cells) {
          const { from, to } = scale.span(one);
          if (Number.isNaN(from) || Number.isNaN(to)) throw new Error(`${one.low} ${one.high}`);
        }
      },
    ),
  );
});
