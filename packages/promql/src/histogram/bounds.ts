import { boundFractions } from './bound-fractions.js';
import { customSchema } from './float-histogram.js';

const minExponent = -1075;
const powersOfTwo = Float64Array.from({ length: 1024 - minExponent }, (_, at) => 2 ** (at + minExponent));

/** `fraction` times 2^`exponent`, for a fraction of 0.5 to 1; infinite above every number. */
function scaled(fraction: number, exponent: number): number {
  if (exponent > 1024) return Infinity;
  if (exponent < minExponent) return 0;
  return exponent === 1024
    ? 2 * fraction * powersOfTwo[1023 - minExponent]!
    : fraction * powersOfTwo[exponent - minExponent]!;
}

/**
 * The upper bound of a positive bucket of an exponential schema.
 *
 * The bound that would be 2^1024 is the largest number instead, so that the bucket after it counts infinity alone.
 */
export function exponentialBound(index: number, schema: number): number {
  if (schema < 0) {
    const exponent = index * 2 ** -schema;
    if (exponent === 1024) return Number.MAX_VALUE;
    return scaled(0.5, exponent + 1);
  }
  const fraction = boundFractions[(index & ((1 << schema) - 1)) << (8 - schema)]!;
  const exponent = (index >> schema) + 1;
  if (fraction === 0.5 && exponent === 1025) return Number.MAX_VALUE;
  return scaled(fraction, exponent);
}

/** The upper bound of a bucket of any schema: below the first custom bound lies minus infinity, above the last infinity. */
export function bucketBound(index: number, schema: number, customValues: Float64Array): number {
  if (schema !== customSchema) return exponentialBound(index, schema);
  return index < 0 ? -Infinity : (customValues[index] ?? Infinity);
}
