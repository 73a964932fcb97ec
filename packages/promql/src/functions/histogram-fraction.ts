import { nativeFraction } from '../histogram/native-fraction.js';
import { quoted } from '../parse/quoting.js';
import type { VectorFunction } from './define.js';
import { estimated, scalarAt } from './histogram-families.js';

export const histogramFraction: VectorFunction = {
  kind: 'vector',
  name: 'histogram_fraction',
  doc: 'The share of the observations between two values: `histogram_fraction(0, 0.2, rate(x[5m]))` is the share of requests within 200 ms. Exact only where the values are bounds of buckets.',
  evaluate([from, to, vector], { annotations, argStarts, steps }) {
    return estimated(
      { vector, steps, start: argStarts[2], annotations },
      {
        classic: (buckets, step) => buckets.fraction(scalarAt(from, step), scalarAt(to, step)),
        native(value, step, metric) {
          const { value: fraction, nan } = nativeFraction(scalarAt(from, step), scalarAt(to, step), value);
          if (nan !== 'none') {
            const text = `input to histogram_fraction has NaN observations, which are excluded from all fractions for metric name ${quoted(metric)}`;
            annotations.info(text, argStarts[0]);
          }
          return fraction;
        },
      },
    );
  },
};
