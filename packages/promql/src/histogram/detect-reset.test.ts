import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyHistogramOf } from './any-histogram.test-support.js';
import { add, toSchema } from './arithmetic.js';
import { detectReset, withKnownResets } from './detect-reset.js';
import { withHint, type FloatHistogram } from './float-histogram.js';
import { histogram } from './literal.test-support.js';

const before = histogram({ count: 6, zeroThreshold: 0.001, zeroCount: 1, buckets: [2, 3], offset: 1 });

test.each<[string, FloatHistogram, boolean]>([
  ['the same again', before, false],
  [
    'more in every bucket',
    { ...before, ...histogram({ zeroThreshold: 0.001, zeroCount: 2, count: 9, buckets: [3, 4], offset: 1 }) },
    false,
  ],
  ['fewer observations', { ...before, count: 5 }, true],
  ['fewer in the zero bucket', { ...before, zeroCount: 0 }, true],
  [
    'fewer in one bucket',
    histogram({ count: 9, zeroThreshold: 0.001, zeroCount: 1, buckets: [1, 7], offset: 1 }),
    true,
  ],
  ['a bucket that is gone', histogram({ count: 9, zeroThreshold: 0.001, zeroCount: 1, buckets: [8], offset: 1 }), true],
  [
    'a bucket that is new',
    histogram({ count: 9, zeroThreshold: 0.001, zeroCount: 1, buckets: [2, 3, 3], offset: 1 }),
    false,
  ],
  [
    'a finer schema',
    histogram({ schema: 1, count: 9, zeroThreshold: 0.001, zeroCount: 1, buckets: [1, 1, 3, 3], offset: 1 }),
    true,
  ],
  [
    'a coarser schema',
    histogram({ schema: -1, count: 9, zeroThreshold: 0.001, zeroCount: 1, buckets: [8], offset: 1 }),
    false,
  ],
  ['a narrower zero bucket', { ...before, zeroThreshold: 0.0001 }, true],
  [
    'a wider zero bucket that took in the first bucket',
    histogram({ count: 9, zeroThreshold: 2, zeroCount: 3, buckets: [6], offset: 2 }),
    false,
  ],
  [
    'a wider zero bucket that has less than it took in',
    histogram({ count: 9, zeroThreshold: 2, zeroCount: 2, buckets: [7], offset: 2 }),
    true,
  ],
  [
    'a wider zero bucket that cuts a bucket',
    histogram({ count: 9, zeroThreshold: 1.5, zeroCount: 3, buckets: [6], offset: 2 }),
    true,
  ],
  ['custom buckets', histogram({ count: 9, bounds: [1], buckets: [9] }), true],
])('%s is a reset or not', (_what, current, isReset) => {
  expect(detectReset(current, before)).toBe(isReset);
});

test('a hint is believed', () => {
  expect(detectReset(withHint(before, 'reset'), before)).toBe(true);
  expect(detectReset(withHint({ ...before, count: 1 }, 'notReset'), before)).toBe(false);
});

test('other custom bounds are a reset', () => {
  const custom = histogram({ count: 1, bounds: [1, 2], buckets: [1] });
  expect(detectReset(histogram({ count: 2, bounds: [1, 2], buckets: [2] }), custom)).toBe(false);
  expect(detectReset(histogram({ count: 2, bounds: [1, 3], buckets: [2] }), custom)).toBe(true);
});

test('what grew is no reset, at the same or a coarser schema; what it grew from is one afterwards', () => {
  const pair = fc
    .integer({ min: -4, max: 8 })
    .chain(schema => fc.tuple(anyHistogramOf(schema), anyHistogramOf(schema)));
  fc.assert(
    fc.property(pair, fc.nat(3), ([a, growth], coarser) => {
      const sum = add(a, { ...growth, zeroThreshold: 0 });
      if (typeof sum === 'string') throw new Error(sum);
      fc.pre(sum.zeroThreshold === a.zeroThreshold && a.zeroThreshold === 0);
      expect(detectReset(toSchema(sum, Math.max(-4, sum.schema - coarser)), a)).toBe(false);
      expect(detectReset(a, sum)).toBe(growth.count > 0);
    }),
  );
});

const counted = (count: number, hint: FloatHistogram['counterResetHint'] = 'unknown') =>
  histogram({ count, buckets: [count], counterResetHint: hint });
const knownHints = (...samples: FloatHistogram[]) => withKnownResets(samples).map(one => one.counterResetHint);

test('what is known of resets is written down once; the word of a sender that there was none is not taken', () => {
  expect(knownHints(counted(1), counted(2), counted(1), counted(1))).toEqual([
    'unknown',
    'notReset',
    'unknown',
    'notReset',
  ]);
  expect(knownHints(counted(5, 'notReset'), counted(2, 'notReset'))).toEqual(['unknown', 'unknown']);
  expect(knownHints(counted(5, 'gauge'), counted(7), counted(8, 'reset'), counted(9))).toEqual([
    'gauge',
    'unknown',
    'reset',
    'notReset',
  ]);
});
