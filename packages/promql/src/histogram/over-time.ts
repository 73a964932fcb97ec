import type { CallContext, RangeWindow } from '../functions/define.js';
import { extrapolation } from '../functions/extrapolation.js';
import { add, compact, divide, subtract, toSchema } from './arithmetic.js';
import { detectReset } from './detect-reset.js';
import { emptyHistogram, usesCustomBuckets, withHint, type FloatHistogram } from './float-histogram.js';
import { HistogramTotal, type Incompatible } from './histogram-total.js';

type HistogramWindow = Pick<RangeWindow, 'histograms' | 'histogramFrom' | 'histogramTo' | 'metric'>;
type Said = Pick<CallContext, 'annotations' | 'argStarts'>;

export interface Kind {
  /** May only grow; where it falls it began again at zero. Else a gauge. */
  readonly isCounter: boolean;
}

export interface Growth extends Kind {
  /** Per second rather than over the whole range. */
  readonly perSecond: boolean;
}

/** By how much a histogram grew over the range, which needs two samples; `undefined`, with a warning, when they do not fit together. */
export function histogramRate(
  window: Omit<RangeWindow, 'timesMs' | 'values'>,
  { isCounter, perSecond }: Growth,
  context: Said,
): FloatHistogram | undefined {
  const { histogramTimesMs, histogramFrom: from, histogramTo: to, rangeStartMs, rangeEndMs } = window;
  if (to - from < 2) return undefined;
  const growth = growthBetween(window, { isCounter }, context);
  if (growth === undefined) return undefined;
  const firstMs = histogramTimesMs[from]!;
  const lastMs = histogramTimesMs[to - 1]!;
  const factor = extrapolation(firstMs, lastMs, to - from, rangeStartMs, rangeEndMs, Infinity);
  growth.multiply(perSecond ? factor / ((rangeEndMs - rangeStartMs) / 1000) : factor);
  return compact(growth.value());
}

/** By how much a histogram grew from the first to the last sample of the window. */
function growthBetween(window: HistogramWindow, { isCounter }: Kind, context: Said): HistogramTotal | undefined {
  const { histograms, histogramFrom: from, histogramTo: to } = window;
  const first = histograms[from]!;
  const last = histograms[to - 1]!;
  const start = isCounter ? afterReset(first, histograms[from + 1]!) : first;
  const isCustom = usesCustomBuckets(start);
  if (usesCustomBuckets(last) !== isCustom) return refuse('exponential and custom buckets', window, context);
  let schema = Math.min(start.schema, last.schema);
  let gauges = first.counterResetHint === 'gauge' ? 1 : 0;
  for (let at = from + 1; at < to; at++) {
    const histogram = histograms[at]!;
    if (histogram.counterResetHint === 'gauge') gauges++;
    if (!isCounter) continue;
    if (usesCustomBuckets(histogram) !== isCustom) return refuse('exponential and custom buckets', window, context);
    schema = Math.min(schema, histogram.schema);
  }
  const growth = new HistogramTotal(toSchema(last, schema));
  const reason = growth.subtract(start) ?? (isCounter ? addResets(growth, window, start) : undefined);
  if (reason !== undefined) return refuse(reason, window, context);
  if (isCounter && gauges > 0) warnNotCounter(window, context);
  const isGauge = first.counterResetHint === 'gauge' && last.counterResetHint === 'gauge';
  if (!isCounter && !isGauge) warnNotGauge(window, context);
  growth.hint('gauge');
  return growth;
}

/** The first sample, or nothing when a reset came right after it: then its layout does not matter. */
function afterReset(first: FloatHistogram, second: FloatHistogram): FloatHistogram {
  if (!detectReset(second, first)) return first;
  return { ...emptyHistogram, schema: second.schema, customValues: second.customValues };
}

/** Adds what was lost in resets: the sample before each. */
function addResets(
  growth: HistogramTotal,
  { histograms, histogramFrom, histogramTo }: HistogramWindow,
  start: FloatHistogram,
): Incompatible | undefined {
  let previous = start;
  for (let at = histogramFrom + 1; at < histogramTo; at++) {
    const current = histograms[at]!;
    const reason = detectReset(current, previous) ? growth.add(previous) : undefined;
    if (reason !== undefined) return reason;
    previous = current;
  }
  return undefined;
}

/** What came between two samples; of a counter that was reset, the later one. */
export function histogramDifference(
  earlier: FloatHistogram,
  later: FloatHistogram,
  { isCounter }: Kind,
  window: Pick<RangeWindow, 'metric'>,
  context: Said,
): FloatHistogram | undefined {
  const isGauge = [earlier, later].map(({ counterResetHint }) => counterResetHint === 'gauge');
  if (isCounter && isGauge.includes(true)) warnNotCounter(window, context);
  if (!isCounter && isGauge.includes(false)) warnNotGauge(window, context);
  const difference = isCounter && detectReset(later, earlier) ? later : subtract(later, earlier);
  if (typeof difference === 'string') return refuse(difference, window, context);
  return compact(withHint(difference, 'gauge'));
}

/** The sum of the histograms of the window, which has at least one. */
export function histogramSum(window: HistogramWindow, context: Said): FloatHistogram | undefined {
  const { histograms, histogramFrom, histogramTo } = window;
  const total = new HistogramTotal(histograms[histogramFrom]!);
  for (let at = histogramFrom + 1; at < histogramTo; at++) {
    const reason = total.add(histograms[at]!);
    if (reason !== undefined) return refuse(reason, window, context);
  }
  return total.value();
}

/** The mean of the histograms of the window, which has at least one. */
export function histogramAvg(window: HistogramWindow, context: Said): FloatHistogram | undefined {
  const { histograms, histogramFrom, histogramTo } = window;
  let mean: FloatHistogram | Incompatible = histograms[histogramFrom]!;
  for (let at = histogramFrom + 1; at < histogramTo; at++) {
    mean = nextMean(mean, histograms[at]!, at - histogramFrom + 1);
    if (typeof mean === 'string') return refuse(mean, window, context);
  }
  return mean;
}

/** The mean of `count` histograms from the mean of all but the last: step by step, so that no sum overflows. */
export function nextMean(mean: FloatHistogram, next: FloatHistogram, count: number): FloatHistogram | Incompatible {
  const change = subtract(divide(next, count), divide(mean, count));
  return typeof change === 'string' ? change : add(mean, change);
}

function refuse(reason: Incompatible, window: Pick<RangeWindow, 'metric'>, context: Said): undefined {
  context.annotations.warn(incompatibleText(reason, window.metric), context.argStarts[0]);
  return undefined;
}

/** What is said of histograms that do not fit together. */
export function incompatibleText(reason: Incompatible, metric: string): string {
  const what =
    reason === 'different custom bounds'
      ? 'vector contains histograms with incompatible custom buckets'
      : 'vector contains a mix of histograms with exponential and custom buckets schemas';
  return `${what} for metric name ${JSON.stringify(metric)}`;
}

function warnNotCounter({ metric }: Pick<RangeWindow, 'metric'>, { annotations, argStarts }: Said): void {
  annotations.warn(`this native histogram metric is not a counter: ${JSON.stringify(metric)}`, argStarts[0]);
}

function warnNotGauge({ metric }: Pick<RangeWindow, 'metric'>, { annotations, argStarts }: Said): void {
  annotations.warn(`this native histogram metric is not a gauge: ${JSON.stringify(metric)}`, argStarts[0]);
}
