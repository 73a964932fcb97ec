import { printNumber } from '../parse/number.js';
import { withLabel, type Labels } from '../value/labels.js';
import type { RawSeries } from '../value/series.js';
import { setStale, wordsOf } from '../value/stale.js';

/** One sample of a histogram with explicit bounds. */
export interface ExplicitHistogram {
  readonly timeMs: number;
  /** The histogram ended here; the rest says nothing. */
  readonly isStale: boolean;
  readonly count: number;
  /** NaN when none was sent. */
  readonly sum: number;
  /** Rising upper bounds; `counts` has one more, for what is above all of them, or nothing when only the count is known. */
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
}

/** What Prometheus users expect of a histogram `x`: `x_bucket{le=…}`, `x_sum` or `x_count`. */
export type ClassicView = 'bucket' | 'sum' | 'count';

/**
 * The classic series of a histogram with explicit bounds: one for each bound, cumulative, with `le`, or the one of its sum or its count.
 *
 * `labels` are those of the series, but for `le`. The samples rise in time. When one has other bounds than the one before it, or the histogram ends,
 * the series of what is gone end with a stale marker.
 */
export function classicView(
  view: ClassicView,
  labels: Labels,
  samples: readonly ExplicitHistogram[],
): readonly RawSeries[] {
  if (view === 'bucket') return bucketSeries(labels, samples);
  const column = new Column();
  for (const sample of samples) {
    if (sample.isStale) column.end(sample.timeMs);
    else if (view === 'count') column.add(sample.timeMs, sample.count);
    else if (!Number.isNaN(sample.sum)) column.add(sample.timeMs, sample.sum);
  }
  return column.isEmpty ? [] : [column.series(labels)];
}

function bucketSeries(labels: Labels, samples: readonly ExplicitHistogram[]): readonly RawSeries[] {
  const columns = new Map<string, Column>();
  let current: readonly Column[] = [];
  let bounds: Float64Array | undefined;
  for (const sample of samples) {
    const { timeMs, isStale, counts, count } = sample;
    if (isStale || bounds === undefined || !sameNumbers(bounds, sample.bounds)) {
      bounds = isStale ? undefined : sample.bounds;
      const next = bounds === undefined ? [] : columnsFor(bounds, columns);
      const kept = new Set(next);
      for (const column of current) if (!kept.has(column)) column.end(timeMs);
      current = next;
    }
    if (bounds === undefined) continue;
    let total = 0;
    for (let bucket = 0; bucket < bounds.length; bucket++) {
      total += counts[bucket] ?? 0;
      current[bucket]?.add(timeMs, total);
    }
    current[bounds.length]?.add(timeMs, count);
  }
  return [...columns].map(([le, column]) => column.series(withLabel(labels, 'le', le)));
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

  get isEmpty(): boolean {
    return this.#timesMs.length === this.#ends.length;
  }

  /** Of two bounds that are one, the later has the count. */
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
    return {
      labels,
      timesMs: Float64Array.from(this.#timesMs),
      values,
      histogramTimesMs: new Float64Array(0),
      histograms: [],
    };
  }
}
