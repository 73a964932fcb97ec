import { high32, low32, fixed64Ms } from '../decode/fixed64.js';
import type { Exemplar, ExponentialPoint, HistogramPoint, NumberPoint, SummaryPoint } from '../decode/data-points.js';
import type { MetricBatch } from '../decode/otlp-metrics.js';
import type { ArrayValues, TextValues } from '../store/native/column.js';
import { exemplars, metricHistograms, metricSamples, metricSeries } from '../store/native/tables.js';
import { AttributeRows } from './attribute-rows.js';
import type { TableBlock } from './block-builder.js';
import type { KnownSeries, SeriesCache, SeriesKind } from './known-series.js';
import { copy, setTime, type Arrival } from './span-block.js';
import { attributesOf, type Attribute } from './value-text.js';
import type { Words } from './words.js';

/** `metric_histograms.scale` of a histogram with explicit bounds. */
const explicitScale = -128;

/** Prometheus' mark for a series that ended: this NaN and no other. */
const staleLow = 2;
const staleHigh = 0x7ff0_0000;

interface SeriesRow {
  readonly series: KnownSeries;
  readonly receivedMs: number;
}

interface HistogramRow {
  readonly series: KnownSeries;
  readonly point: HistogramPoint | ExponentialPoint;
  readonly tsMs: number;
  readonly startMs: number;
  readonly receivedMs: number;
}

interface ExemplarRow {
  readonly series: KnownSeries;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly attributes: readonly Attribute[];
  readonly receivedMs: number;
}

/** The metric rows of the block being built. After `cut` it is used up. */
export class MetricBlock {
  private readonly samples = new SampleColumns();
  private readonly histograms: HistogramRow[] = [];
  private readonly series: SeriesRow[] = [];
  private readonly exemplars: ExemplarRow[] = [];

  get rows(): number {
    return this.samples.rows + this.histograms.length;
  }

  /** Adds all of the batch; if it throws, none of its points. */
  add(batch: MetricBatch, arrival: Arrival, cache: SeriesCache): void {
    const { rows } = this.samples;
    const histograms = this.histograms.length;
    const exemplars = this.exemplars.length;
    try {
      this.addPoints(batch, arrival, cache);
    } catch (error) {
      this.samples.rows = rows;
      this.histograms.length = histograms;
      this.exemplars.length = exemplars;
      throw error;
    }
  }

  cut(words: Words): TableBlock[] {
    return [
      ...this.samples.cut(words),
      ...this.cutHistograms(words),
      ...this.cutSeries(words),
      ...this.cutExemplars(words),
    ];
  }

  private addPoints(batch: MetricBatch, arrival: Arrival, cache: SeriesCache): void {
    const { words } = arrival;
    const { body } = batch;
    const kinds: (SeriesKind | undefined)[] = Array.from(batch.metrics, () => undefined);

    const seriesOf = (point: NumberPoint | HistogramPoint | ExponentialPoint | SummaryPoint): KnownSeries => {
      // The decoder made these indexes while it made the lists.
      const metric = batch.metrics[point.metric]!;
      const resource = arrival.resources[metric.resource]!;
      const scope = arrival.scopes[metric.scope]!;
      const kind = (kinds[point.metric] ??= cache.kind(
        {
          metric: words.of(body, metric.nameAt, metric.nameLength),
          type: metric.type,
          temporality: metric.temporality,
          isMonotonic: metric.isMonotonic,
          unit: words.of(body, metric.unitAt, metric.unitLength),
          description: words.of(body, metric.descriptionAt, metric.descriptionLength),
        },
        resource,
        scope,
      ));
      return cache.of(words, kind, resource, scope, body, batch.attributes, point.firstAttribute, point.attributes);
    };

    for (const point of batch.numbers) {
      const series = seriesOf(point);
      if (point.isFresh) this.addSample(series, fixed64Ms(body, point.startAt), 0, arrival);
      this.addSample(series, timeMs(body, point, arrival), point.noValue ? undefined : point.value, arrival);
      this.addExemplars(series, point.exemplars, body, arrival);
    }
    for (const point of [...batch.histograms, ...batch.exponentials]) {
      const series = seriesOf(point);
      this.addSeries(series, arrival);
      if (point.isFresh)
        this.histograms.push(zeroRow(series, point, fixed64Ms(body, point.startAt), arrival.receivedMs));
      this.histograms.push({
        series,
        point,
        tsMs: timeMs(body, point, arrival),
        startMs: fixed64Ms(body, point.startAt),
        receivedMs: arrival.receivedMs,
      });
      this.addExemplars(series, point.exemplars, body, arrival);
    }
    for (const point of batch.summaries) this.addSummary(seriesOf(point), point, body, arrival, cache);
  }

  /** A summary is stored as plain series, as Prometheus has it: one per quantile, and its sum and count. */
  private addSummary(
    series: KnownSeries,
    point: SummaryPoint,
    body: Uint8Array,
    arrival: Arrival,
    cache: SeriesCache,
  ): void {
    const { words } = arrival;
    const tsMs = timeMs(body, point, arrival);
    const name = words.text(series.metric);
    const add = (metric: string, extra: readonly Attribute[], value: number, isMonotonic: boolean): void =>
      this.addSample(
        cache.derived(words, series, metric, extra, isMonotonic),
        tsMs,
        point.noValue ? undefined : value,
        arrival,
      );
    for (const { quantile, value } of point.quantiles) {
      add(name, [{ key: 'quantile', type: 's', text: String(quantile) }], value, false);
    }
    add(`${name}_sum`, [], point.sum, false);
    add(`${name}_count`, [], point.count, true);
  }

  private addSample(series: KnownSeries, tsMs: number, value: number | undefined, arrival: Arrival): void {
    this.addSeries(series, arrival);
    this.samples.add(series, tsMs, value, arrival);
  }

  private addSeries(series: KnownSeries, { receivedMs }: Arrival): void {
    const day = Math.floor(receivedMs / 86_400_000);
    if (series.writtenDay === day) return;
    series.writtenDay = day;
    this.series.push({ series, receivedMs });
  }

  private addExemplars(series: KnownSeries, list: readonly Exemplar[], body: Uint8Array, arrival: Arrival): void {
    for (const { timeAt, value, traceIdAt, spanIdAt, at, length } of list) {
      const ns = BigInt(arrival.receivedMs) * 1_000_000n;
      this.exemplars.push({
        series,
        value,
        low: timeAt < 0 ? Number(ns & 0xffff_ffffn) : low32(body, timeAt),
        high: timeAt < 0 ? Number(ns >> 32n) : high32(body, timeAt),
        traceId: traceIdAt < 0 ? new Uint8Array(16) : body.slice(traceIdAt, traceIdAt + 16),
        spanId: spanIdAt < 0 ? new Uint8Array(8) : body.slice(spanIdAt, spanIdAt + 8),
        attributes: attributesOf(body, at, at + length, 58, arrival.words.scrubber),
        receivedMs: arrival.receivedMs,
      });
    }
  }

  private cutSeries(words: Words): TableBlock[] {
    const rows = this.series;
    if (rows.length === 0) return [];
    const attributes = new AttributeRows(words);
    for (const { series } of rows) attributes.add(series.attributes);
    const word = (pick: (series: KnownSeries) => number): TextValues => ({
      texts: words.texts,
      indexes: Int32Array.from(rows, ({ series }) => pick(series)),
    });
    const columns = {
      workspace: word(series => series.resource.workspace),
      metric: word(series => series.metric),
      id: ids(rows),
      type: word(series => words.ofText(series.kind.type)),
      temporality: word(series => words.ofText(series.kind.temporality)),
      monotonic: Uint8Array.from(rows, ({ series }) => (series.kind.isMonotonic ? 1 : 0)),
      unit: word(series => series.kind.unit),
      description: word(series => series.kind.description),
      service: word(series => series.resource.service),
      scope_name: word(series => series.scope.name),
      resource_id: BigUint64Array.from(rows, ({ series }) => joined(series.resource.idLow, series.resource.idHigh)),
      attrs: attributes.map(),
      last_seen: BigInt64Array.from(rows, ({ receivedMs }) => BigInt(receivedMs)),
      received: days(rows),
    };
    return [{ table: metricSeries.name, rows: rows.length, chunks: metricSeries.encode(rows.length, columns) }];
  }

  private cutHistograms(words: Words): TableBlock[] {
    const rows = this.histograms;
    if (rows.length === 0) return [];
    const exponential = rows.map(({ point }) => ('scale' in point ? point : undefined));
    const explicit = rows.map(({ point }) => ('scale' in point ? undefined : point));
    const sums = Float64Array.from(rows, ({ point }) => point.sum);
    const halves = new Uint32Array(sums.buffer);
    for (const [row, { point }] of rows.entries()) {
      if (!point.noValue) continue;
      halves[row * 2] = staleLow;
      halves[row * 2 + 1] = staleHigh;
    }
    const columns = {
      ...identity(rows, words),
      ts: BigInt64Array.from(rows, ({ tsMs }) => BigInt(tsMs)),
      start_ts: BigInt64Array.from(rows, ({ startMs }) => BigInt(startMs)),
      count: Float64Array.from(rows, ({ point }) => point.count),
      sum: sums,
      min: Float64Array.from(rows, ({ point }) => point.min),
      max: Float64Array.from(rows, ({ point }) => point.max),
      scale: Int16Array.from(exponential, point => point?.scale ?? explicitScale),
      zero_threshold: Float64Array.from(exponential, point => point?.zeroThreshold ?? 0),
      zero_count: Float64Array.from(exponential, point => point?.zeroCount ?? 0),
      bounds: lists(
        explicit.map(point => point?.bounds ?? []),
        values => Float64Array.from(values),
      ),
      counts: lists(
        explicit.map(point => point?.counts ?? []),
        values => Float64Array.from(values),
      ),
      positive_offset: Int32Array.from(exponential, point => point?.positive.offset ?? 0),
      positive_counts: lists(
        exponential.map(point => point?.positive.counts ?? []),
        values => Float64Array.from(values),
      ),
      negative_offset: Int32Array.from(exponential, point => point?.negative.offset ?? 0),
      negative_counts: lists(
        exponential.map(point => point?.negative.counts ?? []),
        values => Float64Array.from(values),
      ),
      received: days(rows),
      reset_hint: new Uint8Array(rows.length),
    };
    return [{ table: metricHistograms.name, rows: rows.length, chunks: metricHistograms.encode(rows.length, columns) }];
  }

  private cutExemplars(words: Words): TableBlock[] {
    const rows = this.exemplars;
    if (rows.length === 0) return [];
    const attributes = new AttributeRows(words);
    const ts = new Uint32Array(rows.length * 2);
    const traceIds = new Uint8Array(rows.length * 16);
    const spanIds = new Uint8Array(rows.length * 8);
    for (const [row, exemplar] of rows.entries()) {
      attributes.add(exemplar.attributes);
      setTime(ts, row, exemplar.low, exemplar.high);
      copy(exemplar.traceId, 0, traceIds, row * 16, 16);
      copy(exemplar.spanId, 0, spanIds, row * 8, 8);
    }
    const columns = {
      ...identity(rows, words),
      ts: new BigInt64Array(ts.buffer),
      value: Float64Array.from(rows, ({ value }) => value),
      trace_id: traceIds,
      span_id: spanIds,
      attrs: attributes.map(),
      received: days(rows),
    };
    return [{ table: exemplars.name, rows: rows.length, chunks: exemplars.encode(rows.length, columns) }];
  }
}

const firstCapacity = 256;

/** Samples are many, so they are kept as columns. */
class SampleColumns {
  rows = 0;
  private workspace = new Int32Array(firstCapacity);
  private metric = new Int32Array(firstCapacity);
  private id = new Uint32Array(firstCapacity * 2);
  private tsMs = new Float64Array(firstCapacity);
  private value = new Float64Array(firstCapacity);
  private received = new Uint16Array(firstCapacity);

  /** `value` undefined: the series ended. */
  add(series: KnownSeries, tsMs: number, value: number | undefined, arrival: Arrival): void {
    const row = this.rows;
    if (row === this.metric.length) this.grow();
    this.workspace[row] = arrival.workspace;
    this.metric[row] = series.metric;
    this.id[row * 2] = series.idLow;
    this.id[row * 2 + 1] = series.idHigh;
    this.tsMs[row] = tsMs;
    this.received[row] = arrival.receivedMs / 86_400_000;
    if (value === undefined) {
      const halves = new Uint32Array(this.value.buffer, row * 8, 2);
      halves[0] = staleLow;
      halves[1] = staleHigh;
    } else this.value[row] = value;
    this.rows = row + 1;
  }

  cut(words: Words): TableBlock[] {
    const { rows } = this;
    if (rows === 0) return [];
    const columns = {
      workspace: { texts: words.texts, indexes: this.workspace.subarray(0, rows) },
      metric: { texts: words.texts, indexes: this.metric.subarray(0, rows) },
      id: new BigUint64Array(this.id.buffer, 0, rows),
      ts: BigInt64Array.from(this.tsMs.subarray(0, rows), BigInt),
      value: this.value.subarray(0, rows),
      received: this.received.subarray(0, rows),
    };
    return [{ table: metricSamples.name, rows, chunks: metricSamples.encode(rows, columns) }];
  }

  private grow(): void {
    const capacity = this.metric.length * 2;
    this.workspace = enlarged(this.workspace, new Int32Array(capacity));
    this.metric = enlarged(this.metric, new Int32Array(capacity));
    this.id = enlarged(this.id, new Uint32Array(capacity * 2));
    this.tsMs = enlarged(this.tsMs, new Float64Array(capacity));
    // As integers, since a copy of numbers may give another NaN in place of the stale one.
    const value = new Float64Array(capacity);
    new Uint32Array(value.buffer).set(new Uint32Array(this.value.buffer));
    this.value = value;
    this.received = enlarged(this.received, new Uint16Array(capacity));
  }
}

function enlarged<T extends Int32Array | Uint32Array | Float64Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The same histogram before anything was counted. */
function zeroRow(
  series: KnownSeries,
  point: HistogramPoint | ExponentialPoint,
  startMs: number,
  receivedMs: number,
): HistogramRow {
  const nothing = { ...point, count: 0, sum: 0, min: Number.NaN, max: Number.NaN, noValue: false };
  const empty = { offset: 0, counts: [] };
  const zero =
    'scale' in nothing
      ? { ...nothing, zeroCount: 0, positive: empty, negative: empty }
      : { ...nothing, counts: nothing.counts.map(() => 0) };
  return { series, point: zero, tsMs: startMs, startMs, receivedMs };
}

/** A point's time, or when it was received if it has none. */
function timeMs(body: Uint8Array, { timeAt }: { readonly timeAt: number }, { receivedMs }: Arrival): number {
  return fixed64Ms(body, timeAt) || receivedMs;
}

function joined(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

function ids(rows: readonly { readonly series: KnownSeries }[]): BigUint64Array {
  return BigUint64Array.from(rows, ({ series }) => joined(series.idLow, series.idHigh));
}

function days(rows: readonly { readonly receivedMs: number }[]): Uint16Array {
  return Uint16Array.from(rows, ({ receivedMs }) => receivedMs / 86_400_000);
}

/** The columns that name the series. */
function identity(
  rows: readonly { readonly series: KnownSeries }[],
  words: Words,
): { workspace: TextValues; metric: TextValues; id: BigUint64Array } {
  return {
    workspace: { texts: words.texts, indexes: Int32Array.from(rows, ({ series }) => series.resource.workspace) },
    metric: { texts: words.texts, indexes: Int32Array.from(rows, ({ series }) => series.metric) },
    id: ids(rows),
  };
}

/** A list per row, one after the other. */
function lists<Values>(
  rows: readonly (readonly number[])[],
  column: (values: readonly number[]) => Values,
): ArrayValues<Values> {
  let end = 0;
  const ends = BigUint64Array.from(rows, row => BigInt((end += row.length)));
  return { ends, values: column(rows.flat()) };
}
