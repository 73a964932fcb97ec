import { divide, subtract } from '../histogram/arithmetic.js';
import { HistogramTotal } from '../histogram/histogram-total.js';
import { float, histogram, type StepSeries } from '../value/series.js';
import { emptyColumn } from '../evaluate/column.js';
import { addCompensated } from './kahan.js';
import type { Reduction } from './reduction.js';
import { sayIncompatible, settle } from './sum.js';

const hasFloats = 1;
const hasHistograms = 2;
const broken = 4;
/** The sum would overflow: the mean is moved along with each sample instead. */
const moving = 8;

/** The mean of a group: the sum over the count, unless the sum is too large for a float. */
export const average: Reduction = context => {
  const { stepCount } = context;
  const { kinds, values } = emptyColumn(stepCount);
  const lost = new Float64Array(stepCount);
  const counts = new Float64Array(stepCount);
  const seen = new Uint8Array(stepCount);
  const isMoving = new Uint8Array(stepCount);
  let means: (HistogramTotal | undefined)[] | undefined;
  return {
    add,
    finish: () =>
      settle({ kinds, values, seen, histogramAt: step => means?.[step]?.value(), context }, step => {
        values[step] =
          isMoving[step] === moving
            ? values[step]! + lost[step]!
            : values[step]! / counts[step]! + lost[step]! / counts[step]!;
      }),
  };

  function add(one: StepSeries): void {
    context.guard.work(stepCount);
    if (one.histograms !== undefined) means ??= Array.from({ length: stepCount });
    for (let step = 0; step < stepCount; step++) {
      const kind = one.kinds[step];
      if (kind === float) {
        if ((seen[step]! & broken) !== 0) continue;
        addFloat(step, one.values[step]!);
        seen[step]! |= hasFloats;
      } else if (kind === histogram) addHistogram(one, step);
    }
  }

  function addFloat(step: number, value: number): void {
    const count = ++counts[step]!;
    if (seen[step] === 0) {
      values[step] = value;
      return;
    }
    if (isMoving[step] === 0) {
      const total = values[step]!;
      const lostBefore = lost[step]!;
      addCompensated(values, lost, step, value);
      if (Math.abs(values[step]!) !== Infinity) return;
      isMoving[step] = moving;
      values[step] = total / (count - 1);
      lost[step] = lostBefore / (count - 1);
    }
    const share = (count - 1) / count;
    values[step]! *= share;
    lost[step]! *= share;
    addCompensated(values, lost, step, value / count);
  }

  function addHistogram(one: StepSeries, step: number): void {
    const added = one.histograms?.[step];
    if (added === undefined || means === undefined || (seen[step]! & broken) !== 0) return;
    const count = ++counts[step]!;
    const mean = means[step];
    if (mean !== undefined) {
      const change = subtract(divide(added, count), divide(mean.value(), count));
      const reason = typeof change === 'string' ? change : mean.add(change);
      if (reason !== undefined) {
        sayIncompatible(reason, one, context);
        seen[step]! |= broken;
      }
    } else if (seen[step] === 0) means[step] = new HistogramTotal(added);
    seen[step]! |= hasHistograms;
  }
};
