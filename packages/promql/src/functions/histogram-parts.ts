import type { FloatHistogram } from '../histogram/float-histogram.js';
import { nativeVariance } from '../histogram/native-variance.js';
import type { MapFunction } from './define.js';

/** A number that each native histogram has; floats are left out. */
function ofHistograms(name: string, doc: string, mapHistogram: (value: FloatHistogram) => number): MapFunction {
  return { kind: 'map', name, doc, map: () => undefined, mapHistogram };
}

export const histogramCount = ofHistograms(
  'histogram_count',
  'How many observations a native histogram has. Of a rate: observations per second. For classic histograms take `x_count`.',
  histogram => histogram.count,
);

export const histogramSum = ofHistograms(
  'histogram_sum',
  'The sum of all observations of a native histogram. For classic histograms take `x_sum`.',
  histogram => histogram.sum,
);

export const histogramAvg = ofHistograms(
  'histogram_avg',
  'The mean observation of a native histogram: its sum over its count. A mean hides the slow ones; see histogram_quantile.',
  histogram => histogram.sum / histogram.count,
);

export const histogramStdvar = ofHistograms(
  'histogram_stdvar',
  'Estimated variance of the observations of a native histogram, each taken to be in the middle of its bucket.',
  nativeVariance,
);

export const histogramStddev = ofHistograms(
  'histogram_stddev',
  'Estimated standard deviation of the observations of a native histogram, each taken to be in the middle of its bucket.',
  histogram => Math.sqrt(nativeVariance(histogram)),
);
