import { compact } from '../histogram/arithmetic.js';
import { toTestLiteral } from '../histogram/text.js';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import type { ScriptValue } from './script.js';

/** How far a float may be from what is expected, as a part of it. */
const tolerance = 1e-6;

const smallest = 2.225_073_858_507_201_4e-308;

/** Whether two floats are the same but for rounding; NaN is the same as NaN. */
export function almostEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  const size = Math.abs(a) + Math.abs(b);
  const distance = Math.abs(a - b);
  if (a === 0 || b === 0 || size < smallest) return distance < tolerance * smallest;
  return distance / Math.min(size, Number.MAX_VALUE) < tolerance;
}

/** What is wrong with a sample, or undefined when it is as expected. */
export function sampleDifference(expected: ScriptValue, got: number | FloatHistogram): string | undefined {
  if (expected.kind !== 'histogram') {
    const wanted = expected.kind === 'number' ? expected.value : NaN;
    if (typeof got !== 'number') return `expected ${wanted}, got a histogram`;
    return almostEqual(wanted, got) ? undefined : `expected ${wanted}, got ${got}`;
  }
  if (typeof got === 'number') return `expected a histogram, got ${got}`;
  const wanted = compact(expected.histogram);
  const found = compact(got);
  if (sameHistogram(wanted, found) && (!expected.hintGiven || wanted.counterResetHint === found.counterResetHint)) {
    return undefined;
  }
  return `expected ${toTestLiteral(expected.histogram)}, got ${toTestLiteral(got)}`;
}

function sameHistogram(a: FloatHistogram, b: FloatHistogram): boolean {
  return (
    a.schema === b.schema &&
    almostEqual(a.count, b.count) &&
    almostEqual(a.sum, b.sum) &&
    almostEqual(a.zeroThreshold, b.zeroThreshold) &&
    almostEqual(a.zeroCount, b.zeroCount) &&
    allAlmostEqual(a.customValues, b.customValues) &&
    allAlmostEqual(a.positive.indexes, b.positive.indexes) &&
    allAlmostEqual(a.positive.counts, b.positive.counts) &&
    allAlmostEqual(a.negative.indexes, b.negative.indexes) &&
    allAlmostEqual(a.negative.counts, b.negative.counts)
  );
}

function allAlmostEqual(a: Float64Array | Int32Array, b: Float64Array | Int32Array): boolean {
  return a.length === b.length && a.every((value, at) => almostEqual(value, b[at] ?? NaN));
}
