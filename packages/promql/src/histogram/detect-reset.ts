import { bucketsWithin, joined } from './bucket-lists.js';
import { customSchema, sameIndexes, withHint, type Buckets, type FloatHistogram } from './float-histogram.js';
import { incompatibility } from './histogram-total.js';
import { widerZeroBucket } from './zero-bucket.js';

/**
 * Whether a counter began again between two of its samples: any count has fallen, or the layout has changed as it only does at a restart.
 *
 * A schema may become coarser and a zero bucket wider without one; then the earlier histogram is seen as if it had been so.
 * A hint that says it is believed.
 */
export function detectReset(current: FloatHistogram, previous: FloatHistogram): boolean {
  if (current.counterResetHint === 'reset') return true;
  if (current.counterResetHint === 'notReset') return false;
  if (current.count < previous.count) return true;
  if (incompatibility(current, previous) !== undefined) return true;
  if (current.schema === customSchema) return anyFell(current.positive, previous.positive, 0);
  if (current.schema > previous.schema || current.zeroThreshold < previous.zeroThreshold) return true;
  const { schema, zeroThreshold } = current;
  const zero = widerZeroBucket(previous, zeroThreshold);
  if (zero.threshold !== zeroThreshold || current.zeroCount < zero.count) return true;
  return [current.positive, current.negative].some((buckets, side) => {
    const before = joined(side === 0 ? previous.positive : previous.negative, previous.schema - schema);
    return anyFell(buckets, before, bucketsWithin(before, schema, zeroThreshold));
  });
}

/** Whether a bucket has fewer than it had; those before `from` were taken in by the zero bucket. */
function anyFell(current: Buckets, previous: Buckets, from: number): boolean {
  if (sameIndexes(current.indexes, previous.indexes)) {
    for (let at = from; at < current.counts.length; at++) {
      if (current.counts[at]! < previous.counts[at]!) return true;
    }
    return false;
  }
  let at = 0;
  for (let before = from; before < previous.indexes.length; before++) {
    const index = previous.indexes[before]!;
    while (at < current.indexes.length && current.indexes[at]! < index) at++;
    const isThere = at < current.indexes.length && current.indexes[at] === index;
    if (isThere ? current.counts[at]! < previous.counts[before]! : previous.counts[before] !== 0) return true;
  }
  return false;
}

/**
 * The samples of one series with what can be known of resets between them, so that it is found out once and not again at every step.
 *
 * A sender's word that there was none is not taken: the sample before may have been lost. What is found to continue the sample before it is marked,
 * the first and what follows a reset stay unknown. Gauges, and resets that the sender saw, stay.
 */
export function withKnownResets(histograms: readonly FloatHistogram[]): readonly FloatHistogram[] {
  return histograms.map((histogram, at) => {
    const hint = histogram.counterResetHint;
    if (hint === 'gauge' || hint === 'reset') return histogram;
    const unknown = withHint(histogram, 'unknown');
    const previous = histograms[at - 1];
    if (previous === undefined || previous.counterResetHint === 'gauge' || detectReset(unknown, previous))
      return unknown;
    return withHint(histogram, 'notReset');
  });
}
