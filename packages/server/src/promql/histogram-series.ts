import {
  type FloatHistogram,
  type Labels,
  type RawSeries,
  histogramOf,
  setStale,
  withKnownResets,
  wordsOf,
} from '@bellwether/promql';
import type { HistogramRow } from './histogram-rows.js';

import type { SampleColumns } from './sample-columns.js';

const noTimes = new Float64Array(0);

/** Floats and native histograms of one series; that it ended is said among the floats. */
export function nativeSeries(
  labels: Labels,
  floats: SampleColumns | undefined,
  rows: readonly HistogramRow[],
): RawSeries {
  const timesMs: number[] = [];
  const histograms: FloatHistogram[] = [];
  for (const row of rows) {
    if (row.isStale) continue;
    const histogram = histogramOf(row, histograms.at(-1));
    if (histogram === undefined) continue;
    timesMs.push(row.timeMs);
    histograms.push(histogram);
  }
  return {
    labels,
    ...withEnds(floats, rows),
    histogramTimesMs: Float64Array.from(timesMs),
    histograms: withKnownResets(histograms),
  };
}

/** The floats, with a stale marker wherever the histograms ended. */
function withEnds(floats: SampleColumns | undefined, rows: readonly HistogramRow[]): SampleColumns {
  const own = floats ?? { timesMs: noTimes, values: noTimes };
  const living = new Set(own.timesMs);
  const ends = rows.filter(({ isStale, timeMs }) => isStale && !living.has(timeMs));
  if (ends.length === 0) return own;
  const timesMs = new Float64Array(own.timesMs.length + ends.length);
  const values = new Float64Array(timesMs.length);
  const from = wordsOf(own.values);
  const to = wordsOf(values);
  let taken = 0;
  for (let at = 0, next = 0; at < timesMs.length; at++) {
    const end = ends[next];
    const time = own.timesMs[taken];
    if (end !== undefined && (time === undefined || end.timeMs < time)) {
      timesMs[at] = end.timeMs;
      setStale(to, at);
      next++;
      continue;
    }
    timesMs[at] = time!;
    // As integers: a float's own stale marker is a NaN with bits of its own.
    to[at * 2] = from[taken * 2]!;
    to[at * 2 + 1] = from[taken * 2 + 1]!;
    taken++;
  }
  return { timesMs, values };
}
