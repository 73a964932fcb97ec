import { floatMap } from './float-map.js';

export const sin = floatMap('sin', 'Sine of each sample, in radians.', Math.sin);
export const cos = floatMap('cos', 'Cosine of each sample, in radians.', Math.cos);
export const tan = floatMap('tan', 'Tangent of each sample, in radians.', Math.tan);
export const asin = floatMap('asin', 'Arcsine of each sample, in radians; NaN outside of -1 to 1.', Math.asin);
export const acos = floatMap('acos', 'Arccosine of each sample, in radians; NaN outside of -1 to 1.', Math.acos);
export const atan = floatMap(
  'atan',
  'Arctangent of each sample, in radians. Of two vectors: the operator atan2.',
  Math.atan,
);
export const sinh = floatMap('sinh', 'Hyperbolic sine of each sample.', Math.sinh);
export const cosh = floatMap('cosh', 'Hyperbolic cosine of each sample.', Math.cosh);
export const tanh = floatMap('tanh', 'Hyperbolic tangent of each sample.', Math.tanh);
export const asinh = floatMap('asinh', 'Inverse hyperbolic sine of each sample.', Math.asinh);
export const acosh = floatMap('acosh', 'Inverse hyperbolic cosine of each sample; NaN below 1.', Math.acosh);
export const atanh = floatMap(
  'atanh',
  'Inverse hyperbolic tangent of each sample; NaN outside of -1 to 1.',
  Math.atanh,
);
export const deg = floatMap('deg', 'Radians to degrees.', value => (value * 180) / Math.PI);
export const rad = floatMap('rad', 'Degrees to radians.', value => (value * Math.PI) / 180);
