import type { MapFunction } from './define.js';
import { floatMap } from './float-map.js';

/** The value held between two bounds. An infinite bound holds NaN as well, otherwise NaN stays: so Prometheus has it. */
function clamped(value: number, min: number, max: number): number | undefined {
  if (max < min) return undefined;
  const below = value === -Infinity || max === -Infinity ? -Infinity : Math.min(value, max);
  return below === Infinity || min === Infinity ? Infinity : Math.max(below, min);
}

export const clamp: MapFunction = floatMap(
  'clamp',
  'Each sample, but no lower than the first bound and no higher than the second. Nothing at all if the bounds are the wrong way round.',
  (value, [min = NaN, max = NaN]) => clamped(value, min, max),
);

export const clampMax: MapFunction = floatMap(
  'clamp_max',
  'Each sample, but no higher than the bound. To leave out what is higher, compare: `x <= 5`.',
  (value, [max = NaN]) => clamped(value, -Infinity, max),
);

export const clampMin: MapFunction = floatMap(
  'clamp_min',
  'Each sample, but no lower than the bound: keeps a divisor from being zero.',
  (value, [min = NaN]) => clamped(value, min, Infinity),
);
