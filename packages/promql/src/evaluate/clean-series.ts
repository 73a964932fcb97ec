import type { FloatHistogram } from '../histogram/float-histogram.js';
import { isStale, wordsOf } from '../value/stale.js';
import type { RawSeries } from '../value/series.js';

/** A series without its stale markers, as range selectors see it. */
export interface CleanSeries {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly histogramTimesMs: Float64Array;
  readonly histograms: readonly FloatHistogram[];
  /** Whether any float is lower than the one before it. */
  readonly mayReset: boolean;
}

/** Copies only when there is a marker to leave out. */
export function cleanSeries(raw: RawSeries): CleanSeries {
  const { timesMs, values, histogramTimesMs, histograms } = raw;
  if (raw.rises === true) return { timesMs, values, histogramTimesMs, histograms, mayReset: false };
  const words = wordsOf(values);
  let stale = 0;
  let mayReset = false;
  let before = -Infinity;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value < before) mayReset = true;
    if (value === value) before = value;
    else if (isStale(words, at)) stale++;
    else mayReset = true;
  }
  if (stale === 0) return { timesMs, values, histogramTimesMs, histograms, mayReset };
  const keptTimesMs = new Float64Array(values.length - stale);
  const kept = new Float64Array(values.length - stale);
  let to = 0;
  for (let at = 0; at < values.length; at++) {
    if (isStale(words, at)) continue;
    keptTimesMs[to] = timesMs[at]!;
    kept[to++] = values[at]!;
  }
  return { timesMs: keptTimesMs, values: kept, histogramTimesMs, histograms, mayReset };
}
