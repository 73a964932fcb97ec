import { exponentialBound } from './bounds.js';
import { noBuckets, sameIndexes, type Buckets } from './float-histogram.js';

/** Buckets of a schema as those of one that is `steps` coarser: each step joins two neighbours. */
export function joined(buckets: Buckets, steps: number): Buckets {
  const { indexes, counts } = buckets;
  if (steps === 0 || indexes.length === 0) return buckets;
  const newIndexes = new Int32Array(indexes.length);
  const newCounts = new Float64Array(indexes.length);
  let last = -1;
  for (let at = 0; at < indexes.length; at++) {
    const index = ((indexes[at]! - 1) >> steps) + 1;
    if (last < 0 || newIndexes[last] !== index) newIndexes[++last] = index;
    newCounts[last]! += counts[at]!;
  }
  return { indexes: newIndexes.slice(0, last + 1), counts: newCounts.slice(0, last + 1) };
}

/** Only the buckets that have a count. */
export function compacted(buckets: Buckets): Buckets {
  const { indexes, counts } = buckets;
  let filled = 0;
  for (let at = 0; at < counts.length; at++) if (counts[at] !== 0) filled++;
  if (filled === counts.length) return buckets;
  if (filled === 0) return noBuckets;
  const newIndexes = new Int32Array(filled);
  const newCounts = new Float64Array(filled);
  let to = 0;
  for (let at = 0; at < counts.length; at++) {
    if (counts[at] === 0) continue;
    newIndexes[to] = indexes[at]!;
    newCounts[to++] = counts[at]!;
  }
  return { indexes: newIndexes, counts: newCounts };
}

/** How many of the first buckets of an exponential schema end at or below `threshold`. */
export function bucketsWithin(buckets: Buckets, schema: number, threshold: number): number {
  const { indexes } = buckets;
  if (threshold <= 0) return 0;
  let within = 0;
  while (within < indexes.length && exponentialBound(indexes[within]!, schema) <= threshold) within++;
  return within;
}

/** Buckets without the first ones. */
export function withoutFirst(buckets: Buckets, first: number): Buckets {
  if (first === 0) return buckets;
  return { indexes: buckets.indexes.slice(first), counts: buckets.counts.slice(first) };
}

/**
 * Adds `sign` times the counts of `other` to those of `into`, and gives back where the sum stands.
 *
 * When `into` has every bucket of `other`, its counts are written to; else new arrays are made.
 */
export function addInto(into: Buckets, other: Buckets, sign: 1 | -1): Buckets {
  const { indexes, counts } = into;
  if (sameIndexes(indexes, other.indexes)) {
    for (let at = 0; at < counts.length; at++) counts[at]! += sign * other.counts[at]!;
    return into;
  }
  const missing = countMissing(indexes, other.indexes);
  if (missing > 0) return union(into, other, sign, missing);
  let at = 0;
  for (let next = 0; next < other.indexes.length; next++) {
    const index = other.indexes[next]!;
    while (at < indexes.length && indexes[at]! < index) at++;
    counts[at]! += sign * other.counts[next]!;
  }
  return into;
}

/** How many of `others` are not among `indexes`. */
function countMissing(indexes: Int32Array, others: Int32Array): number {
  let missing = 0;
  let at = 0;
  for (let next = 0; next < others.length; next++) {
    const index = others[next]!;
    while (at < indexes.length && indexes[at]! < index) at++;
    if (at === indexes.length || indexes[at] !== index) missing++;
  }
  return missing;
}

function union(into: Buckets, other: Buckets, sign: 1 | -1, missing: number): Buckets {
  const indexes = new Int32Array(into.indexes.length + missing);
  const counts = new Float64Array(indexes.length);
  let a = 0;
  let b = 0;
  for (let to = 0; to < indexes.length; to++) {
    const left = a < into.indexes.length ? into.indexes[a]! : Infinity;
    const right = b < other.indexes.length ? other.indexes[b]! : Infinity;
    indexes[to] = Math.min(left, right);
    if (left <= right) counts[to] = into.counts[a++]!;
    if (right <= left) counts[to]! += sign * other.counts[b++]!;
  }
  return { indexes, counts };
}
