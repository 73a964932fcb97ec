import { withHint, type FloatHistogram } from '../histogram/float-histogram.js';
import { float, histogram, type StepSeries, type Steps } from '../value/series.js';
import type { CleanSeries } from './clean-series.js';

/**
 * The samples of a series that a subquery gave, as a range selector would see them.
 *
 * What is known of resets between its histograms is forgotten: a subquery leaves samples out or gives them twice.
 */
export function samplesOf(series: StepSeries, steps: Steps): CleanSeries {
  const { kinds, values } = series;
  let floats = 0;
  for (let step = 0; step < kinds.length; step++) if (kinds[step] === float) floats++;
  const timesMs = new Float64Array(floats);
  const kept = new Float64Array(floats);
  const histogramTimesMs: number[] = [];
  const histograms: FloatHistogram[] = [];
  let to = 0;
  let before = -Infinity;
  let mayReset = false;
  for (let step = 0; step < kinds.length; step++) {
    const kind = kinds[step];
    if (kind === float) {
      const value = values[step]!;
      if (!(value >= before)) mayReset = true;
      before = value;
      timesMs[to] = steps.startMs + step * steps.stepMs;
      kept[to++] = value;
    } else if (kind === histogram) {
      const one = series.histograms?.[step];
      if (one === undefined) continue;
      histogramTimesMs.push(steps.startMs + step * steps.stepMs);
      histograms.push(one.counterResetHint === 'gauge' ? one : withHint(one, 'unknown'));
    }
  }
  return { timesMs, values: kept, histogramTimesMs: new Float64Array(histogramTimesMs), histograms, mayReset };
}
