import { emptyColumn } from '../evaluate/column.js';
import { badQuantileText, quantileOf } from '../functions/quantile.js';
import { float, histogram, type StepSeries } from '../value/series.js';
import { sayIgnored, type Reduced, type ReductionContext } from './reduction.js';

/** Says of each bound that the wanted quantiles cross how far they do. */
export function sayBadQuantiles(wanted: Float64Array, { annotations }: ReductionContext, start: number): void {
  const highest = wanted.reduce((a, b) => Math.max(a, b), -Infinity);
  const lowest = wanted.reduce((a, b) => Math.min(a, b), Infinity);
  if (highest !== highest) annotations.warn(badQuantileText(NaN), start);
  if (highest > 1) annotations.warn(badQuantileText(highest), start);
  if (lowest < 0) annotations.warn(badQuantileText(lowest), start);
}

/** The quantile of a group's floats at each step. */
export function quantile(wanted: Float64Array, series: readonly StepSeries[], context: ReductionContext): Reduced {
  const { stepCount } = context;
  const { kinds, values } = emptyColumn(stepCount);
  const room = new Float64Array(series.length);
  for (let step = 0; step < stepCount; step++) {
    context.guard.work(series.length);
    let count = 0;
    for (const one of series) {
      const kind = one.kinds[step];
      if (kind === float) room[count++] = one.values[step]!;
      else if (kind === histogram) sayIgnored(context, 'quantile');
    }
    if (count === 0) continue;
    kinds[step] = float;
    values[step] = quantileOf(wanted[step]!, room, count);
  }
  return { kinds, values, histograms: undefined };
}
