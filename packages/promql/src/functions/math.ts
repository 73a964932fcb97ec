import type { MapFunction } from './define.js';
import { floatMap } from './float-map.js';

export const abs = floatMap('abs', 'Each sample without its sign.', Math.abs);
export const ceil = floatMap('ceil', 'Each sample rounded up to a whole number.', Math.ceil);
export const floor = floatMap('floor', 'Each sample rounded down to a whole number.', Math.floor);
export const exp = floatMap('exp', 'e to the power of each sample; infinite where that is too large.', Math.exp);
export const sqrt = floatMap('sqrt', 'Square root of each sample; NaN below zero.', Math.sqrt);
export const ln = floatMap('ln', 'Natural logarithm of each sample: -Inf of zero, NaN below.', Math.log);
export const log2 = floatMap('log2', 'Binary logarithm of each sample: -Inf of zero, NaN below.', Math.log2);
export const log10 = floatMap('log10', 'Decimal logarithm of each sample: -Inf of zero, NaN below.', Math.log10);

export const sgn = floatMap('sgn', '1 for samples above zero, -1 for those below, 0 for zero.', value =>
  value < 0 ? -1 : value > 0 ? 1 : value,
);

export const round: MapFunction = floatMap(
  'round',
  'Each sample rounded to the nearest multiple of the second argument (1 without it); what lies in the middle goes up. Round last: sums of rounded values are off.',
  (value, scalars) => {
    // By the inverse: dividing by a tenth loses more than multiplying by ten.
    const inverse = 1 / (scalars[0] ?? 1);
    return Math.floor(value * inverse + 0.5) / inverse;
  },
);
