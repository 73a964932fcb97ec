import { BadInput } from '../../base/bad-input.js';
import { high32, low32 } from '../fixed64.js';
import { WireReader, fields } from '../wire-reader.js';
import { signedVarint } from './signed-varint.js';

/**
 * A native histogram, from the message that both versions share. Integer counts are exact below 2^53.
 * Buckets are dense: `offset` is the index of the first as OpenTelemetry counts them, where the bucket 0 begins at 1 (Prometheus' index less one).
 */
export interface NativeHistogram {
  readonly timeMs: number;
  /** 0: not said. */
  readonly startMs: number;
  /** -4 to 8: exponential; `customSchema`: `bounds`, and their counts in `positive`. */
  readonly schema: number;
  readonly count: number;
  /** The bits of the sum: a NaN may be the mark that the series ended. */
  readonly sumLow: number;
  readonly sumHigh: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: DenseBuckets;
  readonly negative: DenseBuckets;
  /** Upper bounds of the custom buckets; one more bucket goes to infinity. */
  readonly bounds: readonly number[];
  /** 0 unknown, 1 a reset came before it, 2 none came, 3 a gauge. */
  readonly resetHint: number;
}

export interface DenseBuckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

export const customSchema = -53;

/** Buckets from the first to the last that has a count. */
const maxBuckets = 65_536;

/** No number lies further out: 2^1024 at 2^8 buckets per power of two, and a margin. */
const maxIndex = 1 << 20;

/** Buckets of all histograms of a request: what 8 bytes say must not take gigabytes. */
const maxBucketsPerRequest = 1 << 22;

const known = fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
const knownSpan = fields(1, 2);

interface Side {
  /** Offset and length of each span, one after the other. */
  readonly spans: number[];
  readonly deltas: number[];
  readonly counts: number[];
}

/** How many buckets the histograms of a request may still have. */
export interface BucketBudget {
  left: number;
}

export function bucketBudget(): BucketBudget {
  return { left: maxBucketsPerRequest };
}

/** Reads a Histogram message up to `end`. A text says why it can not be stored; `BadInput` is thrown when it can not be read. */
export function readNativeHistogram(wire: WireReader, end: number, budget: BucketBudget): NativeHistogram | string {
  const positive: Side = { spans: [], deltas: [], counts: [] };
  const negative: Side = { spans: [], deltas: [], counts: [] };
  const bounds: number[] = [];
  let timeMs = 0;
  let startMs = 0;
  let schema = 0;
  let count = 0;
  let sumLow = 0;
  let sumHigh = 0;
  let zeroThreshold = 0;
  let zeroCount = 0;
  let resetHint = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 8:
        count = wire.varint(end);
        break;
      case 17:
        count = float64(wire, end);
        break;
      case 25: {
        const at = wire.fixed(8, end);
        sumLow = low32(wire.bytes, at) | 0;
        sumHigh = high32(wire.bytes, at) | 0;
        break;
      }
      case 32:
        schema = zigzag(wire, end);
        break;
      case 41:
        zeroThreshold = float64(wire, end);
        break;
      case 48:
        zeroCount = wire.varint(end);
        break;
      case 57:
        zeroCount = float64(wire, end);
        break;
      case 66:
        readSpan(wire, end, negative.spans);
        break;
      case 72:
        push(negative.deltas, zigzag(wire, end));
        break;
      case 74:
        packed(wire, end, negative.deltas, zigzag);
        break;
      case 81:
        push(negative.counts, float64(wire, end));
        break;
      case 82:
        packed(wire, end, negative.counts, float64);
        break;
      case 90:
        readSpan(wire, end, positive.spans);
        break;
      case 96:
        push(positive.deltas, zigzag(wire, end));
        break;
      case 98:
        packed(wire, end, positive.deltas, zigzag);
        break;
      case 105:
        push(positive.counts, float64(wire, end));
        break;
      case 106:
        packed(wire, end, positive.counts, float64);
        break;
      case 112:
        resetHint = wire.varint(end);
        break;
      case 120:
        timeMs = signedVarint(wire, end);
        break;
      case 129:
        push(bounds, float64(wire, end));
        break;
      case 130:
        packed(wire, end, bounds, float64);
        break;
      case 136:
        startMs = signedVarint(wire, end);
        break;
      default:
        wire.skip(tag, known, end);
    }
  }
  const isCustom = schema === customSchema;
  if (!isCustom && (schema < -4 || schema > 8)) return `a histogram has schema ${schema}; known: -4 to 8, and -53`;
  if (isCustom && negative.spans.length > 0) return 'a histogram with custom buckets has negative ones';
  const filled = dense(positive, isCustom ? 0 : 1, budget);
  const below = dense(negative, 1, budget);
  if (typeof filled === 'string') return filled;
  if (typeof below === 'string') return below;
  const isStale = sumLow === 2 && sumHigh === 0x7ff0_0000;
  const buckets = isCustom && !isStale ? fitted(filled, bounds) : filled;
  if (typeof buckets === 'string') return buckets;
  return {
    timeMs,
    startMs,
    schema,
    count,
    sumLow,
    sumHigh,
    zeroThreshold,
    zeroCount,
    positive: buckets,
    negative: below,
    bounds,
    resetHint: resetHint > 3 ? 0 : resetHint,
  };
}

/** Spans and what is in them as a list from the first bucket to the last; a text says what is wrong. `base`: what the index of bucket 0 is for the sender. */
function dense({ spans, deltas, counts }: Side, base: number, budget: BucketBudget): DenseBuckets | string {
  const isFloat = counts.length > 0;
  const given = isFloat ? counts : deltas;
  const first = spans[0] ?? 0;
  if (Math.abs(first) > maxIndex) return 'a histogram’s buckets lie beyond every number';
  const list: number[] = [];
  let taken = 0;
  let last = 0;
  for (let i = 0; i < spans.length; i += 2) {
    const gap = i === 0 ? 0 : spans[i]!;
    const length = spans[i + 1]!;
    if (gap < 0) return 'the bucket spans of a histogram overlap';
    if (length > given.length - taken) return 'a histogram has fewer buckets than its spans say';
    if (list.length + gap + length > maxBuckets)
      return `a histogram’s buckets are more than ${maxBuckets} apart; lower its resolution`;
    budget.left -= gap + length;
    if (budget.left < 0)
      throw new BadInput(`the histograms of the request have more than ${maxBucketsPerRequest} buckets; send fewer`);
    for (let k = 0; k < gap; k++) list.push(0);
    for (let k = 0; k < length; k++) {
      last = isFloat ? given[taken]! : last + given[taken]!;
      taken++;
      if (last < 0) return 'a bucket of a histogram has a negative count';
      list.push(last);
    }
  }
  if (taken < given.length) return 'a histogram has more buckets than its spans say';
  return { offset: spans.length === 0 ? 0 : first - base, counts: list };
}

/** Custom buckets as the table has them: one count per bound and one more, those of no span included. */
function fitted({ offset, counts }: DenseBuckets, bounds: readonly number[]): DenseBuckets | string {
  if (bounds.some((bound, i) => !(i === 0 || bound > bounds[i - 1]!) || Number.isNaN(bound)))
    return 'the bounds of a histogram’s custom buckets do not rise';
  if (offset < 0 || offset + counts.length > bounds.length + 1) return 'a histogram has custom buckets without a bound';
  const all = Array.from({ length: bounds.length + 1 }, (_, i) => counts[i - offset] ?? 0);
  return { offset: 0, counts: all };
}

function readSpan(wire: WireReader, messageEnd: number, into: number[]): void {
  const end = wire.length(messageEnd) + wire.at;
  let offset = 0;
  let length = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 8) offset = zigzag(wire, end);
    else if (tag === 16) length = wire.varint(end);
    else wire.skip(tag, knownSpan, end);
  }
  push(into, offset);
  push(into, length);
}

const eightBytes = new DataView(new ArrayBuffer(8));

function float64(wire: WireReader, end: number): number {
  const at = wire.fixed(8, end);
  eightBytes.setUint32(0, low32(wire.bytes, at), true);
  eightBytes.setUint32(4, high32(wire.bytes, at), true);
  return eightBytes.getFloat64(0, true);
}

/** `sint32` and `sint64`: 0, -1, 1, -2, … are written as 0, 1, 2, 3, … */
function zigzag(wire: WireReader, end: number): number {
  const value = wire.varint(end);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function packed(wire: WireReader, end: number, into: number[], read: (wire: WireReader, end: number) => number): void {
  const packedEnd = wire.length(end) + wire.at;
  while (wire.at < packedEnd) push(into, read(wire, packedEnd));
}

function push(into: number[], value: number): void {
  if (into.length >= maxBuckets) throw new BadInput(`a histogram has more than ${maxBuckets} buckets; use fewer`);
  into.push(value);
}
