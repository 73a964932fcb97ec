import { float, histogram, type StepSeries } from '../value/series.js';
import { emptyColumn } from '../evaluate/column.js';
import { sayIgnored, type Reduced, type Reduction, type ReductionContext } from './reduction.js';

/** How many samples a group has, floats and histograms alike. */
export const count: Reduction = (series, { stepCount, guard }) => {
  const { kinds, values } = emptyColumn(stepCount);
  for (const one of series) {
    guard.work(stepCount);
    for (let step = 0; step < stepCount; step++) {
      if (one.kinds[step] === 0) continue;
      kinds[step] = float;
      values[step]!++;
    }
  }
  return { kinds, values, histograms: undefined };
};

/** 1 wherever a group has a sample. */
export const group: Reduction = (of, context) => {
  const { kinds, values } = count(of, context);
  for (let step = 0; step < values.length; step++) values[step] = kinds[step] === float ? 1 : 0;
  return { kinds, values, histograms: undefined };
};

/** The lowest float; NaN only when there is no other. */
export const min: Reduction = (of, context) => extreme(of, context, 'min');

/** The highest float; NaN only when there is no other. */
export const max: Reduction = (of, context) => extreme(of, context, 'max');

function extreme(series: Iterable<StepSeries>, context: ReductionContext, op: 'min' | 'max'): Reduced {
  const { stepCount } = context;
  const { kinds, values } = emptyColumn(stepCount);
  const isMin = op === 'min';
  for (const one of series) {
    context.guard.work(stepCount);
    for (let step = 0; step < stepCount; step++) {
      const kind = one.kinds[step];
      if (kind === float) {
        const value = one.values[step]!;
        const best = values[step]!;
        if (kinds[step] !== float || best !== best || (isMin ? best > value : best < value)) values[step] = value;
        kinds[step] = float;
      } else if (kind === histogram) sayIgnored(context, op);
    }
  }
  return { kinds, values, histograms: undefined };
}

/** The variance of a group's floats around their mean (Welford's method). */
export const stdvar: Reduction = (of, context) => variance(of, context, 'stdvar');

export const stddev: Reduction = (of, context) => {
  const reduced = variance(of, context, 'stddev');
  for (let step = 0; step < reduced.values.length; step++) reduced.values[step] = Math.sqrt(reduced.values[step]!);
  return reduced;
};

function variance(series: Iterable<StepSeries>, context: ReductionContext, op: 'stddev' | 'stdvar'): Reduced {
  const { stepCount } = context;
  const { kinds, values } = emptyColumn(stepCount);
  const counts = new Float64Array(stepCount);
  const means = new Float64Array(stepCount);
  for (const one of series) {
    context.guard.work(stepCount);
    for (let step = 0; step < stepCount; step++) {
      const kind = one.kinds[step];
      if (kind === float) {
        const value = one.values[step]!;
        kinds[step] = float;
        const count = ++counts[step]!;
        if (count === 1) {
          means[step] = value;
          values[step] = Number.isFinite(value) ? 0 : NaN;
          continue;
        }
        const delta = value - means[step]!;
        means[step]! += delta / count;
        values[step]! += delta * (value - means[step]!);
      } else if (kind === histogram) sayIgnored(context, op);
    }
  }
  for (let step = 0; step < stepCount; step++) if (kinds[step] === float) values[step]! /= counts[step]!;
  return { kinds, values, histograms: undefined };
}
