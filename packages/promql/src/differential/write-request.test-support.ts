import type { Buckets, FloatHistogram } from '../histogram/float-histogram.js';
import type { Point } from '../memory-source.js';
import type { TestSeries } from './test-series.test-support.js';

const staleBits = 0x7ff0000000000002n;
const hints = { unknown: 0, reset: 1, notReset: 2, gauge: 3 };

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

const zigzag = (value: number): Buffer => varint(value < 0 ? -2 * value - 1 : 2 * value);

function field(number: number, wire: 0 | 1 | 2, body: Buffer): Buffer {
  const tag = varint((number << 3) | wire);
  return Buffer.concat(wire === 2 ? [tag, varint(body.length), body] : [tag, body]);
}

function double(value: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeDoubleLE(value);
  return body;
}

function stale(): Buffer {
  const body = Buffer.alloc(8);
  body.writeBigUInt64LE(staleBits);
  return body;
}

const doubles = (values: Float64Array): Buffer => Buffer.concat(Array.from(values, double));

/** Runs of buckets that follow each other: how far each is from the one before, and how long. */
function spansOf({ indexes }: Buckets): readonly Buffer[] {
  const spans: [offset: number, length: number][] = [];
  let next = 0;
  for (const index of indexes) {
    const last = spans.at(-1);
    if (last !== undefined && index === next) last[1]++;
    else spans.push([index - next, 1]);
    next = index + 1;
  }
  return spans.map(([offset, length]) => Buffer.concat([field(1, 0, zigzag(offset)), field(2, 0, varint(length))]));
}

function histogramMessage(histogram: FloatHistogram, timeMs: number): Buffer {
  const { negative, positive, customValues } = histogram;
  return Buffer.concat([
    field(2, 1, double(histogram.count)),
    field(3, 1, double(histogram.sum)),
    field(4, 0, zigzag(histogram.schema)),
    field(5, 1, double(histogram.zeroThreshold)),
    field(7, 1, double(histogram.zeroCount)),
    ...spansOf(negative).map(span => field(8, 2, span)),
    field(10, 2, doubles(negative.counts)),
    ...spansOf(positive).map(span => field(11, 2, span)),
    field(13, 2, doubles(positive.counts)),
    field(14, 0, varint(hints[histogram.counterResetHint])),
    field(15, 0, varint(timeMs)),
    field(16, 2, doubles(customValues)),
  ]);
}

function pointField(timeMs: number, point: Point): Buffer {
  if (typeof point === 'object') return field(4, 2, histogramMessage(point, timeMs));
  const value = point === 'stale' ? stale() : double(point);
  return field(2, 2, Buffer.concat([field(1, 1, value), field(2, 0, varint(timeMs))]));
}

function seriesMessage({ labels, points }: TestSeries): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < labels.length; at += 2) {
    const pair = labels.slice(at, at + 2).map((text, place) => field(place + 1, 2, Buffer.from(text)));
    parts.push(field(1, 2, Buffer.concat(pair)));
  }
  for (const [timeMs, point] of points) parts.push(pointField(timeMs, point));
  return Buffer.concat(parts);
}

/** Snappy's block format, all of it literal. */
function snappy(bytes: Buffer): Buffer {
  const parts = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536);
    parts.push(Buffer.from([61 << 2, (piece.length - 1) & 255, (piece.length - 1) >> 8]), piece);
  }
  return Buffer.concat(parts);
}

/** A request of remote write 1.0, compressed. */
export function writeRequest(series: readonly TestSeries[]): Buffer {
  return snappy(Buffer.concat(series.map(one => field(1, 2, seriesMessage(one)))));
}
