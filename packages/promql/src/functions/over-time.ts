import { histogramAvg, histogramSum } from '../histogram/over-time.js';
import { CompensatedSum } from './compensated-sum.js';
import type { CallContext, RangeFunction, RangeWindow } from './define.js';
import { floatRange } from './float-range.js';
import { badQuantileText, quantileOf } from './quantile.js';
import { hasFloats, hasHistograms, warnOfMix } from './sample-mix.js';

const running = new CompensatedSum();

function sumOf({ values, from, to }: RangeWindow): number {
  running.start(0);
  for (let at = from; at < to; at++) running.add(values[at]!);
  return running.total();
}

/** The mean from the sum; from where the sum would overflow, step by step from the mean so far. */
function meanOf({ values, from, to }: RangeWindow): number {
  running.start(values[from]!);
  for (let at = from + 1; at < to; at++) {
    const { sum, lost } = running;
    running.add(values[at]!);
    if (Math.abs(running.sum) === Infinity) return meanByStepsOf(values, from, at, to, sum, lost);
  }
  const count = to - from;
  return running.sum / count + running.lost / count;
}

function meanByStepsOf(
  values: Float64Array,
  from: number,
  next: number,
  to: number,
  sum: number,
  lost: number,
): number {
  running.sum = sum / (next - from);
  running.lost = lost / (next - from);
  for (let at = next; at < to; at++) {
    const count = at - from + 1;
    const kept = (count - 1) / count;
    running.sum *= kept;
    running.lost *= kept;
    running.add(values[at]! / count);
  }
  return running.total();
}

const mean = new CompensatedSum();
const squares = new CompensatedSum();

/** Welford's way: distances from the mean so far, both sums compensated. */
function varianceOf({ values, from, to }: RangeWindow): number {
  mean.start(0);
  squares.start(0);
  for (let at = from; at < to; at++) {
    const value = values[at]!;
    const distance = value - mean.total();
    mean.add(distance / (at - from + 1));
    squares.add(distance * (value - mean.total()));
  }
  return squares.total() / (to - from);
}

let scratch = new Float64Array(256);

/** A copy of the window's floats at the start of an array that is used again. */
function copied({ values, from, to }: RangeWindow): Float64Array {
  const count = to - from;
  if (scratch.length < count) scratch = new Float64Array(2 * count);
  for (let at = 0; at < count; at++) scratch[at] = values[from + at]!;
  return scratch;
}

/** Where the largest is, or with -1 the smallest; the first or last of equal ones; a number rather than NaN. */
function placeOfMost({ values, from, to }: RangeWindow, sign: 1 | -1, last: boolean): number {
  let place = from;
  let most = sign * values[from]!;
  for (let at = from + 1; at < to; at++) {
    const value = sign * values[at]!;
    if (value > most || (last && value === most) || most !== most) {
      most = value;
      place = at;
    }
  }
  return place;
}

/** Both kinds have a sum or mean, but not one of them together. */
function ofOneKind(
  name: string,
  doc: string,
  floats: (window: RangeWindow) => number,
  histograms: (window: RangeWindow, context: CallContext) => ReturnType<RangeFunction['reduce']>,
): RangeFunction {
  return {
    kind: 'range',
    name,
    doc,
    reduce(window, _scalars, context) {
      if (!hasHistograms(window)) return hasFloats(window) ? floats(window) : undefined;
      if (!hasFloats(window)) return histograms(window, context);
      warnOfMix(window, context);
      return undefined;
    },
  };
}

export const sumOverTime = ofOneKind(
  'sum_over_time',
  'Sum of all samples in the range. For a gauge this grows with the scrape rate; avg_over_time is mostly what is meant.',
  sumOf,
  (window, context) => histogramSum(window, context),
);

export const avgOverTime = ofOneKind(
  'avg_over_time',
  'Mean of the samples in the range, each with the same weight however far apart they are. For gauges; use rate for counters.',
  meanOf,
  (window, context) => histogramAvg(window, context),
);

export const countOverTime: RangeFunction = {
  kind: 'range',
  name: 'count_over_time',
  doc: 'How many samples the range holds, floats and histograms alike. It counts scrapes, not events.',
  reduce: window => window.to - window.from + window.histogramTo - window.histogramFrom,
};

export const presentOverTime: RangeFunction = {
  kind: 'range',
  name: 'present_over_time',
  doc: '1 for every series that has any sample in the range, whatever its value.',
  reduce: () => 1,
};

export const lastOverTime: RangeFunction = {
  kind: 'range',
  name: 'last_over_time',
  doc: 'The newest sample in the range. Bridges gaps longer than the lookback of a plain selector; the name stays.',
  keepsName: true,
  reduce(window) {
    const { timesMs, values, from, to, histogramTimesMs, histograms, histogramFrom, histogramTo } = window;
    const isFloat =
      histogramTo === histogramFrom || (to > from && histogramTimesMs[histogramTo - 1]! < timesMs[to - 1]!);
    return isFloat ? values[to - 1]! : histograms[histogramTo - 1];
  },
};

export const maxOverTime = floatRange({
  name: 'max_over_time',
  doc: 'The largest sample in the range. A peak between two scrapes is never seen.',
  reduce: window => window.values[placeOfMost(window, 1, false)]!,
});

export const minOverTime = floatRange({
  name: 'min_over_time',
  doc: 'The smallest sample in the range. `min_over_time(up[5m]) == 0` finds targets that were down for one scrape.',
  reduce: window => window.values[placeOfMost(window, -1, false)]!,
});

export const tsOfMaxOverTime = floatRange({
  name: 'ts_of_max_over_time',
  doc: 'When the largest sample of the range was, in seconds since 1970; the newest of equal ones.',
  reduce: window => window.timesMs[placeOfMost(window, 1, true)]! / 1000,
});

export const tsOfMinOverTime = floatRange({
  name: 'ts_of_min_over_time',
  doc: 'When the smallest sample of the range was, in seconds since 1970; the newest of equal ones.',
  reduce: window => window.timesMs[placeOfMost(window, -1, true)]! / 1000,
});

export const tsOfLastOverTime: RangeFunction = {
  kind: 'range',
  name: 'ts_of_last_over_time',
  doc: 'When the newest sample of the range was, in seconds since 1970. `time() -` this is how long a series has been silent.',
  reduce({ timesMs, from, to, histogramTimesMs, histogramFrom, histogramTo }) {
    const float = to > from ? timesMs[to - 1]! : 0;
    const histogram = histogramTo > histogramFrom ? histogramTimesMs[histogramTo - 1]! : 0;
    return Math.max(float, histogram) / 1000;
  },
};

export const stdvarOverTime = floatRange({
  name: 'stdvar_over_time',
  doc: 'Variance of the samples in the range (of the population), in the square of their unit.',
  reduce: varianceOf,
});

export const stddevOverTime = floatRange({
  name: 'stddev_over_time',
  doc: 'Standard deviation of the samples in the range (of the population): how much a gauge swings.',
  reduce: window => Math.sqrt(varianceOf(window)),
});

export const madOverTime = floatRange({
  name: 'mad_over_time',
  doc: 'Median distance of the samples from their median. Outliers barely move it.',
  reduce(window) {
    const { values, from } = window;
    const count = window.to - from;
    const distances = copied(window);
    const median = quantileOf(0.5, distances, count);
    for (let at = 0; at < count; at++) distances[at] = Math.abs(values[from + at]! - median);
    return quantileOf(0.5, distances, count);
  },
});

export const quantileOverTime = floatRange({
  name: 'quantile_over_time',
  doc: 'The q-quantile (0 to 1) of the samples in the range. Of what was sampled over time, not of requests: for those see histogram_quantile.',
  reduce(window, scalars, context) {
    const q = scalars[0] ?? NaN;
    if (!(q >= 0 && q <= 1)) context.annotations.warn(badQuantileText(q), context.argStarts[0]);
    return quantileOf(q, copied(window), window.to - window.from);
  },
});
