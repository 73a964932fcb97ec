import type { BucketCells } from './bucket-cells.js';
import type { HeatmapCounts } from './heatmap-counts.js';

/** A column of a file: what one bucket held at each step. */
export type BucketColumn = { readonly name: string; readonly values: readonly number[] };

/** A column per bucket of durations, from the shortest up, named by where it begins and ends in milliseconds. */
export function durationColumns({ stepsMs, bucketLowMs, counts }: HeatmapCounts): readonly BucketColumn[] {
  return bucketLowMs.map((low, bucket) => ({
    name: `${named(low, bucketLowMs[bucket + 1] ?? Infinity)} ms`,
    values: stepsMs.map((_, step) => counts[step]?.[bucket] ?? 0),
  }));
}

/** The same of buckets of any kind. */
export function bucketColumns({ timesMs, cells }: BucketCells): readonly BucketColumn[] {
  const columns = new Map<string, { readonly low: number; readonly high: number; readonly values: number[] }>();
  for (const { step, low, high, count } of cells) {
    const name = named(low, high);
    const column = columns.get(name) ?? { low, high, values: timesMs.map(() => 0) };
    column.values[step] = (column.values[step] ?? 0) + count;
    columns.set(name, column);
  }
  return [...columns]
    .toSorted(([, a], [, b]) => a.low - b.low || a.high - b.high)
    .map(([name, { values }]) => ({ name, values }));
}

function named(low: number, high: number): string {
  if (!Number.isFinite(low)) return `up to ${sixDigits(high)}`;
  return Number.isFinite(high) ? `${sixDigits(low)} to ${sixDigits(high)}` : `above ${sixDigits(low)}`;
}

/** Bounds of native histograms are powers of a root of two. */
const sixDigits = (value: number): string => String(Number(value.toPrecision(6)));
