import type { CallContext, MapFunction } from '../functions/define.js';
import { float, histogram, type StepSeries, type Steps } from '../value/series.js';
import { emptyColumn } from './column.js';
import type { Guard } from './guard.js';

/** Lets the function turn each sample of each series into another. */
export function mapCall(
  func: MapFunction,
  input: readonly StepSeries[],
  scalars: readonly Float64Array[],
  { steps, context, guard }: { readonly steps: Steps; readonly context: CallContext; readonly guard: Guard },
): readonly StepSeries[] {
  const results: StepSeries[] = [];
  const args = scalars.map(column => column[0] ?? NaN);
  for (const series of input) {
    guard.hold(steps.count);
    const { kinds, values } = emptyColumn(steps.count);
    let histograms: StepSeries['histograms'];
    let seen = 0;
    for (let step = 0; step < steps.count; step++) {
      const kind = series.kinds[step];
      let result;
      if (kind === float) {
        for (let at = 0; at < args.length; at++) args[at] = scalars[at]![step]!;
        result = func.map(series.values[step]!, args, context);
      } else if (kind === histogram) {
        const one = series.histograms?.[step];
        for (let at = 0; at < args.length; at++) args[at] = scalars[at]![step]!;
        result = one === undefined ? undefined : func.mapHistogram?.(one, args, context);
      }
      if (result === undefined) continue;
      seen++;
      if (typeof result === 'number') {
        kinds[step] = float;
        values[step] = result;
      } else {
        kinds[step] = histogram;
        histograms ??= Array.from({ length: steps.count });
        histograms[step] = result;
      }
    }
    if (seen > 0) results.push({ labels: series.labels, kinds, values, histograms, dropName: true });
  }
  return results;
}
