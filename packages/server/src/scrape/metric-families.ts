import { isUtf8 } from 'node:buffer';
import { BadInput } from '../base/bad-input.js';
import { WireReader, fields } from '../decode/wire-reader.js';
import { signedVarint } from '../decode/remote-write/signed-varint.js';
import {
  keyOf,
  metricName,
  sortedLabels,
  type BucketSide,
  type Exemplar,
  type Item,
  type Label,
  type MetricType,
} from './exposition.js';
import { floatLabel } from './go-float.js';

/**
 * Prometheus' protobuf format: messages of `io.prometheus.client.MetricFamily`, each after its length
 * (https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto). It is the only one with native histograms.
 */

const types: readonly MetricType[] = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram'];

const knownFamily = fields(1, 2, 3, 4, 5);
const knownMetric = fields(1, 2, 3, 4, 5, 6, 7);
const knownPair = fields(1, 2);
const knownValue = fields(1);
const knownCounter = fields(1, 2, 3);
const knownSummary = fields(1, 2, 3, 4);
const knownHistogram = fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
const knownBucket = fields(1, 2, 3, 4);
const knownExemplar = fields(1, 2, 3);

/** Which of a histogram's two forms is wanted, where it has both. */
export interface HistogramForms {
  readonly native: boolean;
  /** Classic buckets even where there are native ones. */
  readonly alwaysClassic: boolean;
}

/** Reads the body. Throws `BadInput` when it is not in the format. */
export function* metricFamilies(body: Uint8Array, forms: HistogramForms): Generator<Item> {
  const wire = new WireReader(body);
  while (wire.at < body.length) {
    const end = wire.length(body.length) + wire.at;
    const family = readFamily(wire, end);
    const type = types[family.type] ?? 'unknown';
    yield { kind: 'family', name: family.name, type, help: family.help, unit: family.unit };
    for (const { at, end: metricEnd } of family.metrics) {
      wire.at = at;
      yield* metricItems(family.name, type, readMetric(wire, metricEnd), forms);
    }
    wire.at = end;
  }
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly unit: string;
  readonly type: number;
  readonly metrics: readonly { readonly at: number; readonly end: number }[];
}

function readFamily(wire: WireReader, end: number): Family {
  let name = '';
  let help = '';
  let unit = '';
  let type = 0;
  const metrics: { at: number; end: number }[] = [];
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) name = readText(wire, end);
    else if (tag === 18) help = readText(wire, end);
    else if (tag === 24) type = wire.varint(end);
    else if (tag === 34) {
      const length = wire.length(end);
      metrics.push({ at: wire.at, end: wire.at + length });
      wire.at += length;
    } else if (tag === 42) unit = readText(wire, end);
    else wire.skip(tag, knownFamily, end);
  }
  if (name === '') throw new BadInput('a metric family has no name');
  return { name, help, unit, type, metrics };
}

interface Metric {
  readonly labels: readonly Label[];
  readonly timeMs: number | undefined;
  readonly value: Value | undefined;
}

type Value =
  | {
      readonly kind: 'number';
      readonly value: number;
      readonly startMs: number;
      readonly exemplar: Exemplar | undefined;
    }
  | Summary
  | Histogram;

interface Summary {
  readonly kind: 'summary';
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
  readonly startMs: number;
}

interface Histogram {
  readonly kind: 'histogram';
  readonly isFloat: boolean;
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly Bucket[];
  readonly startMs: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: BucketSide;
  readonly negative: BucketSide;
  readonly exemplars: readonly Exemplar[];
}

interface Bucket {
  readonly count: number;
  readonly upperBound: number;
  readonly exemplar: Exemplar | undefined;
}

function readMetric(wire: WireReader, end: number): Metric {
  const labels: Label[] = [];
  let timeMs: number | undefined;
  let value: Value | undefined;
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 10:
        labels.push(readPair(wire, end));
        break;
      case 18:
      case 42:
        value = { kind: 'number', value: readValue(wire, end), startMs: 0, exemplar: undefined };
        break;
      case 26:
        value = readCounter(wire, end);
        break;
      case 34:
        value = readSummary(wire, end);
        break;
      case 48:
        timeMs = signedVarint(wire, end);
        break;
      case 58:
        value = readHistogram(wire, end);
        break;
      default:
        wire.skip(tag, knownMetric, end);
    }
  }
  const names = new Set(labels.map(({ name }) => name));
  if (names.size < labels.length) throw new BadInput('a metric has a label twice');
  return { labels, timeMs, value };
}

function* metricItems(name: string, type: MetricType, metric: Metric, forms: HistogramForms): Generator<Item> {
  const { labels, timeMs, value } = metric;
  if (value === undefined) return;
  const sample = (
    suffix: string,
    extra: readonly Label[],
    number: number,
    startMs: number,
    exemplar?: Exemplar,
  ): Item => {
    const all = sortedLabels([{ name: metricName, value: name + suffix }, ...labels, ...extra]);
    const exemplars = exemplar === undefined ? [] : [exemplar];
    return { kind: 'sample', series: keyOf(all), labels: () => all, value: number, timeMs, startMs, exemplars };
  };
  if (value.kind === 'number') {
    yield sample('', [], value.value, value.startMs, value.exemplar);
    return;
  }
  const { count, sum, startMs } = value;
  if (value.kind === 'summary') {
    for (const { quantile, value: number } of value.quantiles)
      yield sample('', [{ name: 'quantile', value: floatLabel(quantile) }], number, startMs);
    yield sample('_sum', [], sum, startMs);
    yield sample('_count', [], count, startMs);
    return;
  }
  const isNative =
    forms.native &&
    (value.zeroThreshold > 0 ||
      value.zeroCount > 0 ||
      value.positive.spans.length > 0 ||
      value.negative.spans.length > 0);
  if (isNative) {
    const all = sortedLabels([{ name: metricName, value: name }, ...labels]);
    const ofBuckets = value.buckets.flatMap(({ exemplar }) => (exemplar?.timeMs === undefined ? [] : [exemplar]));
    const { schema, isFloat, zeroThreshold, zeroCount, positive, negative } = value;
    yield {
      kind: 'native',
      series: keyOf(all),
      labels: () => all,
      timeMs,
      startMs,
      exemplars: value.exemplars.length > 0 ? value.exemplars : ofBuckets,
      histogram: {
        schema,
        isFloat,
        isGauge: type === 'gaugehistogram',
        count,
        sum,
        zeroThreshold,
        zeroCount,
        positive,
        negative,
      },
    };
  }
  if (isNative && !(forms.alwaysClassic && value.buckets.length > 0)) return;
  for (const { upperBound, count: below, exemplar } of value.buckets)
    yield sample('_bucket', [{ name: 'le', value: floatLabel(upperBound) }], below, startMs, exemplar);
  if (!value.buckets.some(({ upperBound }) => upperBound === Number.POSITIVE_INFINITY))
    yield sample('_bucket', [{ name: 'le', value: '+Inf' }], count, startMs);
  yield sample('_sum', [], sum, startMs);
  yield sample('_count', [], count, startMs);
}

function readCounter(wire: WireReader, messageEnd: number): Value {
  const end = wire.length(messageEnd) + wire.at;
  let value = 0;
  let startMs = 0;
  let exemplar: Exemplar | undefined;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 9) value = readDouble(wire, end);
    else if (tag === 18) exemplar = readExemplar(wire, end);
    else if (tag === 26) startMs = readTime(wire, end);
    else wire.skip(tag, knownCounter, end);
  }
  return { kind: 'number', value, startMs, exemplar };
}

function readSummary(wire: WireReader, messageEnd: number): Summary {
  const end = wire.length(messageEnd) + wire.at;
  let count = 0;
  let sum = 0;
  let startMs = 0;
  const quantiles: { quantile: number; value: number }[] = [];
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 8) count = wire.varint(end);
    else if (tag === 17) sum = readDouble(wire, end);
    else if (tag === 26) {
      const quantileEnd = wire.length(end) + wire.at;
      const one = { quantile: 0, value: 0 };
      while (wire.at < quantileEnd) {
        const tag = wire.varint(quantileEnd);
        if (tag === 9) one.quantile = readDouble(wire, quantileEnd);
        else if (tag === 17) one.value = readDouble(wire, quantileEnd);
        else wire.skip(tag, knownPair, quantileEnd);
      }
      quantiles.push(one);
    } else if (tag === 34) startMs = readTime(wire, end);
    else wire.skip(tag, knownSummary, end);
  }
  return { kind: 'summary', count, sum, quantiles, startMs };
}

interface Side {
  readonly spans: { readonly offset: number; readonly length: number }[];
  readonly deltas: number[];
  readonly counts: number[];
}

function readHistogram(wire: WireReader, messageEnd: number): Histogram {
  const end = wire.length(messageEnd) + wire.at;
  const positive: Side = { spans: [], deltas: [], counts: [] };
  const negative: Side = { spans: [], deltas: [], counts: [] };
  const buckets: Bucket[] = [];
  const exemplars: Exemplar[] = [];
  let count = 0;
  let floatCount = 0;
  let sum = 0;
  let startMs = 0;
  let schema = 0;
  let zeroThreshold = 0;
  let zeroCount = 0;
  let floatZeroCount = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 8:
        count = wire.varint(end);
        break;
      case 17:
        sum = readDouble(wire, end);
        break;
      case 26:
        buckets.push(readBucket(wire, end));
        break;
      case 33:
        floatCount = readDouble(wire, end);
        break;
      case 40:
        schema = zigzag(wire, end);
        break;
      case 49:
        zeroThreshold = readDouble(wire, end);
        break;
      case 56:
        zeroCount = wire.varint(end);
        break;
      case 65:
        floatZeroCount = readDouble(wire, end);
        break;
      case 74:
        negative.spans.push(readSpan(wire, end));
        break;
      case 80:
        negative.deltas.push(zigzag(wire, end));
        break;
      case 82:
        readPacked(wire, end, negative.deltas, zigzag);
        break;
      case 89:
        negative.counts.push(readDouble(wire, end));
        break;
      case 90:
        readPacked(wire, end, negative.counts, readDouble);
        break;
      case 98:
        positive.spans.push(readSpan(wire, end));
        break;
      case 104:
        positive.deltas.push(zigzag(wire, end));
        break;
      case 106:
        readPacked(wire, end, positive.deltas, zigzag);
        break;
      case 113:
        positive.counts.push(readDouble(wire, end));
        break;
      case 114:
        readPacked(wire, end, positive.counts, readDouble);
        break;
      case 122:
        startMs = readTime(wire, end);
        break;
      case 130:
        exemplars.push(readExemplar(wire, end));
        break;
      default:
        wire.skip(tag, knownHistogram, end);
    }
  }
  const isFloat = floatCount > 0 || floatZeroCount > 0;
  return {
    kind: 'histogram',
    isFloat,
    count: isFloat ? floatCount : count,
    sum,
    buckets,
    startMs,
    schema,
    zeroThreshold,
    zeroCount: isFloat ? floatZeroCount : zeroCount,
    positive,
    negative,
    exemplars,
  };
}

function readBucket(wire: WireReader, messageEnd: number): Bucket {
  const end = wire.length(messageEnd) + wire.at;
  let count = 0;
  let floatCount = 0;
  let upperBound = 0;
  let exemplar: Exemplar | undefined;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 8) count = wire.varint(end);
    else if (tag === 17) upperBound = readDouble(wire, end);
    else if (tag === 26) exemplar = readExemplar(wire, end);
    else if (tag === 33) floatCount = readDouble(wire, end);
    else wire.skip(tag, knownBucket, end);
  }
  return { count: floatCount > 0 ? floatCount : count, upperBound, exemplar };
}

function readSpan(wire: WireReader, messageEnd: number): { readonly offset: number; readonly length: number } {
  const end = wire.length(messageEnd) + wire.at;
  let offset = 0;
  let length = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 8) offset = zigzag(wire, end);
    else if (tag === 16) length = wire.varint(end);
    else wire.skip(tag, knownPair, end);
  }
  return { offset, length };
}

function readExemplar(wire: WireReader, messageEnd: number): Exemplar {
  const end = wire.length(messageEnd) + wire.at;
  const labels: Label[] = [];
  let value = 0;
  let timeMs: number | undefined;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) labels.push(readPair(wire, end));
    else if (tag === 17) value = readDouble(wire, end);
    else if (tag === 26) timeMs = readTime(wire, end);
    else wire.skip(tag, knownExemplar, end);
  }
  return { labels: sortedLabels(labels), value, timeMs };
}

/** `google.protobuf.Timestamp` in ms. */
function readTime(wire: WireReader, messageEnd: number): number {
  const end = wire.length(messageEnd) + wire.at;
  let seconds = 0;
  let nanoseconds = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 8) seconds = signedVarint(wire, end);
    else if (tag === 16) nanoseconds = wire.varint(end);
    else wire.skip(tag, knownPair, end);
  }
  return seconds * 1000 + Math.floor(nanoseconds / 1e6);
}

function readPair(wire: WireReader, messageEnd: number): Label {
  const end = wire.length(messageEnd) + wire.at;
  let name = '';
  let value = '';
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) name = readText(wire, end);
    else if (tag === 18) value = readText(wire, end);
    else wire.skip(tag, knownPair, end);
  }
  if (name === '') throw new BadInput('a label has no name');
  return { name, value };
}

function readValue(wire: WireReader, messageEnd: number): number {
  const end = wire.length(messageEnd) + wire.at;
  let value = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 9) value = readDouble(wire, end);
    else wire.skip(tag, knownValue, end);
  }
  return value;
}

function readText(wire: WireReader, end: number): string {
  const length = wire.length(end);
  const bytes = wire.bytes.subarray(wire.at, wire.at + length);
  wire.at += length;
  if (!isUtf8(bytes)) throw new BadInput('a text is not valid UTF-8');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

function readDouble(wire: WireReader, end: number): number {
  const { bytes } = wire;
  const at = wire.fixed(8, end);
  return new DataView(bytes.buffer, bytes.byteOffset + at, 8).getFloat64(0, true);
}

/** `sint32` and `sint64`: 0, -1, 1, -2, … are written as 0, 1, 2, 3, … */
function zigzag(wire: WireReader, end: number): number {
  const value = wire.varint(end);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function readPacked(
  wire: WireReader,
  messageEnd: number,
  into: number[],
  read: (wire: WireReader, end: number) => number,
): void {
  const end = wire.length(messageEnd) + wire.at;
  while (wire.at < end) into.push(read(wire, end));
}
