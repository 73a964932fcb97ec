import type { HistogramFigures } from './exponential-histogram.js';
import type { Metric, Point } from './metrics.js';

/** What a series had when it was told of last. */
interface Told {
  readonly value: number;
  readonly histogram: HistogramFigures | undefined;
}

/** What came to a series since it was told of last. */
export interface Delta {
  readonly value: number;
  readonly histogram: HistogramFigures | undefined;
}

/**
 * What came to counters and histograms since the last time, for receivers that add up (OTLP's delta temporality). Counters that go up and down, and gauges, are told as they stand. Histograms
 * come without their least and greatest value, which are known of all of the time alone.
 */
export class MetricDeltas {
  readonly #told = new WeakMap<Point, Told>();
  /** When it was told of last, on the wall clock; undefined before the first time. */
  lastUnixMs: number | undefined;

  /** Undefined when nothing came. To be asked once for each time that is told of. */
  of({ definition: { kind } }: Metric, point: Point): Delta | undefined {
    if (kind === 'gauge' || kind === 'upDownCounter') return { value: point.value, histogram: undefined };
    const before = this.#told.get(point);
    const { value, histogram } = point;
    if (histogram === undefined) {
      // A counter that is observed may begin anew.
      const grown = before === undefined || value < before.value ? value : value - before.value;
      if (grown === 0) return undefined;
      this.#told.set(point, { value, histogram: undefined });
      return { value: grown, histogram: undefined };
    }
    if (histogram.count === (before?.histogram?.count ?? 0)) return undefined;
    const { count, sum, scale, zeroCount, offset } = histogram;
    const now: HistogramFigures = { count, sum, scale, zeroCount, offset, counts: histogram.counts.slice() };
    this.#told.set(point, { value, histogram: now });
    return { value, histogram: before?.histogram === undefined ? now : difference(now, before.histogram) };
  }
}

/** The scale only ever goes down, and each step down makes one bucket of two. */
function difference(now: HistogramFigures, before: HistogramFigures): HistogramFigures {
  const counts = now.counts.slice();
  const steps = before.scale - now.scale;
  for (let at = 0; at < before.counts.length; at++) {
    const count = before.counts[at] ?? 0;
    if (count > 0) counts[Math.floor((before.offset + at) / 2 ** steps) - now.offset]! -= count;
  }
  return {
    count: now.count - before.count,
    sum: now.sum - before.sum,
    scale: now.scale,
    zeroCount: now.zeroCount - before.zeroCount,
    offset: now.offset,
    counts,
  };
}
