import { compact } from '../histogram/arithmetic.js';
import { HistogramTotal } from '../histogram/histogram-total.js';
import { quoted } from '../parse/quoting.js';
import { absent, float, histogram, type StepSeries } from '../value/series.js';
import { emptyColumn } from '../evaluate/column.js';
import { addCompensated } from './kahan.js';
import { labelValue, metricName } from '../value/labels.js';
import type { Reduced, Reduction, ReductionContext } from './reduction.js';

const hasFloats = 1;
const hasHistograms = 2;
/** Histograms that do not fit: the step has no result. */
const broken = 4;

/** The sum of a group: of floats or of histograms; a mix of both has none. */
export const sum: Reduction = context => {
  const { stepCount } = context;
  const { kinds, values } = emptyColumn(stepCount);
  const lost = new Float64Array(stepCount);
  const seen = new Uint8Array(stepCount);
  let totals: (HistogramTotal | undefined)[] | undefined;
  return {
    add,
    finish: () =>
      settle({ kinds, values, seen, histogramAt: step => totals?.[step]?.value(), context }, step => {
        values[step]! += lost[step]!;
      }),
  };

  function add(one: StepSeries): void {
    context.guard.work(stepCount);
    if (one.histograms !== undefined) totals ??= Array.from({ length: stepCount });
    const from = one.kinds;
    const added = one.values;
    if (totals === undefined) {
      addFloats(from, added);
      return;
    }
    for (let step = 0; step < stepCount; step++) {
      const kind = from[step];
      if (kind === float) {
        if ((seen[step]! & broken) !== 0) continue;
        if (seen[step] === 0) values[step] = added[step]!;
        else addCompensated(values, lost, step, added[step]!);
        seen[step]! |= hasFloats;
      } else if (kind === histogram) addHistogram(one, step);
    }
  }

  /** As long as the group has no histograms, nothing is broken. */
  function addFloats(from: Uint8Array, added: Float64Array): void {
    for (let step = 0; step < stepCount; step++) {
      if (from[step] !== float) continue;
      if (seen[step] !== 0) addCompensated(values, lost, step, added[step]!);
      else {
        seen[step] = hasFloats;
        values[step] = added[step]!;
      }
    }
  }

  function addHistogram(one: StepSeries, step: number): void {
    const added = one.histograms?.[step];
    if (added === undefined || totals === undefined || (seen[step]! & broken) !== 0) return;
    const total = totals[step];
    if (total !== undefined) {
      const reason = total.add(added);
      if (reason !== undefined) {
        sayIncompatible(reason, one, context);
        seen[step]! |= broken;
      }
    } else if (seen[step] === 0) totals[step] = new HistogramTotal(added);
    seen[step]! |= hasHistograms;
  }
};

/** Turns what was gathered into kinds, and says where floats and histograms were mixed. */
export function settle(
  {
    kinds,
    values,
    seen,
    histogramAt,
    context,
  }: {
    readonly kinds: Uint8Array;
    readonly values: Float64Array;
    readonly seen: Uint8Array;
    readonly histogramAt: (step: number) => ReturnType<HistogramTotal['value']> | undefined;
    readonly context: ReductionContext;
  },
  finishFloat: (step: number) => void,
): Reduced {
  let histograms: StepSeries['histograms'];
  for (let step = 0; step < kinds.length; step++) {
    const was = seen[step]!;
    if (was === 0) continue;
    if ((was & hasFloats) !== 0 && (was & hasHistograms) !== 0) {
      context.annotations.warn('encountered a mix of histograms and floats for aggregation', context.start);
      kinds[step] = absent;
    } else if ((was & broken) !== 0) kinds[step] = absent;
    else if (was === hasHistograms) {
      const total = histogramAt(step);
      if (total === undefined) continue;
      histograms ??= Array.from({ length: kinds.length });
      histograms[step] = compact(total);
      kinds[step] = histogram;
    } else {
      finishFloat(step);
      kinds[step] = float;
    }
  }
  return { kinds, values, histograms };
}

export function sayIncompatible(
  reason: NonNullable<ReturnType<HistogramTotal['add']>>,
  { labels }: StepSeries,
  { annotations, start }: ReductionContext,
): void {
  const name = quoted(labelValue(labels, metricName));
  annotations.warn(
    reason === 'different custom bounds'
      ? `vector contains histograms with incompatible custom buckets for metric name ${name}`
      : `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${name}`,
    start,
  );
}
