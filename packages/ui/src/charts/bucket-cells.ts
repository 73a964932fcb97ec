import type { AnswerSeries, Labels } from '../prometheus-client.js';

/** What one bucket held at one step. Bounds may be infinite. */
export type BucketCell = {
  readonly step: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
};

/** Buckets over time: the cells of a heatmap. */
export type BucketCells = {
  readonly timesMs: readonly number[];
  readonly stepMs: number;
  readonly cells: readonly BucketCell[];
};

type Steps = Pick<BucketCells, 'timesMs' | 'stepMs'>;

/** Beyond this a drawing takes longer than anybody waits, and has more cells than pixels. */
export const mostCells = 200_000;
const mostSteps = 11_000;
const mostRows = 500;

/** The buckets of native histograms; those of several series are added up. */
export function nativeCells(series: readonly Pick<AnswerSeries, 'histograms'>[], steps: Steps): BucketCells {
  const sums = new CellSums();
  for (const { histograms } of series) {
    for (const { timeMs, histogram } of histograms) {
      const step = stepAt(timeMs, steps);
      if (step === undefined) continue;
      for (const [, low, high, count] of histogram.buckets) {
        sums.add(step, boundOf(low), boundOf(high), Number(count));
      }
    }
  }
  return { ...steps, cells: sums.cells() };
}

type TimedBucket = Omit<BucketCell, 'step'> & { readonly timeMs: number };

/** Buckets that come in any order; the shortest time between two of them is the step. */
export function timedCells(buckets: readonly TimedBucket[]): BucketCells {
  const found = [...new Set(buckets.map(({ timeMs }) => timeMs))].toSorted((a, b) => a - b);
  const firstMs = found[0] ?? 0;
  const stepMs = found.reduce(
    (least, timeMs, at) => (at === 0 ? least : Math.min(least, timeMs - (found[at - 1] ?? 0))),
    found.length < 2 ? 60_000 : Infinity,
  );
  const count = Math.min(Math.round(((found.at(-1) ?? firstMs) - firstMs) / stepMs) + 1, mostSteps);
  const steps = { timesMs: Array.from({ length: count }, (_, step) => firstMs + step * stepMs), stepMs };
  const sums = new CellSums();
  for (const { timeMs, low, high, count: inside } of buckets) {
    const step = stepAt(timeMs, steps);
    if (step !== undefined) sums.add(step, low, high, inside);
  }
  return { ...steps, cells: sums.cells() };
}

type ClassicSeries = {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
};

/** The buckets of classic histograms, whose `le` counts what is below it too: each less the one before. Undefined: no series has an `le`. */
export function classicCells(series: readonly ClassicSeries[], steps: Steps): BucketCells | undefined {
  const totals = new Map<number, number[]>();
  for (const { labels, timesMs, values } of series) {
    const bound = boundOf(labels['le'] ?? '');
    if (Number.isNaN(bound)) continue;
    const total = totals.get(bound) ?? steps.timesMs.map(() => 0);
    totals.set(bound, total);
    timesMs.forEach((timeMs, at) => {
      const step = stepAt(timeMs, steps);
      const value = values[at] ?? 0;
      if (step !== undefined && Number.isFinite(value)) total[step] = (total[step] ?? 0) + value;
    });
  }
  if (totals.size === 0) return undefined;
  const sums = new CellSums();
  const bounds = [...totals.keys()].toSorted((a, b) => a - b);
  bounds.forEach((high, row) => {
    const before = bounds[row - 1];
    const low = before ?? (high > 0 ? 0 : -Infinity);
    totals.get(high)?.forEach((total, step) => {
      const below = before === undefined ? 0 : (totals.get(before)?.[step] ?? 0);
      sums.add(step, low, high, total - below);
    });
  });
  return { ...steps, cells: sums.cells() };
}

/** How many of the values of each step lie in equally high buckets: `size` high, or about `rows` of them. */
export function countedCells(
  lines: readonly (readonly (number | null)[])[],
  { rows, size: given }: { readonly rows: number; readonly size?: number | undefined },
  steps: Steps,
): BucketCells {
  let low = Infinity;
  let high = -Infinity;
  for (const values of lines) {
    for (const value of values) {
      if (value === null || !Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return { ...steps, cells: [] };
  const most = (high - low) / mostRows;
  const size =
    given !== undefined && given > most
      ? given
      : niceSize((high - low) / Math.min(Math.max(rows, 1), mostRows) || Math.max(Math.abs(high) / 10, 1));
  const sums = new CellSums();
  for (const values of lines) {
    values.forEach((value, step) => {
      if (value === null || !Number.isFinite(value)) return;
      const row = Math.floor(value / size);
      sums.add(step, row * size, (row + 1) * size, 1);
    });
  }
  return { ...steps, cells: sums.cells() };
}

/** The next of 1, 2, 2.5 and 5 times a power of ten: bounds that can be read. */
function niceSize(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return ([1, 2, 2.5, 5].find(one => one * power >= size * 0.999) ?? 10) * power;
}

/** Adds up what lies in the same bucket of the same step. */
class CellSums {
  private readonly sums = new Map<string, { step: number; low: number; high: number; count: number }>();

  add(step: number, low: number, high: number, count: number): void {
    if (!(count > 0) || Number.isNaN(low) || Number.isNaN(high)) return;
    const key = `${step} ${low} ${high}`;
    const sum = this.sums.get(key);
    if (sum !== undefined) sum.count += count;
    else if (this.sums.size < mostCells) this.sums.set(key, { step, low, high, count });
  }

  cells(): readonly BucketCell[] {
    return [...this.sums.values()];
  }
}

function stepAt(timeMs: number, { timesMs, stepMs }: Steps): number | undefined {
  const step = Math.round((timeMs - (timesMs[0] ?? 0)) / stepMs);
  return step >= 0 && step < timesMs.length ? step : undefined;
}

function boundOf(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text === '' ? Number.NaN : Number(text);
}
