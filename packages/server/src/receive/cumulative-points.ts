import { valueKind } from '../decode/attributes.js';
import { startsAfresh } from '../decode/data-points.js';
import type { Metric, MetricBatch } from '../decode/otlp-metrics.js';
import { ProtobufWriter } from '../decode/protobuf-writer.js';
import { added, fits, type AnyPoint, type Values } from './added-values.js';
import {
  copied,
  dataFields,
  fixed64,
  pointFields,
  readFixed64,
  tagged,
  text,
  varint,
  writeAttributes,
  writeExemplars,
  writeValues,
} from './metric-point-fields.js';
import { attributesOf, hashOf, SeriesNames, type WireAttribute } from './series-names.js';
import type { SeriesGuard } from './series-guard.js';

/** What a series has counted since it began. Times are nanoseconds since 1970. */
interface Total {
  readonly startNs: bigint;
  timeNs: bigint;
  values: Values | undefined;
}

const defaultMaxSeries = 200_000;

/** Bounds and counts of all histograms whose total is known: 128 MiB. */
const defaultMaxNumbers = 16 << 20;

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

/** Attributes whose values are few when they are what they should be; an overflow series keeps them. */
const keptInOverflow = new Set(['http.route', 'http.request.method', 'http.response.status_code', 'error.type']);

const overflowMark: WireAttribute = { key: 'otel.metric.overflow', kind: valueKind.bool, value: Uint8Array.of(1) };

function overflowOf(attributes: readonly WireAttribute[]): readonly WireAttribute[] {
  return [...attributes.filter(({ key }) => keptInOverflow.has(key)), overflowMark];
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
