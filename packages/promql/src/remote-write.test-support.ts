import { Buffer } from 'node:buffer';
import { bucketRun, noBounds, type Buckets, type FloatHistogram } from './histogram/float-histogram.js';
import type { MemorySource } from './memory-source.js';
import { labelsOf, type Labels } from './value/labels.js';

/** Reads Prometheus' remote write 1.0, as far as our tests send it: floats and float histograms. */
export function appendRemoteWrite(source: MemorySource, packed: Buffer): void {
  for (const { field, bytes } of fieldsOf(unsnappy(packed))) {
    if (field === 1) appendSeries(source, bytes);
  }
}

function appendSeries(source: MemorySource, series: Buffer): void {
  const pairs: (readonly [string, string])[] = [];
  const samples: Buffer[] = [];
  const histograms: Buffer[] = [];
  for (const { field, bytes } of fieldsOf(series)) {
    if (field === 1) {
      const [name, value] = [1, 2].map(wanted =>
        fieldsOf(bytes)
          .find(one => one.field === wanted)
          ?.bytes.toString(),
      );
      pairs.push([name ?? '', value ?? '']);
    } else if (field === 2) samples.push(bytes);
    else if (field === 4) histograms.push(bytes);
  }
  const labels = labelsOf(pairs);
  for (const bytes of samples) appendSample(source, labels, bytes);
  for (const bytes of histograms) {
    const { timeMs, histogram } = histogramOf(bytes);
    source.append(labels, timeMs, histogram);
  }
}

function appendSample(source: MemorySource, labels: Labels, bytes: Buffer): void {
  const fields = fieldsOf(bytes);
  const value = fields.find(one => one.field === 1)?.bytes ?? Buffer.alloc(8);
  const timeMs = Number(BigInt.asIntN(64, fields.find(one => one.field === 2)?.varint ?? 0n));
  const isStale = value.readBigUInt64LE() === 0x7ff0_0000_0000_0002n;
  source.append(labels, timeMs, isStale ? 'stale' : value.readDoubleLE());
}

const hints = ['unknown', 'reset', 'notReset', 'gauge'] as const;

function histogramOf(bytes: Buffer): { readonly timeMs: number; readonly histogram: FloatHistogram } {
  const fields = fieldsOf(bytes);
  const number = (field: number): number => fields.find(one => one.field === field)?.bytes.readDoubleLE() ?? 0;
  const integer = (field: number): bigint => fields.find(one => one.field === field)?.varint ?? 0n;
  const side = (spans: number, counts: number): Buckets =>
    bucketsOf(
      fields.flatMap(one => (one.field === spans ? [one.bytes] : [])),
      doubles(fields.find(one => one.field === counts)?.bytes),
    );
  const custom = fields.find(one => one.field === 16)?.bytes;
  const histogram: FloatHistogram = {
    counterResetHint: hints[Number(integer(14))] ?? 'unknown',
    schema: zigzag(integer(4)),
    zeroThreshold: number(5),
    zeroCount: number(7),
    count: number(2),
    sum: number(3),
    positive: side(11, 13),
    negative: side(8, 10),
    customValues: custom === undefined ? noBounds : doubles(custom),
  };
  return { timeMs: Number(BigInt.asIntN(64, integer(15))), histogram };
}

/** Spans are gaps and lengths; each bucket of each span has a count. */
function bucketsOf(spans: readonly Buffer[], counts: Float64Array): Buckets {
  const indexes: number[] = [];
  let next = 0;
  for (const span of spans) {
    const fields = fieldsOf(span);
    next += zigzag(fields.find(one => one.field === 1)?.varint ?? 0n);
    const length = Number(fields.find(one => one.field === 2)?.varint ?? 0n);
    for (let at = 0; at < length; at++) indexes.push(next++);
  }
  const [first = 0] = indexes;
  const isRun = indexes.every((index, at) => index === first + at);
  return isRun ? bucketRun(first, counts) : { indexes: Int32Array.from(indexes), counts };
}

function doubles(bytes: Buffer = Buffer.alloc(0)): Float64Array {
  return Float64Array.from({ length: bytes.length / 8 }, (_, at) => bytes.readDoubleLE(at * 8));
}

function zigzag(value: bigint): number {
  return Number((value >> 1n) ^ -(value & 1n));
}

interface Field {
  readonly field: number;
  readonly varint: bigint;
  readonly bytes: Buffer;
}

const none = Buffer.alloc(0);

function fieldsOf(message: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const tag = Number(varint());
    const field = tag >> 3;
    if ((tag & 7) === 0) fields.push({ field, varint: varint(), bytes: none });
    else if ((tag & 7) === 1) fields.push({ field, varint: 0n, bytes: take(8) });
    else fields.push({ field, varint: 0n, bytes: take(Number(varint())) });
  }
  return fields;
}

/** Snappy's block format with literals alone, which is all that the runner of the suite writes. */
function unsnappy(packed: Buffer): Buffer {
  let at = 0;
  while (packed.readUInt8(at++) >= 128);
  const parts: Buffer[] = [];
  while (at < packed.length) {
    const tag = packed.readUInt8(at++);
    if (tag !== 61 << 2) throw new Error('a snappy block with more than literals of two length bytes');
    const length = packed.readUInt16LE(at) + 1;
    parts.push(packed.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return Buffer.concat(parts);
}
