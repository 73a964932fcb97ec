import { emptyColumn } from '../evaluate/column.js';
import { absent, float, histogram } from '../value/series.js';
import { sayIgnored, type Accumulator, type Reduction, type ReductionContext } from './reduction.js';

/** How many samples a group has, floats and histograms alike. */
export const count: Reduction = ({ stepCount, guard }) => {
  const { kinds, values } = emptyColumn(stepCount);
  return {
    add(series) {
      guard.work(stepCount);
      for (let step = 0; step < stepCount; step++) {
        if (series.kinds[step] === absent) continue;
        kinds[step] = float;
        values[step]!++;
      }
    },
    finish: () => ({ kinds, values, histograms: undefined }),
  };
};

/** 1 wherever a group has a sample. */
export const group: Reduction = ({ stepCount, guard }) => {
  const { kinds, values } = emptyColumn(stepCount);
  return {
    add(series) {
      guard.work(stepCount);
      for (let step = 0; step < stepCount; step++) {
        if (series.kinds[step] === absent) continue;
        kinds[step] = float;
        values[step] = 1;
      }
    },
    finish: () => ({ kinds, values, histograms: undefined }),
  };
};

/** The lowest float; NaN only when there is no other. */
export const min: Reduction = context => extreme(context, 'min');

/** The highest float; NaN only when there is no other. */
export const max: Reduction = context => extreme(context, 'max');

function extreme(context: ReductionContext, op: 'min' | 'max'): Accumulator {
  const { stepCount } = context;
  const { kinds, values } = emptyColumn(stepCount);
  const isMin = op === 'min';
  return {
    add(series) {
      context.guard.work(stepCount);
      for (let step = 0; step < stepCount; step++) {
        const kind = series.kinds[step];
        if (kind === float) {
          const value = series.values[step]!;
          const best = values[step]!;
          if (kinds[step] !== float || best !== best || (isMin ? best > value : best < value)) values[step] = value;
          kinds[step] = float;
        } else if (kind === histogram) sayIgnored(context, op);
      }
    },
    finish: () => ({ kinds, values, histograms: undefined }),
  };
}

/** The variance of a group's floats around their mean (Welford's method). */
export const stdvar: Reduction = context => variance(context, 'stdvar', value => value);

/** The square root of the variance. */
export const stddev: Reduction = context => variance(context, 'stddev', Math.sqrt);

function variance(
  context: ReductionContext,
  op: 'stddev' | 'stdvar',
  finished: (variance: number) => number,
): Accumulator {
  const { stepCount } = context;
  const { kinds, values } = emptyColumn(stepCount);
  const counts = new Float64Array(stepCount);
  const means = new Float64Array(stepCount);
  return {
    add(series) {
      context.guard.work(stepCount);
      for (let step = 0; step < stepCount; step++) {
        const kind = series.kinds[step];
        if (kind === histogram) sayIgnored(context, op);
        if (kind !== float) continue;
        const value = series.values[step]!;
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
      }
    },
    finish() {
      for (let step = 0; step < stepCount; step++) {
        if (kinds[step] === float) values[step] = finished(values[step]! / counts[step]!);
      }
      return { kinds, values, histograms: undefined };
    },
  };
}
