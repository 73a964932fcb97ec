import { BadInput } from '../base/bad-input.js';
import { attributeWidth, checkAttribute, maxAttributes, readAttribute } from './attributes.js';
import { high32, isZero, low32 } from './fixed64.js';
import type { Int32List } from './int32-list.js';
import { WireReader, fields } from './wire-reader.js';

/** What every kind of data point has. Times are positions of a fixed64 in the body, -1 when absent. */
interface Point {
  readonly metric: number;
  readonly firstAttribute: number;
  readonly attributes: number;
  readonly startAt: number;
  readonly timeAt: number;
  /** The sender says that there is no value at this time: the series ended. */
  readonly noValue: boolean;
  /** Our own mark (`startsAfresh`): the series counts from nothing since the point's start. */
  readonly isFresh: boolean;
  readonly exemplars: readonly Exemplar[];
}

export interface NumberPoint extends Point {
  /** Undefined when the sender gave none. */
  readonly value: number | undefined;
}

/** `sum`, `min` and `max` are NaN when they were not sent. Counts are exact below 2^53. */
export interface HistogramPoint extends Point {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

export interface ExponentialPoint extends Point {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
}

export interface Buckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

export interface SummaryPoint extends Point {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

/** A measurement that stands for others. Ids are positions in the body, -1 when absent; its own attributes stand in its message. */
export interface Exemplar {
  readonly timeAt: number;
  readonly value: number;
  readonly traceIdAt: number;
  readonly spanIdAt: number;
  readonly at: number;
  readonly length: number;
}

/** In a data point's flags: a cumulative series that was made of deltas begins here, at zero. OpenTelemetry gives this bit no meaning. */
export const startsAfresh = 0x4000_0000;

/** Buckets or quantiles of one point; the default of OpenTelemetry's SDKs is 160 at most. */
const maxBuckets = 65_536;

/** Exemplars kept per point. */
const maxExemplars = 1000;

const knownNumber = fields(2, 3, 4, 5, 6, 7, 8);
const knownHistogram = fields(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
const knownExponential = fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
const knownSummary = fields(2, 3, 4, 5, 6, 7, 8);
const knownBuckets = fields(1, 2);
const knownQuantile = fields(1, 2);
const knownExemplar = fields(2, 3, 4, 5, 6, 7);

/** Reads the fields that all points share, by their tags in this kind of point. */
class PointReader {
  startAt = -1;
  timeAt = -1;
  attributes = 0;
  flags = 0;
  readonly exemplars: Exemplar[] = [];
  readonly firstAttribute: number;
  private readonly wire: WireReader;
  private readonly list: Int32List;

  constructor(wire: WireReader, list: Int32List) {
    this.wire = wire;
    this.list = list;
    this.firstAttribute = list.length / attributeWidth;
  }

  time(tag: number, end: number): void {
    const at = this.wire.fixed(8, end);
    if (tag === 17) this.startAt = at;
    else this.timeAt = at;
  }

  attribute(end: number): void {
    const attributeEnd = this.wire.length(end) + this.wire.at;
    if (this.attributes >= maxAttributes) checkAttribute(this.wire, attributeEnd);
    else if (readAttribute(this.wire, attributeEnd, this.list)) this.attributes++;
  }

  exemplar(end: number): void {
    const length = this.wire.length(end);
    const exemplar = readExemplar(this.wire, length);
    if (this.exemplars.length < maxExemplars) this.exemplars.push(exemplar);
  }

  point(metric: number): Point {
    const { firstAttribute, attributes, startAt, timeAt, exemplars } = this;
    const noValue = (this.flags & 1) === 1;
    const isFresh = (this.flags & startsAfresh) !== 0;
    return { metric, firstAttribute, attributes, startAt, timeAt, noValue, isFresh, exemplars };
  }
}

export function readNumberPoint(wire: WireReader, end: number, metric: number, list: Int32List): NumberPoint {
  const reader = new PointReader(wire, list);
  let value: number | undefined;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 17 || tag === 25) reader.time(tag, end);
    else if (tag === 33) value = float64(wire, end);
    else if (tag === 49) value = signed64(wire, end);
    else if (tag === 58) reader.attribute(end);
    else if (tag === 42) reader.exemplar(end);
    else if (tag === 64) reader.flags = wire.varint(end);
    else wire.skip(tag, knownNumber, end);
  }
  return { ...reader.point(metric), value };
}

export function readHistogramPoint(wire: WireReader, end: number, metric: number, list: Int32List): HistogramPoint {
  const reader = new PointReader(wire, list);
  const counts: number[] = [];
  const bounds: number[] = [];
  let count = 0;
  let sum = Number.NaN;
  let min = Number.NaN;
  let max = Number.NaN;
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 17:
      case 25:
        reader.time(tag, end);
        break;
      case 33:
        count = unsigned64(wire, end);
        break;
      case 41:
        sum = float64(wire, end);
        break;
      case 49:
        push(counts, unsigned64(wire, end));
        break;
      case 50:
        packed(wire, end, counts, unsigned64);
        break;
      case 57:
        push(bounds, float64(wire, end));
        break;
      case 58:
        packed(wire, end, bounds, float64);
        break;
      case 66:
        reader.exemplar(end);
        break;
      case 74:
        reader.attribute(end);
        break;
      case 80:
        reader.flags = wire.varint(end);
        break;
      case 89:
        min = float64(wire, end);
        break;
      case 97:
        max = float64(wire, end);
        break;
      default:
        wire.skip(tag, knownHistogram, end);
    }
  }
  return { ...reader.point(metric), count, sum, min, max, bounds, counts };
}

export function readExponentialPoint(wire: WireReader, end: number, metric: number, list: Int32List): ExponentialPoint {
  const reader = new PointReader(wire, list);
  let count = 0;
  let sum = Number.NaN;
  let min = Number.NaN;
  let max = Number.NaN;
  let scale = 0;
  let zeroCount = 0;
  let zeroThreshold = 0;
  let positive: Buckets = { offset: 0, counts: [] };
  let negative: Buckets = { offset: 0, counts: [] };
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 10:
        reader.attribute(end);
        break;
      case 17:
      case 25:
        reader.time(tag, end);
        break;
      case 33:
        count = unsigned64(wire, end);
        break;
      case 41:
        sum = float64(wire, end);
        break;
      case 48:
        scale = zigzag(wire, end);
        break;
      case 57:
        zeroCount = unsigned64(wire, end);
        break;
      case 66:
        positive = readBuckets(wire, end);
        break;
      case 74:
        negative = readBuckets(wire, end);
        break;
      case 80:
        reader.flags = wire.varint(end);
        break;
      case 90:
        reader.exemplar(end);
        break;
      case 97:
        min = float64(wire, end);
        break;
      case 105:
        max = float64(wire, end);
        break;
      case 113:
        zeroThreshold = float64(wire, end);
        break;
      default:
        wire.skip(tag, knownExponential, end);
    }
  }
  return { ...reader.point(metric), count, sum, min, max, scale, zeroCount, zeroThreshold, positive, negative };
}

export function readSummaryPoint(wire: WireReader, end: number, metric: number, list: Int32List): SummaryPoint {
  const reader = new PointReader(wire, list);
  const quantiles: { quantile: number; value: number }[] = [];
  let count = 0;
  let sum = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 17 || tag === 25) reader.time(tag, end);
    else if (tag === 33) count = unsigned64(wire, end);
    else if (tag === 41) sum = float64(wire, end);
    else if (tag === 50) {
      if (quantiles.length >= maxBuckets) throw tooMany();
      quantiles.push(readQuantile(wire, end));
    } else if (tag === 58) reader.attribute(end);
    else if (tag === 64) reader.flags = wire.varint(end);
    else wire.skip(tag, knownSummary, end);
  }
  return { ...reader.point(metric), count, sum, quantiles };
}

function readQuantile(wire: WireReader, pointEnd: number): { readonly quantile: number; readonly value: number } {
  const end = wire.length(pointEnd) + wire.at;
  let quantile = 0;
  let value = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 9) quantile = float64(wire, end);
    else if (tag === 17) value = float64(wire, end);
    else wire.skip(tag, knownQuantile, end);
  }
  return { quantile, value };
}

function readBuckets(wire: WireReader, pointEnd: number): Buckets {
  const end = wire.length(pointEnd) + wire.at;
  const counts: number[] = [];
  let offset = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 8) offset = zigzag(wire, end);
    else if (tag === 16) push(counts, wire.varint(end));
    else if (tag === 18) packed(wire, end, counts, varint);
    else wire.skip(tag, knownBuckets, end);
  }
  return { offset, counts };
}

function readExemplar(wire: WireReader, length: number): Exemplar {
  const at = wire.at;
  const end = at + length;
  let timeAt = -1;
  let value = 0;
  let traceIdAt = -1;
  let spanIdAt = -1;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 17) timeAt = wire.fixed(8, end);
    else if (tag === 25) value = float64(wire, end);
    else if (tag === 49) value = signed64(wire, end);
    else if (tag === 34) spanIdAt = id(wire, end, 8);
    else if (tag === 42) traceIdAt = id(wire, end, 16);
    else if (tag === 58) {
      const attributeLength = wire.length(end);
      checkAttribute(wire, wire.at + attributeLength);
    } else wire.skip(tag, knownExemplar, end);
  }
  return { timeAt, value, traceIdAt, spanIdAt, at, length };
}

function id(wire: WireReader, end: number, bytes: number): number {
  const length = wire.length(end);
  const at = wire.at;
  wire.at += length;
  return length === bytes && !isZero(wire.bytes, at, bytes) ? at : -1;
}

const eightBytes = new DataView(new ArrayBuffer(8));

function float64(wire: WireReader, end: number): number {
  const at = wire.fixed(8, end);
  eightBytes.setUint32(0, low32(wire.bytes, at), true);
  eightBytes.setUint32(4, high32(wire.bytes, at), true);
  return eightBytes.getFloat64(0, true);
}

function unsigned64(wire: WireReader, end: number): number {
  const at = wire.fixed(8, end);
  return high32(wire.bytes, at) * 0x1_0000_0000 + low32(wire.bytes, at);
}

function signed64(wire: WireReader, end: number): number {
  const at = wire.fixed(8, end);
  return (high32(wire.bytes, at) | 0) * 0x1_0000_0000 + low32(wire.bytes, at);
}

function varint(wire: WireReader, end: number): number {
  return wire.varint(end);
}

/** `sint32`: 0, -1, 1, -2, … are written as 0, 1, 2, 3, … */
function zigzag(wire: WireReader, end: number): number {
  const value = wire.varint(end) >>> 0;
  return (value >>> 1) ^ -(value & 1);
}

function packed(wire: WireReader, end: number, into: number[], read: (wire: WireReader, end: number) => number): void {
  const packedEnd = wire.length(end) + wire.at;
  while (wire.at < packedEnd) push(into, read(wire, packedEnd));
}

function push(into: number[], value: number): void {
  if (into.length >= maxBuckets) throw tooMany();
  into.push(value);
}

function tooMany(): BadInput {
  return new BadInput(`a data point has more than ${maxBuckets} buckets or quantiles; use fewer`);
}
