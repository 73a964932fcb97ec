import { sameBounds, type Buckets, type FloatHistogram } from './float-histogram.js';

/** Whether two histograms say the same, bit for bit; buckets without a count do not matter, nor what is known of resets. */
export function equalHistograms(a: FloatHistogram, b: FloatHistogram): boolean {
  return (
    a.schema === b.schema &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    a.zeroThreshold === b.zeroThreshold &&
    Object.is(a.zeroCount, b.zeroCount) &&
    sameBounds(a.customValues, b.customValues) &&
    equalBuckets(a.positive, b.positive) &&
    equalBuckets(a.negative, b.negative)
  );
}

function equalBuckets(a: Buckets, b: Buckets): boolean {
  let left = nextFilled(a, 0);
  let right = nextFilled(b, 0);
  while (left < a.counts.length && right < b.counts.length) {
    if (a.indexes[left] !== b.indexes[right] || !Object.is(a.counts[left], b.counts[right])) return false;
    left = nextFilled(a, left + 1);
    right = nextFilled(b, right + 1);
  }
  return left >= a.counts.length && right >= b.counts.length;
}

function nextFilled({ counts }: Buckets, from: number): number {
  let at = from;
  while (at < counts.length && counts[at] === 0) at++;
  return at;
}
