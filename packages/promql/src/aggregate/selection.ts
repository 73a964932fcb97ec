import { ratioOf } from '../value/label-hash.js';
import { shortNumber } from '../functions/quantile.js';
import { QueryError } from '../value/query-error.js';
import { absent, float, histogram, type StepSeries } from '../value/series.js';
import type { Group } from './grouping.js';
import type { ReductionContext } from './reduction.js';
import { ValueHeap } from './value-heap.js';

/** An aggregation that chooses some series of each group at each step, and leaves them as they are. */
export type Selection = (groups: readonly Group[], context: ReductionContext) => readonly StepSeries[];

/** Numbers of Go's int64: what a number of series may be. */
const maxInt64 = 2 ** 63;

/** How many to choose at each step; undefined when it is none at any. */
function counts(wanted: Float64Array, all: readonly StepSeries[]): Int32Array | undefined {
  if (highestOf(wanted) < 1) return undefined;
  const chosen = new Int32Array(wanted.length);
  for (let step = 0; step < wanted.length; step++) {
    const k = wanted[step]!;
    if (k < maxInt64 && k >= -maxInt64) chosen[step] = Math.max(0, Math.min(Math.trunc(k), all.length));
    else if (all.some(one => one.kinds[step] !== absent)) {
      throw new QueryError('execution', `Scalar value ${shortNumber(k)} overflows int64`);
    }
  }
  return chosen;
}

/** NaN when any value is. */
function highestOf(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}

function lowestOf(values: Float64Array): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

/** `topk` and `bottomk`: the highest or lowest floats of each group. */
export function top(op: 'topk' | 'bottomk', wanted: Float64Array, start: number): Selection {
  return (groups, context) => {
    const all = groups.flatMap(group => group.series);
    const ks = counts(wanted, all);
    if (ks === undefined) return [];
    const most = ks.reduce((a, b) => Math.max(a, b), 0);
    const results: StepSeries[] = [];
    for (const { series } of groups) {
      const heap = new ValueHeap(Math.min(series.length, most), op === 'topk');
      const chosen = series.map(one => new Uint8Array(one.kinds.length));
      for (let step = 0; step < context.stepCount; step++) {
        context.guard.work(series.length);
        if (ks[step] === 0) continue;
        heap.clear(Math.min(series.length, ks[step]!));
        for (let at = 0; at < series.length; at++) {
          const kind = series[at]!.kinds[step];
          if (kind === float) heap.add(series[at]!.values[step]!, at);
          else if (kind === histogram) {
            context.annotations.info(`ignored histogram in ${op} aggregation`, start);
          }
        }
        for (let at = 0; at < heap.size; at++) chosen[heap.owner(at)]![step] = float;
      }
      const order = context.stepCount === 1 ? heap.best() : series.keys();
      for (const at of order) keep(results, series[at]!, chosen[at]!);
    }
    return results;
  };
}

/** `limitk`: the first series of each group that have a sample. */
export function limit(wanted: Float64Array): Selection {
  return (groups, { stepCount, guard }) => {
    const all = groups.flatMap(group => group.series);
    const ks = counts(wanted, all);
    if (ks === undefined) return [];
    const results: StepSeries[] = [];
    for (const { series } of groups) {
      const left = ks.slice();
      for (const one of series) {
        guard.work(stepCount);
        const chosen = new Uint8Array(stepCount);
        for (let step = 0; step < stepCount; step++) {
          if (one.kinds[step] === absent || left[step]! <= 0) continue;
          left[step]!--;
          chosen[step] = one.kinds[step]!;
        }
        keep(results, one, chosen);
      }
    }
    return results;
  };
}

/** `limit_ratio`: a share of the series, chosen by the hash of their labels; a negative share chooses those that 1 minus it leaves. */
export function limitRatio(wanted: Float64Array, paramStart: number): Selection {
  return (groups, { stepCount, annotations, guard }) => {
    const results: StepSeries[] = [];
    const highest = highestOf(wanted);
    const lowest = lowestOf(wanted);
    const text = 'ratio value should be between -1 and 1, got';
    if (highest > 1) annotations.warn(`${text} ${shortNumber(highest)}, capping to 1`, paramStart);
    if (lowest < -1) annotations.warn(`${text} ${shortNumber(lowest)}, capping to -1`, paramStart);
    for (const { series } of groups) {
      for (const one of series) {
        const place = ratioOf(one.labels);
        guard.work(stepCount);
        const chosen = new Uint8Array(stepCount);
        for (let step = 0; step < stepCount; step++) {
          if (one.kinds[step] === absent) continue;
          const ratio = Math.max(-1, Math.min(1, wanted[step]!));
          if (ratio !== ratio) throw new QueryError('execution', 'Ratio value NaN is NaN');
          if (ratio > 0 ? place < ratio : ratio < 0 && place >= 1 + ratio) chosen[step] = one.kinds[step]!;
        }
        keep(results, one, chosen);
      }
    }
    return results;
  };
}

function keep(results: StepSeries[], series: StepSeries, kinds: Uint8Array): void {
  if (!kinds.some(kind => kind !== absent)) return;
  const histograms = kinds.includes(histogram) ? series.histograms : undefined;
  results.push({ ...series, kinds, histograms });
}
