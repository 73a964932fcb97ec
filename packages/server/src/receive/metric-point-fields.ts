import { valueKind } from '../decode/attributes.js';
import type { Buckets, Exemplar } from '../decode/data-points.js';
import type { Metric } from '../decode/otlp-metrics.js';
import type { ProtobufWriter } from '../decode/protobuf-writer.js';
import type { HistogramSum, SummarySum, Values } from './added-values.js';
import type { ExponentialSum } from './merged-buckets.js';
import type { WireAttribute } from './series-names.js';

// How metric points are written: https://github.com/open-telemetry/opentelemetry-proto/blob/v1.5.0/opentelemetry/proto/metrics/v1/metrics.proto

/** A message in a message. */
export function tagged(out: ProtobufWriter, field: number, write: () => void): void {
  out.tag(field, 2);
  out.message(write);
}

/** What stands in the request, by its place in `places`. */
export function copied(out: ProtobufWriter, field: number, body: Uint8Array, places: Int32Array, index: number): void {
  out.tag(field, 2);
  out.bytes(body.subarray(places[index * 2]!, places[index * 2]! + places[index * 2 + 1]!));
}

/** A text of the request; none when it is empty. */
export function text(out: ProtobufWriter, field: number, body: Uint8Array, at: number, length: number): void {
  if (length === 0) return;
  out.tag(field, 2);
  out.bytes(body.subarray(at, at + length));
}

/** NaN, which stands for a value that was not sent, is left out. */
function double(out: ProtobufWriter, field: number, value: number | undefined): void {
  if (value === undefined || Number.isNaN(value)) return;
  out.tag(field, 1);
  out.double(value);
}

/** A number of 8 bytes, as times are. */
export function fixed64(out: ProtobufWriter, field: number, value: bigint): void {
  out.tag(field, 1);
  out.fixed64(value);
}

/** A small number; zero is left out, as that is what is read then. */
export function varint(out: ProtobufWriter, field: number, value: number): void {
  if (value === 0) return;
  out.tag(field, 0);
  out.varint(BigInt(value));
}

/** The field of Metric by its type. */
export const dataFields = { gauge: 5, sum: 7, histogram: 9, exponential_histogram: 10, summary: 11 } as const;

/** The fields that every data point has, under other numbers in each. */
export const pointFields = {
  gauge: { attributes: 7, exemplars: 5, flags: 8 },
  sum: { attributes: 7, exemplars: 5, flags: 8 },
  histogram: { attributes: 9, exemplars: 8, flags: 10 },
  exponential_histogram: { attributes: 1, exemplars: 11, flags: 10 },
  summary: { attributes: 7, exemplars: 0, flags: 8 },
} as const;

/** The values of a point, and its flags. */
export function writeValues(
  out: ProtobufWriter,
  type: Metric['type'],
  values: Values | undefined,
  flags: number,
): void {
  varint(out, pointFields[type].flags, flags);
  if (values === undefined) return;
  if ('bounds' in values) writeHistogram(out, values);
  else if ('scale' in values) writeExponential(out, values);
  else if ('quantiles' in values) writeSummary(out, values);
  else if (values.value !== undefined) {
    // NaN is a value here.
    out.tag(4, 1);
    out.double(values.value);
  }
}

function writeHistogram(out: ProtobufWriter, { count, sum, min, max, bounds, counts }: HistogramSum): void {
  fixed64(out, 4, BigInt(count));
  double(out, 5, sum);
  tagged(out, 6, () => counts.forEach(count => out.fixed64(BigInt(count))));
  tagged(out, 7, () => bounds.forEach(bound => out.double(bound)));
  double(out, 11, min);
  double(out, 12, max);
}

function writeSummary(out: ProtobufWriter, { count, sum, quantiles }: SummarySum): void {
  fixed64(out, 4, BigInt(count));
  double(out, 5, sum);
  for (const { quantile, value } of quantiles) {
    tagged(out, 6, () => {
      double(out, 1, quantile);
      double(out, 2, value);
    });
  }
}

function writeExponential(out: ProtobufWriter, sum: ExponentialSum): void {
  fixed64(out, 4, BigInt(sum.count));
  double(out, 5, sum.sum);
  out.tag(6, 0);
  out.varint(zigzag(sum.scale));
  fixed64(out, 7, BigInt(sum.zeroCount));
  writeBuckets(out, 8, sum.positive);
  writeBuckets(out, 9, sum.negative);
  double(out, 12, sum.min);
  double(out, 13, sum.max);
  double(out, 14, sum.zeroThreshold);
}

function writeBuckets(out: ProtobufWriter, field: number, { offset, counts }: Buckets): void {
  if (counts.length === 0) return;
  tagged(out, field, () => {
    out.tag(1, 0);
    out.varint(zigzag(offset));
    tagged(out, 2, () => counts.forEach(count => out.varint(BigInt(count))));
  });
}

const zigzag = (value: number): bigint => BigInt(((value << 1) ^ (value >> 31)) >>> 0);

/** AnyValue's field and wire type by `valueKind`. */
const valueTags: Readonly<Record<number, readonly [field: number, wireType: number]>> = {
  [valueKind.string]: [1, 2],
  [valueKind.int]: [3, 0],
  [valueKind.double]: [4, 1],
  [valueKind.bool]: [2, 0],
  [valueKind.bytes]: [7, 2],
  [valueKind.array]: [5, 2],
  [valueKind.map]: [6, 2],
};

/** Attributes as KeyValue messages. */
export function writeAttributes(out: ProtobufWriter, field: number, attributes: readonly WireAttribute[]): void {
  for (const { key, kind, value } of attributes) {
    const tag = valueTags[kind];
    tagged(out, field, () => {
      out.tag(1, 2);
      out.bytes(Buffer.from(key, 'latin1'));
      tagged(out, 2, () => {
        if (tag === undefined) return;
        out.tag(...tag);
        if (tag[1] === 2) out.bytes(value);
        else out.raw(value);
      });
    });
  }
}

/** Exemplars as they came. */
export function writeExemplars(
  out: ProtobufWriter,
  field: number,
  body: Uint8Array,
  exemplars: readonly Exemplar[],
): void {
  for (const { at, length } of exemplars) {
    out.tag(field, 2);
    out.bytes(body.subarray(at, at + length));
  }
}

/** A number of 8 bytes of a request. */
export function readFixed64(body: Uint8Array, at: number): bigint {
  return new DataView(body.buffer, body.byteOffset + at, 8).getBigUint64(0, true);
}
