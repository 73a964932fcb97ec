import { divide } from '../histogram/arithmetic.js';
import { histogramDifference, histogramRate } from '../histogram/over-time.js';
import type { Column } from '../evaluate/column.js';
import type { WindowPlaces } from '../evaluate/window-places.js';
import { labelValue, metricName, type Labels } from '../value/labels.js';
import { float } from '../value/series.js';
import type { CallContext, FloatWindows, RangeFunction, RangeWindow } from './define.js';
import { extrapolation } from './extrapolation.js';
import { hasFloats, hasHistograms, warnOfMix } from './sample-mix.js';

interface Growth {
  /** May only grow; where it falls it began again at zero. */
  readonly isCounter: boolean;
  /** Per second rather than over the whole range. */
  readonly perSecond: boolean;
}

/** The growth of a counter with what it lost in its resets: the value before each fall. */
function withResets(growth: number, values: Float64Array, from: number, to: number): number {
  let whole = growth;
  if (to - from > longWindow) {
    const falls = fallsOf(values);
    for (let at = firstAbove(falls, from); at < falls.length && falls[at]! < to; at++) whole += values[falls[at]! - 1]!;
    return whole;
  }
  let previous = values[from]!;
  for (let at = from + 1; at < to; at++) {
    const value = values[at]!;
    if (value < previous) whole += previous;
    previous = value;
  }
  return whole;
}

/** From so many samples on it pays to know where a series falls rather than to look at each window of it again. */
const longWindow = 40;

/** Where each series falls: it is looked for once. */
const knownFalls = new WeakMap<Float64Array, Int32Array>();

function fallsOf(values: Float64Array): Int32Array {
  const known = knownFalls.get(values);
  if (known !== undefined) return known;
  const places: number[] = [];
  for (let at = 1; at < values.length; at++) if (values[at]! < values[at - 1]!) places.push(at);
  const falls = Int32Array.from(places);
  knownFalls.set(values, falls);
  return falls;
}

/** Where the first place after `from` stands in a rising list. */
function firstAbove(places: Int32Array, from: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! > from) high = middle;
    else low = middle + 1;
  }
  return low;
}

function growthOf(
  window: RangeWindow,
  { isCounter, perSecond }: Growth,
  { prometheus2 }: CallContext,
): number | undefined {
  const { timesMs, values, from, to, rangeStartMs, rangeEndMs } = window;
  if (to - from < 2) return undefined;
  const firstMs = timesMs[from]!;
  const lastMs = timesMs[to - 1]!;
  const first = values[from]!;
  let growth = values[to - 1]! - first;
  if (isCounter && window.mayReset) growth = withResets(growth, values, from, to);
  const zeroShare = isCounter && growth > 0 && first >= 0 ? first / growth : Infinity;
  const factor = extrapolation(firstMs, lastMs, to - from, rangeStartMs, rangeEndMs, zeroShare, prometheus2);
  return growth * (perSecond ? factor / ((rangeEndMs - rangeStartMs) / 1000) : factor);
}

/** What the windows in a list of times come to, whatever the values are: by step. */
interface Extrapolations {
  /** Seconds between the first and the last sample, and from the start of the range to the first. */
  readonly sampled: Float64Array;
  readonly before: Float64Array;
  /** By how much growth is multiplied, unless the series was zero within `before`; and the same per second. */
  readonly factor: Float64Array;
  readonly perSecond: Float64Array;
}

function extrapolationsOf({ timesMs, from, to, windows }: WindowPlaces): Extrapolations {
  const count = from.length;
  const sampled = new Float64Array(count);
  const before = new Float64Array(count);
  const factors = new Float64Array(count);
  const perSecond = new Float64Array(count);
  for (let step = 0; step < count; step++) {
    const first = from[step]!;
    const samples = to[step]! - first;
    if (samples < 2) continue;
    const endMs = windows.firstEndMs + step * windows.strideMs;
    const startMs = endMs - windows.rangeMs;
    const firstMs = timesMs[first]!;
    const lastMs = timesMs[first + samples - 1]!;
    sampled[step] = (lastMs - firstMs) / 1000;
    before[step] = (firstMs - startMs) / 1000;
    const factor = extrapolation(firstMs, lastMs, samples, startMs, endMs, Infinity);
    factors[step] = factor;
    perSecond[step] = factor / ((endMs - startMs) / 1000);
  }
  return { sampled, before, factor: factors, perSecond };
}

/** Where a counter may have been zero this close before the start, `extrapolation` is asked itself: rounding must not decide. */
const zeroSlack = 1.000001;

function growthAtSteps(
  { values, mayReset, places }: FloatWindows,
  { kinds, values: results }: Column,
  { isCounter, perSecond }: Growth,
  { prometheus2 }: CallContext,
): number {
  const { timesMs, from: froms, to: tos, windows } = places;
  const known = places.known(extrapolationsOf);
  const { sampled, before } = known;
  const factors = perSecond ? known.perSecond : known.factor;
  const looksForResets = isCounter && mayReset;
  let seen = 0;
  for (let step = 0; step < froms.length; step++) {
    const from = froms[step]!;
    const to = tos[step]!;
    if (to - from < 2) continue;
    const first = values[from]!;
    let growth = values[to - 1]! - first;
    if (looksForResets) growth = withResets(growth, values, from, to);
    let factor = factors[step]!;
    if (isCounter && growth > 0 && first >= 0 && first * sampled[step]! <= before[step]! * growth * zeroSlack) {
      const endMs = windows.firstEndMs + step * windows.strideMs;
      const startMs = endMs - windows.rangeMs;
      factor = extrapolation(timesMs[from]!, timesMs[to - 1]!, to - from, startMs, endMs, first / growth, prometheus2);
      if (perSecond) factor /= (endMs - startMs) / 1000;
    }
    kinds[step] = float;
    results[step] = growth * factor;
    seen++;
  }
  return seen;
}

function extrapolated(name: string, doc: string, growth: Growth): RangeFunction {
  return {
    kind: 'range',
    name,
    doc,
    reduce(window, _scalars, context) {
      if (!hasHistograms(window)) return growthOf(window, growth, context);
      if (!hasFloats(window)) return histogramRate(window, growth, context);
      warnOfMix(window, context);
      return undefined;
    },
    reduceFloats: (floats, into, context) => growthAtSteps(floats, into, growth, context),
    ...(growth.isCounter ? { afterSeries: noteDoubtfulCounter } : {}),
  };
}

/** Says that a metric does not look like a counter: by its type where types are labels, else by its name. */
function noteDoubtfulCounter(labels: Labels, { annotations, argStarts, typeAndUnitLabels }: CallContext): void {
  const name = labelValue(labels, metricName);
  if (name === '') return;
  if (typeAndUnitLabels === true) {
    const type = labelValue(labels, '__type__');
    if (type === 'counter') return;
    annotations.info(
      `metric might not be a counter, __type__ label is not set to "counter", got ${JSON.stringify(type)}: ${JSON.stringify(name)}`,
      argStarts[0],
    );
  } else if (name !== lastCounter && !/_(?:total|sum|count|bucket)$/.test(name)) {
    annotations.info(
      `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(name)}`,
      argStarts[0],
    );
  } else lastCounter = name;
}

/** A name that looks like a counter's: mostly that of the next series as well. */
let lastCounter = '';

/** The newest two samples of a range, whichever kind they are. */
function newestTwo(isCounter: boolean, window: RangeWindow, context: CallContext): ReturnType<RangeFunction['reduce']> {
  const { timesMs, values, from, to, histogramTimesMs, histograms, histogramFrom, histogramTo } = window;
  if (to - from + histogramTo - histogramFrom < 2) return undefined;
  const floatMs = to > from ? timesMs[to - 1]! : -Infinity;
  const histogramMs = histogramTo > histogramFrom ? histogramTimesMs[histogramTo - 1]! : -Infinity;
  if (floatMs > histogramMs && to - from > 1 && timesMs[to - 2]! > histogramMs) {
    const last = values[to - 1]!;
    const before = values[to - 2]!;
    const change = isCounter && last < before ? last : last - before;
    return isCounter ? change / ((floatMs - timesMs[to - 2]!) / 1000) : change;
  }
  const beforeMs = histogramTo - histogramFrom > 1 ? histogramTimesMs[histogramTo - 2]! : -Infinity;
  if (histogramMs > floatMs && beforeMs > floatMs) {
    const [before, last] = [histograms[histogramTo - 2]!, histograms[histogramTo - 1]!];
    const change = histogramDifference(before, last, { isCounter }, window, context);
    return change && isCounter ? divide(change, (histogramMs - beforeMs) / 1000) : change;
  }
  warnOfMix(window, context);
  return undefined;
}

export const rate = extrapolated(
  'rate',
  'Growth of a counter per second over the range, resets included. For counters only, and before any sum: `sum(rate(x[5m]))`, never `rate(sum(x)[5m:])`. The range should hold four scrapes.',
  { isCounter: true, perSecond: true },
);

export const increase = extrapolated(
  'increase',
  'Growth of a counter over the whole range, resets included: rate times seconds. Extrapolated to the ends of the range, so seldom a whole number.',
  { isCounter: true, perSecond: false },
);

export const delta = extrapolated(
  'delta',
  'How much a gauge rose or fell over the range, extrapolated to its ends. Not for counters: a reset looks like a fall.',
  { isCounter: false, perSecond: false },
);

export const irate: RangeFunction = {
  kind: 'range',
  name: 'irate',
  doc: 'Growth of a counter per second between the newest two samples. For graphs of what jumps; for alerts use rate, which a single scrape can not fool.',
  reduce: (window, _scalars, context) => newestTwo(true, window, context),
};

export const idelta: RangeFunction = {
  kind: 'range',
  name: 'idelta',
  doc: 'Difference of the newest two samples of a gauge.',
  reduce: (window, _scalars, context) => newestTwo(false, window, context),
};
