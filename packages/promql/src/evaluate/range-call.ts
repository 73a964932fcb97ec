import type { CallContext, RangeFunction, RangeWindow } from '../functions/define.js';
import { labelValue, metricName, type Labels } from '../value/labels.js';
import { float, histogram, type StepSeries, type Steps } from '../value/series.js';
import type { CleanSeries } from './clean-series.js';
import type { Column } from './column.js';
import type { Guard } from './guard.js';
import type { PassingSeries } from './passing-series.js';
import { placesFor, type WindowPlaces, type Windows } from './window-places.js';

export interface Ranged {
  readonly labels: Labels;
  /** The series comes from an expression that made its name untrue. */
  readonly dropName: boolean;
  readonly samples: CleanSeries;
}

/** Slides the windows over each series and lets the function reduce what each of them shows. */
export function rangeCall(
  func: RangeFunction,
  input: readonly Ranged[],
  scalars: readonly Float64Array[],
  windows: Windows,
  { column, guard, ...at }: RangeCall,
): readonly PassingSeries[] {
  const dropName = func.keepsName !== true;
  const placesOf = placesFor(windows, at.steps.count);
  return input.map(one => ({
    labels: one.labels,
    dropName,
    compute() {
      guard.work(at.steps.count + one.samples.values.length);
      const reduced = reduceSeries(func, one, scalars, placesOf(one.samples.timesMs), { ...at, column: column() });
      if (reduced?.hasFloats === true) func.afterSeries?.(one.labels, at.context);
      return reduced?.series;
    },
  }));
}

interface RangeCall {
  readonly steps: Steps;
  readonly context: CallContext;
  readonly guard: Guard;
  /** Where the next series is written. */
  readonly column: () => Column;
}

function reduceSeries(
  func: RangeFunction,
  { labels, samples }: Ranged,
  scalars: readonly Float64Array[],
  places: WindowPlaces,
  { steps, context, column }: Pick<RangeCall, 'steps' | 'context'> & { readonly column: Column },
): { readonly series: StepSeries; readonly hasFloats: boolean } | undefined {
  const { timesMs, values, histogramTimesMs, histograms } = samples;
  const { kinds, values: results } = column;
  const dropName = func.keepsName !== true;
  if (func.reduceFloats !== undefined && histograms.length === 0) {
    const floats = func.reduceFloats({ values, mayReset: samples.mayReset, places }, column, context);
    if (floats === 0) return undefined;
    return { series: { labels, kinds, values: results, histograms: undefined, dropName }, hasFloats: true };
  }
  const { firstEndMs, strideMs, rangeMs, leftOpen } = places.windows;
  let resultHistograms: StepSeries['histograms'];
  const args = scalars.map(column => column[0] ?? NaN);
  const window: RangeWindow = {
    timesMs,
    values,
    from: 0,
    to: 0,
    histogramTimesMs,
    histograms,
    histogramFrom: 0,
    histogramTo: 0,
    rangeStartMs: 0,
    rangeEndMs: 0,
    stepMs: 0,
    mayReset: samples.mayReset,
    metric: labelValue(labels, metricName),
  };
  const histogramCount = histogramTimesMs.length;
  let histogramFrom = 0;
  let histogramTo = 0;
  let floats = 0;
  let others = 0;
  // A sample at the start of a closed range is in it: its start is moved before that sample.
  const slackMs = leftOpen ? 0 : 0.5;
  for (let step = 0; step < steps.count; step++) {
    const endMs = firstEndMs + step * strideMs;
    const startMs = endMs - rangeMs;
    const from = places.from[step]!;
    const to = places.to[step]!;
    if (histogramCount > 0) {
      while (histogramTo < histogramCount && histogramTimesMs[histogramTo]! <= endMs) histogramTo++;
      while (histogramFrom < histogramTo && histogramTimesMs[histogramFrom]! <= startMs - slackMs) histogramFrom++;
    }
    if (from === to && histogramFrom === histogramTo) continue;
    window.from = from;
    window.to = to;
    window.histogramFrom = histogramFrom;
    window.histogramTo = histogramTo;
    window.rangeStartMs = startMs;
    window.rangeEndMs = endMs;
    window.stepMs = steps.startMs + step * steps.stepMs;
    for (let at = 0; at < args.length; at++) args[at] = scalars[at]![step]!;
    const result = func.reduce(window, args, context);
    if (result === undefined) continue;
    if (typeof result === 'number') {
      kinds[step] = float;
      results[step] = result;
      floats++;
    } else {
      kinds[step] = histogram;
      resultHistograms ??= Array.from({ length: steps.count });
      resultHistograms[step] = result;
      others++;
    }
  }
  if (floats + others === 0) return undefined;
  return { series: { labels, kinds, values: results, histograms: resultHistograms, dropName }, hasFloats: floats > 0 };
}
