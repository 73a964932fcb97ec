import { printNumber } from '../parse/number.js';
import { metricName, withLabel, type Labels } from '../value/labels.js';
import type { RawSeries } from '../value/series.js';
import { setStale, wordsOf } from '../value/stale.js';

/** One sample of a histogram with explicit bounds. */
export interface ExplicitHistogram {
  readonly count: number;
  /** NaN when none was sent. */
  readonly sum: number;
  /** Rising upper bounds; `counts` has one more, for what is above all of them, or nothing when only the count is known. */
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
}

/**
 * The series that Prometheus users expect of a histogram: `x_bucket{le=…}`, cumulative, then `x_count` and `x_sum`.
 *
 * `labels` are those of the histogram, its name among them. When a sample has other bounds than the one before, the series of bounds that are gone end with a stale marker.
 */
export function classicView(
  labels: Labels,
  name: string,
  timesMs: Float64Array,
  histograms: readonly ExplicitHistogram[],
): readonly RawSeries[] {
  const buckets = bucketColumns(timesMs, histograms);
  const named = withLabel(labels, metricName, `${name}_bucket`);
  const series = [...buckets].map(([le, column]) => column.series(withLabel(named, 'le', le)));
  const count = Float64Array.from(histograms, one => one.count);
  const sum = Float64Array.from(histograms, one => one.sum);
  return [
    ...series,
    floats(withLabel(labels, metricName, `${name}_count`), timesMs, count),
    floats(withLabel(labels, metricName, `${name}_sum`), timesMs, sum),
  ];
}

/** The samples of each `le`, the bounds in the order in which they were first seen. */
function bucketColumns(timesMs: Float64Array, histograms: readonly ExplicitHistogram[]): ReadonlyMap<string, Column> {
  const columns = new Map<string, Column>();
  let current: readonly Column[] = [];
  let bounds: Float64Array | undefined;
  for (const [at, histogram] of histograms.entries()) {
    const timeMs = timesMs[at]!;
    if (bounds === undefined || !sameNumbers(bounds, histogram.bounds)) {
      bounds = histogram.bounds;
      const next = columnsFor(bounds, columns);
      for (const column of current) if (!next.includes(column)) column.end(timeMs);
      current = next;
    }
    let total = 0;
    for (let bucket = 0; bucket < bounds.length; bucket++) {
      total += histogram.counts[bucket] ?? 0;
      current[bucket]?.add(timeMs, total);
    }
    current[bounds.length]?.add(timeMs, histogram.count);
  }
  return columns;
}

/** The columns of the bounds, and that of infinity after them. */
function columnsFor(bounds: Float64Array, columns: Map<string, Column>): readonly Column[] {
  return [...bounds, Infinity].map(bound => {
    const le = printNumber(bound);
    let column = columns.get(le);
    if (column === undefined) columns.set(le, (column = new Column()));
    return column;
  });
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((value, at) => value === b[at]));
}

/** The samples of one series while they are gathered. */
class Column {
  readonly #timesMs: number[] = [];
  readonly #values: number[] = [];
  /** Where the series ends, for now. */
  readonly #ends: number[] = [];

  /** Two bounds that are written the same count as the higher of them. */
  add(timeMs: number, value: number): void {
    if (this.#timesMs.at(-1) === timeMs) {
      this.#values[this.#values.length - 1] = value;
      return;
    }
    this.#timesMs.push(timeMs);
    this.#values.push(value);
  }

  end(timeMs: number): void {
    this.#ends.push(this.#timesMs.length);
    this.#timesMs.push(timeMs);
    this.#values.push(NaN);
  }

  series(labels: Labels): RawSeries {
    const values = Float64Array.from(this.#values);
    const words = wordsOf(values);
    for (const at of this.#ends) setStale(words, at);
    return floats(labels, Float64Array.from(this.#timesMs), values);
  }
}

const noTimes = new Float64Array(0);

function floats(labels: Labels, timesMs: Float64Array, values: Float64Array): RawSeries {
  return { labels, timesMs, values, histogramTimesMs: noTimes, histograms: [] };
}
