import { withKnownResets } from './histogram/detect-reset.js';
import type { FloatHistogram } from './histogram/float-histogram.js';
import type { SelectRequest, Source } from './source.js';
import { compareLabels, labelsKey, labelValue, type Labels } from './value/labels.js';
import { matches } from './value/matcher.js';
import type { RawSeries } from './value/series.js';
import { isStale, setStale, wordsOf } from './value/stale.js';

/** What a series held at one time: a float, a histogram, or its end. */
export type Point = number | FloatHistogram | 'stale';

interface Held {
  readonly labels: Labels;
  readonly points: Map<number, Point>;
}

/** Samples in memory, for tests and for rules that are tried out. A second sample at the same time replaces the first. */
export class MemorySource implements Source {
  readonly #series = new Map<string, Held>();

  append(labels: Labels, timeMs: number, point: Point): void {
    const key = labelsKey(labels);
    let held = this.#series.get(key);
    if (held === undefined) this.#series.set(key, (held = { labels, points: new Map() }));
    held.points.set(timeMs, point);
  }

  clear(): void {
    this.#series.clear();
  }

  select({ matchers, startMs, endMs }: SelectRequest): Promise<readonly RawSeries[]> {
    const found: RawSeries[] = [];
    for (const { labels, points } of this.#series.values()) {
      if (!matchers.every(matcher => matches(matcher, labelValue(labels, matcher.name)))) continue;
      const within = [...points].filter(([timeMs]) => timeMs >= startMs && timeMs <= endMs);
      if (within.length === 0) continue;
      const raw = rawSeries(labels, within);
      found.push({ ...raw, histograms: withKnownResets(raw.histograms) });
    }
    return Promise.resolve(found.toSorted((a, b) => compareLabels(a.labels, b.labels)));
  }
}

/** One series of points in any order. */
export function rawSeries(labels: Labels, points: readonly (readonly [timeMs: number, point: Point])[]): RawSeries {
  const sorted = points.toSorted(([a], [b]) => a - b);
  const floats = sorted.filter(([, point]) => typeof point !== 'object');
  const values = new Float64Array(floats.length);
  const words = wordsOf(values);
  for (const [at, [, point]] of floats.entries()) {
    if (typeof point === 'number') values[at] = point;
    if (point === 'stale' || isStale(words, at)) setStale(words, at);
  }
  const histograms = sorted.flatMap(([timeMs, point]) => (typeof point === 'object' ? [{ timeMs, point }] : []));
  return {
    labels,
    timesMs: Float64Array.from(floats, ([timeMs]) => timeMs),
    values,
    histogramTimesMs: Float64Array.from(histograms, ({ timeMs }) => timeMs),
    histograms: histograms.map(({ point }) => point),
  };
}
