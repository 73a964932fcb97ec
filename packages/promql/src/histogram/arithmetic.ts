import { compacted, joined } from './bucket-lists.js';
import { noBuckets, type Buckets, type FloatHistogram } from './float-histogram.js';
import { HistogramTotal, type Incompatible } from './histogram-total.js';

/** The sum of two histograms, or why there is none. */
export function add(a: FloatHistogram, b: FloatHistogram): FloatHistogram | Incompatible {
  const total = new HistogramTotal(a);
  return total.add(b) ?? total.value();
}

/** The difference of two histograms, or why there is none. Counts may become negative. */
export function subtract(a: FloatHistogram, b: FloatHistogram): FloatHistogram | Incompatible {
  const total = new HistogramTotal(a);
  return total.subtract(b) ?? total.value();
}

/** A histogram with every count and the sum multiplied. */
export function multiply(histogram: FloatHistogram, factor: number): FloatHistogram {
  return {
    ...histogram,
    zeroCount: histogram.zeroCount * factor,
    count: histogram.count * factor,
    sum: histogram.sum * factor,
    positive: times(histogram.positive, factor),
    negative: times(histogram.negative, factor),
  };
}

/** A histogram with every count and the sum divided. Divided by zero it has no buckets. */
export function divide(histogram: FloatHistogram, divisor: number): FloatHistogram {
  return {
    ...histogram,
    zeroCount: histogram.zeroCount / divisor,
    count: histogram.count / divisor,
    sum: histogram.sum / divisor,
    positive: over(histogram.positive, divisor),
    negative: over(histogram.negative, divisor),
  };
}

/** A histogram without its empty buckets. */
export function compact(histogram: FloatHistogram): FloatHistogram {
  const positive = compacted(histogram.positive);
  const negative = compacted(histogram.negative);
  return positive === histogram.positive && negative === histogram.negative
    ? histogram
    : { ...histogram, positive, negative };
}

/** A histogram with the buckets of a coarser schema, which may be its own. */
export function toSchema(histogram: FloatHistogram, schema: number): FloatHistogram {
  const steps = histogram.schema - schema;
  if (steps === 0) return histogram;
  return {
    ...histogram,
    schema,
    positive: joined(histogram.positive, steps),
    negative: joined(histogram.negative, steps),
  };
}

function times({ indexes, counts }: Buckets, factor: number): Buckets {
  if (counts.length === 0) return noBuckets;
  const products = new Float64Array(counts.length);
  for (let at = 0; at < counts.length; at++) products[at] = counts[at]! * factor;
  return { indexes, counts: products };
}

function over({ indexes, counts }: Buckets, divisor: number): Buckets {
  if (counts.length === 0 || divisor === 0) return noBuckets;
  const quotients = new Float64Array(counts.length);
  for (let at = 0; at < counts.length; at++) quotients[at] = counts[at]! / divisor;
  return { indexes, counts: quotients };
}
