import {
  type FloatHistogram,
  type Labels,
  type RawSeries,
  histogramOf,
  plainNumber,
  setStale,
  withKnownResets,
  withLabel,
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

/** The classic series of a histogram with explicit bounds: one per bound with `le`, or the one of its sum or its count. */
export function classicSeries(
  view: 'bucket' | 'sum' | 'count',
  labels: Labels,
  rows: readonly HistogramRow[],
): readonly RawSeries[] {
  if (rows.length === 0) return [];
  if (view !== 'bucket') {
    const series = new FloatSeries(rows.length);
    for (const row of rows) series.add(row.timeMs, row.isStale ? undefined : view === 'sum' ? row.sum : row.count);
    return [series.of(labels)];
  }
  const byBound = new Map<number, FloatSeries>();
  const seriesOf = (bound: number): FloatSeries => {
    let series = byBound.get(bound);
    if (series === undefined) byBound.set(bound, (series = new FloatSeries(rows.length)));
    return series;
  };
  let bounds: readonly number[] = [];
  for (const row of rows) {
    const now = row.isStale ? [] : [...row.bounds, Infinity];
    // A bound that is gone ends its series, and so does the end of the histogram.
    for (const bound of bounds) if (!now.includes(bound)) seriesOf(bound).add(row.timeMs, undefined);
    bounds = now;
    let total = 0;
    for (let at = 0; at < now.length; at++) {
      total += row.counts[at] ?? 0;
      seriesOf(now[at]!).add(row.timeMs, now[at] === Infinity ? row.count : total);
    }
  }
  return [...byBound]
    .sort(([a], [b]) => a - b)
    .map(([bound, series]) => series.of(withLabel(labels, 'le', plainNumber(bound))));
}

/** Samples that are added one by one. */
class FloatSeries {
  readonly #timesMs: Float64Array;
  readonly #values: Float64Array;
  #count = 0;

  constructor(most: number) {
    this.#timesMs = new Float64Array(most);
    this.#values = new Float64Array(most);
  }

  /** `undefined`: the series ended. */
  add(timeMs: number, value: number | undefined): void {
    const at = this.#count++;
    this.#timesMs[at] = timeMs;
    if (value === undefined) setStale(wordsOf(this.#values), at);
    else this.#values[at] = value;
  }

  of(labels: Labels): RawSeries {
    return {
      labels,
      timesMs: this.#timesMs.subarray(0, this.#count),
      values: this.#values.subarray(0, this.#count),
      histogramTimesMs: noTimes,
      histograms: [],
    };
  }
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
