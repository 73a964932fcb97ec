import { hash } from 'node:crypto';
import { attributeWidth, valueKind } from '../decode/attributes.js';
import {
  startsAfresh,
  type Buckets,
  type Exemplar,
  type ExponentialPoint,
  type HistogramPoint,
  type NumberPoint,
  type SummaryPoint,
} from '../decode/data-points.js';
import type { Metric, MetricBatch } from '../decode/otlp-metrics.js';
import { ProtobufWriter } from '../decode/protobuf-writer.js';
import { mergedBuckets, mergedExponential, type ExponentialSum } from './merged-buckets.js';
import { seriesHash, type SeriesGuard } from './series-guard.js';

/** What a series has counted since it began. Times are nanoseconds since 1970. */
interface Total {
  readonly startNs: bigint;
  timeNs: bigint;
  values: Values | undefined;
}

interface NumberSum {
  readonly value: number | undefined;
}

type HistogramSum = Pick<HistogramPoint, 'count' | 'sum' | 'min' | 'max' | 'bounds' | 'counts'>;

type SummarySum = Pick<SummaryPoint, 'count' | 'sum' | 'quantiles'>;

type Values = NumberSum | HistogramSum | ExponentialSum | SummarySum;

const defaultMaxSeries = 200_000;

/** Bounds and counts of all histograms whose total is known: 128 MiB. */
const defaultMaxNumbers = 16 << 20;

/** A series that is told apart by more has a hash in its place, so that nobody fills the memory with long attributes. */
const longestKey = 256;

/** Bytes of a metric's name that count by themselves. */
const longestName = 1000;

/** Cumulative sums that count in an overflow series and whose last value is remembered. */
const maxLastValues = 500_000;

/** A request as it is kept. */
export interface Rewritten {
  readonly body: Uint8Array;
  /** Points that are not in `body`: they belong to series that are too many. */
  readonly rejected: number;
  readonly rejectedReason: string;
}

/**
 * What happens to metric points before the log has them, so that a replay gives the same numbers without any state of its own.
 *
 * Delta points become cumulative (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#sums-delta-to-cumulative): whoever reads metrics meets
 * one kind only. Totals live in memory. A series whose total is lost (a restart, or more than `maxSeries` of them) begins at zero again, and its first
 * point says so, so that a rate sees a counter that was reset and loses nothing. A delta that comes late counts, a millisecond after the newest.
 *
 * Of a metric with too many series, those that are too many count together in overflow series, which keep the attributes that have few values
 * (route, method, status). What can not be added up (gauges, summaries, histograms that are cumulative already) is rejected and says why.
 */
export class CumulativePoints {
  readonly #guard: Pick<SeriesGuard, 'admits'>;
  readonly #maxSeries: number;
  readonly #totals = new Map<string, Total>();
  readonly #lastValues = new Map<number, number>();
  readonly #maxNumbers: number;
  #numbers = 0;
  /** Series that were forgotten because there were too many. */
  forgotten = 0;

  constructor(guard: Pick<SeriesGuard, 'admits'>, maxSeries = defaultMaxSeries, maxNumbers = defaultMaxNumbers) {
    this.#guard = guard;
    this.#maxSeries = maxSeries;
    this.#maxNumbers = maxNumbers;
  }

  /** Series whose total is known. */
  get series(): number {
    return this.#totals.size;
  }

  /** The request as it is to be kept; undefined when that is as it came. Each call counts the deltas once. */
  rewrite(workspace: string, batch: MetricBatch, receivedMs: number): Rewritten | undefined {
    const names = new SeriesNames(workspace, batch);
    const judged = judgedByMetric(batch, point => this.#judge(workspace, batch, point, names));
    const stays = batch.metrics.map((metric, i) => !isDelta(metric) && judged[i]!.every(({ isOwn }) => isOwn));
    if (stays.every(Boolean)) return undefined;
    const out = new ProtobufWriter(batch.body.length * 2);
    let rejected = 0;
    let rejectedReason = '';
    const writeMetric = (index: number): void => {
      const metric = batch.metrics[index]!;
      if (stays[index]) {
        out.tag(2, 2);
        out.bytes(batch.body.subarray(metric.at, metric.at + metric.length));
        return;
      }
      const kept = judged[index]!.filter(({ isOwn }) => isOwn || canAddUp(metric));
      if (kept.length < judged[index]!.length) {
        rejected += judged[index]!.length - kept.length;
        rejectedReason = `the metric ${names.metric(index).slice(0, 100)} has too many series; take attributes with many values (ids, raw paths) off it`;
      }
      tagged(out, 2, () => this.#writeMetric(out, { names, batch, metric, receivedMs }, kept));
    };
    for (const { resource, scopes } of groups(batch)) {
      tagged(out, 1, () => {
        copied(out, 1, batch.body, batch.resources, resource);
        for (const { scope, metrics } of scopes) {
          tagged(out, 2, () => {
            copied(out, 1, batch.body, batch.scopes, scope);
            metrics.forEach(writeMetric);
          });
        }
      });
    }
    return { body: out.take(), rejected, rejectedReason };
  }

  /** Forgets what was counted for this request's series: it was not kept, so their totals are not known any more. */
  undo(workspace: string, batch: MetricBatch): void {
    const names = new SeriesNames(workspace, batch);
    for (const point of pointsOf(batch)) {
      if (!isDelta(batch.metrics[point.metric]!)) continue;
      const own = attributesOf(batch, point);
      for (const attributes of [own, overflowOf(own)]) this.#forget(names.key(point.metric, attributes));
    }
  }

  #judge(workspace: string, batch: MetricBatch, point: AnyPoint, names: SeriesNames): Judged {
    const hash = hashOf(batch, point, names.hash(point.metric));
    return { point, hash, isOwn: this.#guard.admits(workspace, names.metric(point.metric), hash) };
  }

  #writeMetric(out: ProtobufWriter, context: Context, points: readonly Judged[]): void {
    const { batch, metric } = context;
    text(out, 1, batch.body, metric.nameAt, metric.nameLength);
    text(out, 2, batch.body, metric.descriptionAt, metric.descriptionLength);
    text(out, 3, batch.body, metric.unitAt, metric.unitLength);
    tagged(out, dataFields[metric.type], () => {
      for (const judged of points) tagged(out, 1, () => this.#writePoint(out, context, judged));
      if (metric.type === 'sum' || isDelta(metric) || metric.temporality === 'cumulative') varint(out, 2, 2);
      if (metric.type === 'sum') varint(out, 3, metric.isMonotonic ? 1 : 0);
    });
  }

  #writePoint(out: ProtobufWriter, context: Context, { point, hash, isOwn }: Judged): void {
    const { batch, metric } = context;
    const own = attributesOf(batch, point);
    const attributes = isOwn ? own : overflowOf(own);
    const fields = pointFields[metric.type];
    writeAttributes(out, fields.attributes, attributes);
    writeExemplars(out, fields.exemplars, batch.body, point.exemplars);
    if (isOwn && !isDelta(metric)) {
      if (point.startAt >= 0) fixed64(out, 2, readFixed64(batch.body, point.startAt));
      if (point.timeAt >= 0) fixed64(out, 3, readFixed64(batch.body, point.timeAt));
      writeValues(out, metric.type, point, point.noValue ? 1 : 0);
      return;
    }
    const counted = !isOwn && !isDelta(metric) ? this.#risenSinceLast(point, hash) : point;
    const { total, isFresh } = this.#placed(context, counted, context.names.key(point.metric, attributes));
    fixed64(out, 2, total.startNs);
    fixed64(out, 3, total.timeNs);
    const isStart = isFresh && (metric.type !== 'sum' || metric.isMonotonic);
    writeValues(out, metric.type, total.values, (point.noValue ? 1 : 0) + (isStart ? startsAfresh : 0));
  }

  /** A cumulative sum as the delta since it was last seen; what it had before the first time is not known, so that counts nothing. */
  #risenSinceLast(point: AnyPoint, hash: number): AnyPoint {
    if (!('value' in point)) return point;
    const value = point.value ?? 0;
    const last = this.#lastValues.get(hash) ?? value;
    this.#lastValues.delete(hash);
    this.#lastValues.set(hash, value);
    if (this.#lastValues.size > maxLastValues) this.#lastValues.delete(this.#lastValues.keys().next().value ?? 0);
    return { ...point, value: value >= last ? value - last : value };
  }

  /** Adds a point to its series' total. */
  #placed(
    { batch, receivedMs }: Context,
    point: AnyPoint,
    key: string,
  ): { readonly total: Total; readonly isFresh: boolean } {
    const timeNs = point.timeAt < 0 ? BigInt(receivedMs) * 1_000_000n : readFixed64(batch.body, point.timeAt);
    const found = this.#forget(key);
    // A clock that was ahead once, and is right again, must not keep the series in the future.
    const aheadNs = BigInt(receivedMs) * 1_000_000n + hourNs;
    const before = found !== undefined && found.timeNs > aheadNs && timeNs <= aheadNs ? undefined : found;
    const known = before !== undefined && fits(before.values, point) ? before : undefined;
    const total = known ?? begun(batch, point, timeNs, before?.timeNs);
    const earliestNs = known?.timeNs ?? total.startNs;
    total.timeNs = timeNs > earliestNs ? timeNs : earliestNs + millisecondNs;
    if (!point.noValue) total.values = added(total.values, point);
    this.#totals.set(key, total);
    this.#numbers += numbersOf(total);
    while (this.#totals.size > 1 && (this.#totals.size > this.#maxSeries || this.#numbers > this.#maxNumbers)) {
      this.#forget(this.#totals.keys().next().value ?? '');
      this.forgotten += 1;
    }
    return { total, isFresh: known === undefined };
  }

  #forget(key: string): Total | undefined {
    const total = this.#totals.get(key);
    if (total === undefined) return undefined;
    this.#totals.delete(key);
    this.#numbers -= numbersOf(total);
    return total;
  }
}

const millisecondNs = 1_000_000n;
const hourNs = 3_600_000n * millisecondNs;

/** What the values take of the memory that grows with what is sent. */
function numbersOf({ values }: Total): number {
  if (values === undefined) return 0;
  if ('bounds' in values) return values.bounds.length + values.counts.length;
  return 'scale' in values ? values.positive.counts.length + values.negative.counts.length : 0;
}

/** A total that begins: where the sender says, but after the last point of the one before. */
function begun(batch: MetricBatch, point: AnyPoint, timeNs: bigint, lastNs: bigint | undefined): Total {
  const said = point.startAt < 0 ? 0n : readFixed64(batch.body, point.startAt);
  const startNs = said > 0n && said < timeNs ? said : timeNs - millisecondNs;
  const isAfter = lastNs === undefined || startNs > lastNs;
  return { startNs: isAfter ? startNs : lastNs + millisecondNs, timeNs: 0n, values: undefined };
}

type AnyPoint = NumberPoint | HistogramPoint | ExponentialPoint | SummaryPoint;

/** A point, and whether it may have a series of its own. */
interface Judged {
  readonly point: AnyPoint;
  readonly hash: number;
  readonly isOwn: boolean;
}

interface Context {
  readonly names: SeriesNames;
  readonly batch: MetricBatch;
  readonly metric: Metric;
  readonly receivedMs: number;
}

function isDelta({ temporality, type }: Metric): boolean {
  return temporality === 'delta' && type !== 'gauge' && type !== 'summary';
}

/** Overflow series hold only what can be added up. */
function canAddUp(metric: Metric): boolean {
  return isDelta(metric) || (metric.type === 'sum' && metric.isMonotonic);
}

function fits(values: Values | undefined, point: AnyPoint): boolean {
  if (values === undefined || !('bounds' in point)) return true;
  const bounds = 'bounds' in values ? values.bounds : [];
  return bounds.length === point.bounds.length && bounds.every((bound, i) => bound === point.bounds[i]);
}

function added(values: Values | undefined, point: AnyPoint): Values {
  if ('bounds' in point) return mergedHistogram(values !== undefined && 'bounds' in values ? values : undefined, point);
  if ('scale' in point) return mergedExponential(values !== undefined && 'scale' in values ? values : undefined, point);
  if ('quantiles' in point) return point;
  return { value: (values !== undefined && 'value' in values ? (values.value ?? 0) : 0) + (point.value ?? 0) };
}

function mergedHistogram(sum: HistogramSum | undefined, point: HistogramPoint): HistogramSum {
  if (sum === undefined) {
    const { count, sum, min, max, bounds, counts } = point;
    return { count, sum, min, max, bounds, counts };
  }
  return {
    count: sum.count + point.count,
    sum: sum.sum + point.sum,
    min: lesser(sum.min, point.min),
    max: greater(sum.max, point.max),
    bounds: sum.bounds,
    counts: mergedBuckets(sum.counts, point.counts),
  };
}

const lesser = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b));
const greater = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b));

/** An attribute as it stands in the request; `value` are the bytes after the tag. */
interface WireAttribute {
  readonly key: string;
  readonly kind: number;
  readonly value: Uint8Array;
}

function attributesOf({ body, attributes }: MetricBatch, point: AnyPoint): readonly WireAttribute[] {
  return Array.from({ length: point.attributes }, (_, i) => {
    const at = (point.firstAttribute + i) * attributeWidth;
    const keyAndKind = attributes[at + 1]!;
    return {
      key: latin1(body, attributes[at]!, keyAndKind >>> 3),
      kind: keyAndKind & 7,
      value: body.subarray(attributes[at + 2]!, attributes[at + 2]! + attributes[at + 3]!),
    };
  });
}

/** Attributes whose values are few when they are what they should be; an overflow series keeps them. */
const keptInOverflow = new Set(['http.route', 'http.request.method', 'http.response.status_code', 'error.type']);

const overflowMark: WireAttribute = { key: 'otel.metric.overflow', kind: valueKind.bool, value: Uint8Array.of(1) };

function overflowOf(attributes: readonly WireAttribute[]): readonly WireAttribute[] {
  return [...attributes.filter(({ key }) => keptInOverflow.has(key)), overflowMark];
}

/** What tells the series of a request apart. What many of them share is read once: a resource may be long, and have many points. */
class SeriesNames {
  readonly #workspace: string;
  readonly #batch: MetricBatch;
  readonly #metrics: string[] = [];
  readonly #prefixes: string[] = [];
  readonly #resources: string[] = [];
  readonly #scopes: string[] = [];
  readonly #hashes: number[] = [];

  constructor(workspace: string, batch: MetricBatch) {
    this.#workspace = workspace;
    this.#batch = batch;
  }

  /** The metric's name; of a very long one its beginning and a hash. */
  metric(index: number): string {
    const { body, metrics } = this.#batch;
    const { nameAt, nameLength } = metrics[index]!;
    return (this.#metrics[index] ??=
      nameLength <= longestName
        ? textAt(body, nameAt, nameLength)
        : `${textAt(body, nameAt, longestName)}… ${hash('sha256', body.subarray(nameAt, nameAt + nameLength), 'base64')}`);
  }

  /** All that tells the series apart, the attributes in the order they came. */
  key(index: number, attributes: readonly WireAttribute[]): string {
    const own = attributes.map(
      ({ key, kind, value }) => `${key.length}:${key}${kind}${value.length}:${latin1(value, 0, value.length)}`,
    );
    return shortened(`${this.#prefix(index)}${own.join('')}`);
  }

  /** The same without attributes as a number, without making text of it. */
  hash(index: number): number {
    const known = this.#hashes[index];
    if (known !== undefined) return known;
    const shared = Buffer.from(this.#prefix(index));
    return (this.#hashes[index] = seriesHash(0, shared, 0, shared.length));
  }

  #prefix(index: number): string {
    const known = this.#prefixes[index];
    if (known !== undefined) return known;
    const { body, metrics, resources, scopes } = this.#batch;
    const { type, isMonotonic, unitAt, unitLength, resource, scope } = metrics[index]!;
    const slice = (places: Int32Array, place: number): string =>
      shortened(`${places[place * 2 + 1]!}:${latin1(body, places[place * 2]!, places[place * 2 + 1]!)}`);
    const ofResource = (this.#resources[resource] ??= slice(resources, resource));
    const ofScope = (this.#scopes[scope] ??= slice(scopes, scope));
    const unit = shortened(latin1(body, unitAt, unitLength));
    const what = `${this.#workspace}\n${type}${isMonotonic ? '+' : ''}\n${this.metric(index)}\n${unit}\n`;
    return (this.#prefixes[index] = `${what}${ofResource}${ofScope}`);
  }
}

function shortened(key: string): string {
  return key.length > longestKey ? hash('sha256', key, 'base64') : key;
}

function hashOf({ body, attributes }: MetricBatch, point: AnyPoint, ofMetric: number): number {
  let hash = ofMetric;
  const end = (point.firstAttribute + point.attributes) * attributeWidth;
  for (let at = point.firstAttribute * attributeWidth; at < end; at += attributeWidth) {
    hash = seriesHash(hash, body, attributes[at]!, attributes[at + 1]! >>> 3);
    hash = seriesHash(hash, body, attributes[at + 2]!, attributes[at + 3]!);
  }
  return hash;
}

function latin1(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('latin1');
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString();
}

function pointsOf({ numbers, histograms, exponentials, summaries }: MetricBatch): readonly AnyPoint[] {
  return [...numbers, ...histograms, ...exponentials, ...summaries];
}

function judgedByMetric(batch: MetricBatch, judge: (point: AnyPoint) => Judged): readonly (readonly Judged[])[] {
  const byMetric: Judged[][] = batch.metrics.map(() => []);
  for (const point of pointsOf(batch)) byMetric[point.metric]!.push(judge(point));
  return byMetric;
}

interface ScopeGroup {
  readonly scope: number;
  readonly metrics: number[];
}

/** The indexes of the metrics that follow each other with one resource, and in it with one scope. */
function groups(batch: MetricBatch): readonly { readonly resource: number; readonly scopes: ScopeGroup[] }[] {
  const list: { resource: number; scopes: ScopeGroup[] }[] = [];
  for (const [index, { resource, scope }] of batch.metrics.entries()) {
    const last = list.at(-1);
    const lastScope = last?.scopes.at(-1);
    if (last?.resource !== resource) list.push({ resource, scopes: [{ scope, metrics: [index] }] });
    else if (lastScope?.scope === scope) lastScope.metrics.push(index);
    else last.scopes.push({ scope, metrics: [index] });
  }
  return list;
}

function tagged(out: ProtobufWriter, field: number, write: () => void): void {
  out.tag(field, 2);
  out.message(write);
}

function copied(out: ProtobufWriter, field: number, body: Uint8Array, places: Int32Array, index: number): void {
  out.tag(field, 2);
  out.bytes(body.subarray(places[index * 2]!, places[index * 2]! + places[index * 2 + 1]!));
}

function text(out: ProtobufWriter, field: number, body: Uint8Array, at: number, length: number): void {
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

function fixed64(out: ProtobufWriter, field: number, value: bigint): void {
  out.tag(field, 1);
  out.fixed64(value);
}

function varint(out: ProtobufWriter, field: number, value: number): void {
  if (value === 0) return;
  out.tag(field, 0);
  out.varint(BigInt(value));
}

/** The field of Metric by its type. */
const dataFields = { gauge: 5, sum: 7, histogram: 9, exponential_histogram: 10, summary: 11 } as const;

/** The fields that every data point has, under other numbers in each. */
const pointFields = {
  gauge: { attributes: 7, exemplars: 5, flags: 8 },
  sum: { attributes: 7, exemplars: 5, flags: 8 },
  histogram: { attributes: 9, exemplars: 8, flags: 10 },
  exponential_histogram: { attributes: 1, exemplars: 11, flags: 10 },
  summary: { attributes: 7, exemplars: 0, flags: 8 },
} as const;

function writeValues(out: ProtobufWriter, type: Metric['type'], values: Values | undefined, flags: number): void {
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

function writeAttributes(out: ProtobufWriter, field: number, attributes: readonly WireAttribute[]): void {
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

function writeExemplars(out: ProtobufWriter, field: number, body: Uint8Array, exemplars: readonly Exemplar[]): void {
  for (const { at, length } of exemplars) {
    out.tag(field, 2);
    out.bytes(body.subarray(at, at + length));
  }
}

function readFixed64(body: Uint8Array, at: number): bigint {
  return new DataView(body.buffer, body.byteOffset + at, 8).getBigUint64(0, true);
}
