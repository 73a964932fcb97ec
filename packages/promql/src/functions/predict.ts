import { CompensatedSum } from './compensated-sum.js';
import type { RangeWindow } from './define.js';
import { floatRange } from './float-range.js';

const sumX = new CompensatedSum();
const sumY = new CompensatedSum();
const sumXY = new CompensatedSum();
const sumXX = new CompensatedSum();

/** The straight line nearest to the samples; `atOrigin` is its value at `originMs`. Used again by the next call. */
const line = { perSecond: 0, atOrigin: 0 };

function fitLine({ timesMs, values, from, to }: RangeWindow, originMs: number): typeof line {
  const first = values[from]!;
  let isConstant = true;
  sumX.start(0);
  sumY.start(0);
  sumXY.start(0);
  sumXX.start(0);
  for (let at = from; at < to; at++) {
    const x = (timesMs[at]! - originMs) / 1000;
    const y = values[at]!;
    if (at > from && y !== first) isConstant = false;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumXX.add(x * x);
  }
  if (isConstant) {
    line.perSecond = Number.isFinite(first) ? 0 : NaN;
    line.atOrigin = Number.isFinite(first) ? first : NaN;
    return line;
  }
  const count = to - from;
  const x = sumX.total();
  const y = sumY.total();
  line.perSecond = (sumXY.total() - (x * y) / count) / (sumXX.total() - (x * x) / count);
  line.atOrigin = y / count - (line.perSecond * x) / count;
  return line;
}

export const deriv = floatRange({
  name: 'deriv',
  doc: 'Slope of a gauge per second, by the straight line nearest to its samples. For gauges; for counters use rate.',
  atLeast: 2,
  // The origin lies near the samples, where numbers are small.
  reduce: window => fitLine(window, window.timesMs[window.from]!).perSecond,
});

export const predictLinear = floatRange({
  name: 'predict_linear',
  doc: 'What a gauge will be in so many seconds if it goes on along the straight line of the range: `predict_linear(disk_free[6h], 4 * 3600) < 0`. Choose a range that is long against its noise.',
  atLeast: 2,
  reduce(window, scalars) {
    const { perSecond, atOrigin } = fitLine(window, window.stepMs);
    return perSecond * (scalars[0] ?? NaN) + atOrigin;
  },
});
