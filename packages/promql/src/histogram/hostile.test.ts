import fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, subtract } from './arithmetic.js';
import { detectReset } from './detect-reset.js';
import { equalHistograms } from './equal.js';
import type { FloatHistogram } from './float-histogram.js';
import { histogramJson } from './json.js';
import { nativeFraction } from './native-fraction.js';
import { nativeQuantile } from './native-quantile.js';
import { nativeVariance } from './native-variance.js';
import { histogramOf } from './stored-histogram.js';
import { histogramText, toTestLiteral } from './text.js';

const anyFloats = fc.array(fc.double(), { maxLength: 20 }).map(list => Float64Array.from(list));
const anyOffset = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.integer());

/** Whatever a sender may have had stored: most of it makes no sense. */
const anyStored: fc.Arbitrary<FloatHistogram> = fc
  .record({
    scale: fc.integer({ min: -54, max: 21 }),
    count: fc.double(),
    sum: fc.double(),
    zeroThreshold: fc.double(),
    zeroCount: fc.double(),
    bounds: anyFloats,
    counts: anyFloats,
    positiveOffset: anyOffset,
    positiveCounts: anyFloats,
    negativeOffset: anyOffset,
    negativeCounts: anyFloats,
    resetHint: fc.nat(5),
  })
  .map(stored => histogramOf(stored))
  .filter(histogram => histogram !== undefined);

test('whatever was stored, every operation comes to an end, and what it makes can be worked with', () => {
  fc.assert(
    fc.property(anyStored, anyStored, fc.double(), (a, b, share) => {
      const results = [add(a, b), subtract(a, b), subtract(b, a)].filter(one => typeof one !== 'string');
      for (const one of [a, b, ...results]) {
        const { indexes, counts } = one.positive;
        expect(indexes.every((index, at) => at === 0 || index > indexes[at - 1]!)).toBe(true);
        expect(indexes.length).toBe(counts.length);
        expect(equalHistograms(one, one)).toBe(true);
        detectReset(one, a);
        nativeQuantile(share, one);
        nativeFraction(share, 1, one);
        nativeVariance(one);
        histogramJson(one);
        histogramText(one);
        if (indexes.length === 0 || indexes.at(-1)! - indexes[0]! < 1000)
          toTestLiteral({ ...one, negative: one.positive });
      }
    }),
    { numRuns: 300 },
  );
});
