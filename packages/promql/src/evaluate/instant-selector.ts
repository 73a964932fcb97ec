import { isStale, wordsOf } from '../value/stale.js';
import { absent, float, histogram, type RawSeries, type StepSeries, type Steps } from '../value/series.js';
import type { Column } from './column.js';

/** Where and how far a selector of samples looks back from each step. */
export interface LookBack {
  /** The time of the first step with offset and `@` applied, and how far the next is. */
  readonly firstMs: number;
  readonly stepMs: number;
  readonly lookbackMs: number;
  readonly leftOpen: boolean;
}

/**
 * What an instant selector sees of a series at each step: its latest sample, unless that is older than the lookback or
 * a stale marker. Undefined when it sees nothing.
 *
 * It is written to `column`, which is empty. With `timesOnly` the value is the sample's own time in seconds, as `timestamp()` wants it.
 */
export function lookBack(
  raw: RawSeries,
  steps: Steps,
  { firstMs, stepMs, lookbackMs, leftOpen }: LookBack,
  { column, timesOnly }: { readonly column: Column; readonly timesOnly: boolean },
): StepSeries | undefined {
  const { timesMs, values, histogramTimesMs, histograms } = raw;
  const words = wordsOf(values);
  const { kinds } = column;
  const found = column.values;
  let foundHistograms: StepSeries['histograms'];
  let seen = 0;
  let next = 0;
  let nextHistogram = 0;
  for (let step = 0; step < steps.count; step++) {
    const atMs = firstMs + step * stepMs;
    while (next < timesMs.length && timesMs[next]! <= atMs) next++;
    while (nextHistogram < histogramTimesMs.length && histogramTimesMs[nextHistogram]! <= atMs) nextHistogram++;
    const timeMs = next > 0 ? timesMs[next - 1]! : -Infinity;
    const histogramTimeMs = nextHistogram > 0 ? histogramTimesMs[nextHistogram - 1]! : -Infinity;
    const latestMs = timeMs > histogramTimeMs ? timeMs : histogramTimeMs;
    if (leftOpen ? latestMs <= atMs - lookbackMs : latestMs < atMs - lookbackMs) continue;
    if (latestMs === -Infinity) continue;
    if (timeMs >= histogramTimeMs) {
      if (isStale(words, next - 1)) continue;
      kinds[step] = float;
      found[step] = timesOnly ? latestMs / 1000 : values[next - 1]!;
    } else if (timesOnly) {
      kinds[step] = float;
      found[step] = latestMs / 1000;
    } else {
      kinds[step] = histogram;
      foundHistograms ??= Array.from({ length: steps.count });
      foundHistograms[step] = histograms[nextHistogram - 1];
    }
    seen++;
  }
  if (seen === 0) return undefined;
  return { labels: raw.labels, kinds, values: found, histograms: foundHistograms, dropName: false };
}

/** A column that holds at every step what another holds at its only one. */
export function repeated(series: StepSeries, count: number): StepSeries {
  const kind = series.kinds[0] ?? absent;
  const one = series.histograms?.[0];
  return {
    labels: series.labels,
    kinds: new Uint8Array(count).fill(kind),
    values: new Float64Array(count).fill(series.values[0] ?? NaN),
    histograms: kind === histogram ? Array.from({ length: count }, () => one) : undefined,
    dropName: series.dropName,
  };
}
