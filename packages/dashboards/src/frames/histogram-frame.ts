import { type Cell, type Frame, column } from './frame.js';
import type { Bucket, HistogramSeries } from './prometheus-answer.js';

/** The columns of a table of buckets, as Grafana names those of `heatmap-cells`. */
export const bucketColumns = { time: 'Time', low: 'yMin', high: 'yMax', count: 'Count' } as const;

/** Native histograms as tables with a row for each bucket of each moment, and a column for each label. */
export function histogramFrames(series: readonly HistogramSeries[], refId: string): readonly Frame[] {
  return series.map(({ labels, samples }) => {
    const times: Cell[] = [];
    const lows: Cell[] = [];
    const highs: Cell[] = [];
    const counts: Cell[] = [];
    for (const { timeMs, buckets } of samples) {
      for (const { low, high, count } of buckets) {
        times.push(timeMs);
        lows.push(low);
        highs.push(high);
        counts.push(count);
      }
    }
    const named = [...labels].map(([name, value]) =>
      column(
        name,
        'string',
        times.map(() => value),
      ),
    );
    return {
      refId,
      name: refId,
      fields: [
        column(bucketColumns.time, 'time', times),
        ...named,
        column(bucketColumns.low, 'number', lows),
        column(bucketColumns.high, 'number', highs),
        column(bucketColumns.count, 'number', counts),
      ],
    };
  });
}

/** The buckets in such a table; undefined: it is another one. */
export function readHistogramFrame({ fields }: Frame): readonly (Bucket & { readonly timeMs: number })[] | undefined {
  const named = (name: string): readonly Cell[] | undefined => fields.find(field => field.name === name)?.values;
  const times = named(bucketColumns.time);
  const lows = named(bucketColumns.low);
  const highs = named(bucketColumns.high);
  const counts = named(bucketColumns.count);
  if (times === undefined || lows === undefined || highs === undefined || counts === undefined) return undefined;
  return times.map((time, row) => ({
    timeMs: Number(time),
    low: Number(lows[row]),
    high: Number(highs[row]),
    count: Number(counts[row] ?? 0),
  }));
}
