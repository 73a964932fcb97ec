import { nativeQuantile } from '../histogram/native-quantile.js';
import { quoted } from '../parse/quoting.js';
import type { VectorFunction } from './define.js';
import { estimated, scalarAt } from './histogram-families.js';
import { badQuantileText } from './quantile.js';

/** Where classic buckets that fall are explained. */
const monotonicity = 'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile';

export const histogramQuantile: VectorFunction = {
  kind: 'vector',
  name: 'histogram_quantile',
  doc: 'The value below which the share q (0 to 1) of the observations lies; an estimate, as fine as the buckets. Over several series: `histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m])))`, without `le` for native histograms. Never take the mean of quantiles.',
  evaluate([q, vector], { annotations, argStarts, steps }) {
    for (let step = 0; step < steps.count; step++) {
      const share = scalarAt(q, step);
      if (!(share >= 0 && share <= 1)) annotations.warn(badQuantileText(share), argStarts[0]);
    }
    return estimated(
      { vector, steps, start: argStarts[1], annotations },
      {
        classic(buckets, step, metric) {
          const share = scalarAt(q, step);
          if (Number.isNaN(share)) return NaN;
          if (share < 0) return -Infinity;
          if (share > 1) return Infinity;
          const fell = buckets.isWhole && buckets.makeMonotonic();
          const quantile = buckets.quantile(share);
          // Where nothing was observed, there is nothing to be said of how.
          if (fell && !Number.isNaN(quantile)) {
            const text = `input to histogram_quantile needed to be fixed for monotonicity (see ${monotonicity}) for metric name`;
            annotations.info(`${text} ${quoted(metric)}`, argStarts[1]);
          }
          return quantile;
        },
        native(value, step, metric) {
          const { value: quantile, nan } = nativeQuantile(scalarAt(q, step), value);
          if (nan !== 'none') {
            const result = nan === 'skewed' ? 'result is skewed higher' : 'result is NaN';
            const text = `input to histogram_quantile has NaN observations, ${result} for metric name ${quoted(metric)}`;
            annotations.info(text, argStarts[0]);
          }
          return quantile;
        },
      },
    );
  },
};
