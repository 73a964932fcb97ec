import { absent, absentOverTime } from './absent.js';
import { dayOfMonth, dayOfTheYear, dayOfWeek, daysInMonth, hour, minute, month, year } from './calendar.js';
import { changes, resets } from './changes.js';
import { clamp, clampMax, clampMin } from './clamp.js';
import type { PromFunction } from './define.js';
import { histogramFraction } from './histogram-fraction.js';
import { histogramAvg, histogramCount, histogramStddev, histogramStdvar, histogramSum } from './histogram-parts.js';
import { histogramQuantile } from './histogram-quantile.js';
import { labelJoin, labelReplace } from './labels.js';
import { info } from './info.js';
import { abs, ceil, exp, floor, ln, log10, log2, round, sgn, sqrt } from './math.js';
import {
  avgOverTime,
  countOverTime,
  lastOverTime,
  madOverTime,
  maxOverTime,
  minOverTime,
  presentOverTime,
  quantileOverTime,
  stddevOverTime,
  stdvarOverTime,
  sumOverTime,
  tsOfLastOverTime,
  tsOfMaxOverTime,
  tsOfMinOverTime,
} from './over-time.js';
import { deriv, predictLinear } from './predict.js';
import { delta, idelta, increase, irate, rate } from './rate.js';
import { pi, scalar, time, vector } from './scalars.js';
import { doubleExponentialSmoothing } from './smoothing.js';
import { sort, sortByLabel, sortByLabelDesc, sortDesc } from './sort.js';
import { timestamp } from './timestamp.js';
import { acos, acosh, asin, asinh, atan, atanh, cos, cosh, deg, rad, sin, sinh, tan, tanh } from './trigonometry.js';

const all: readonly PromFunction[] = [
  abs,
  absent,
  absentOverTime,
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atanh,
  avgOverTime,
  ceil,
  changes,
  clamp,
  clampMax,
  clampMin,
  cos,
  cosh,
  countOverTime,
  dayOfMonth,
  dayOfTheYear,
  dayOfWeek,
  daysInMonth,
  deg,
  delta,
  deriv,
  doubleExponentialSmoothing,
  exp,
  floor,
  histogramAvg,
  histogramCount,
  histogramFraction,
  histogramQuantile,
  histogramStddev,
  histogramStdvar,
  histogramSum,
  hour,
  idelta,
  increase,
  info,
  irate,
  labelJoin,
  labelReplace,
  lastOverTime,
  ln,
  log10,
  log2,
  madOverTime,
  maxOverTime,
  minOverTime,
  minute,
  month,
  pi,
  predictLinear,
  presentOverTime,
  quantileOverTime,
  rad,
  rate,
  resets,
  round,
  scalar,
  sgn,
  sin,
  sinh,
  sort,
  sortByLabel,
  sortByLabelDesc,
  sortDesc,
  sqrt,
  stddevOverTime,
  stdvarOverTime,
  sumOverTime,
  tan,
  tanh,
  time,
  timestamp,
  tsOfLastOverTime,
  tsOfMaxOverTime,
  tsOfMinOverTime,
  vector,
  year,
];

/** Every function of the language by its name. */
export const functions: ReadonlyMap<string, PromFunction> = new Map(all.map(one => [one.name, one]));
