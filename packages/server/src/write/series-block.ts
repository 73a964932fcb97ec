import { LabelPositions } from '../decode/remote-write/label-positions.js';
import { customSchema } from '../decode/remote-write/native-histogram.js';
import {
  descriptionWidth,
  metricTypes,
  sampleWidth,
  type Label,
  type MetricFamily,
  type SeriesBatch,
  type SeriesExemplar,
  type SeriesHistogram,
} from '../decode/remote-write/series-batch.js';
import type { ArrayValues, TextValues } from '../store/native/column.js';
import { exemplars, metricHistograms, metricMetadata, metricSamples, metricSeries } from '../store/native/tables.js';
import { AttributeRows } from './attribute-rows.js';
import type { TableBlock } from './block-builder.js';
import { LabelSeries, enlarged } from './label-series.js';
import { TextColumn } from './text-column.js';
import type { Words } from './words.js';

const firstRows = 4096;

/** Filled with the labels of one series after the other. */
const labelPositions = new LabelPositions();
const jobLabel = Buffer.from('job');

/** Room for so many samples is kept from block to block. */
const keptRows = 1 << 18;

/** Metric families whose row is remembered as written. */
const maxFamilies = 100_000;

/** Buckets count as rows of a block, so many to one. */
const bucketsPerRow = 16;

export interface SeriesArrival {
  readonly words: Words;
  /** A word. */
  readonly workspace: number;
  readonly receivedMs: number;
}

interface HistogramRow extends SeriesHistogram {
  readonly series: number;
  readonly day: number;
}

interface ExemplarRow extends SeriesExemplar {
  readonly series: number;
  readonly receivedMs: number;
}

interface FamilyRow extends MetricFamily {
  readonly workspace: number;
  readonly receivedMs: number;
}

/**
 * Rows of what came by remote write. Samples are put in the tables' order here, by counting: the order of all series changes only when new ones
 * come, and the engine then has nothing left to sort (`bench/remote-write/micro.mjs`).
 */
export class SeriesBlock {
  private series = new LabelSeries();
  /** As in the batch, with the series in place of the label set. */
  private samples: Int32Array = new Int32Array(firstRows * sampleWidth);
  private received: Uint16Array = new Uint16Array(firstRows);
  private count = 0;
  private histograms: HistogramRow[] = [];
  private buckets = 0;
  private exemplars: ExemplarRow[] = [];
  private families: FamilyRow[] = [];
  /** Series that need a row, and when they were received. */
  private readonly unwritten = new Map<number, number>();
  private writtenFamilies = new Map<string, string>();
  private counts: Int32Array = new Int32Array(firstRows);

  get rows(): number {
    return this.count + this.histograms.length + Math.floor(this.buckets / bucketsPerRow);
  }

  get isFull(): boolean {
    return this.series.isFull;
  }

  add(batch: SeriesBatch, { words, workspace, receivedMs }: SeriesArrival): void {
    const day = Math.floor(receivedMs / 86_400_000);
    const { labelSets } = batch;
    const { series } = this;
    const bySet = series.bySet(workspace, labelSets);
    const seriesOf = (set: number): number => {
      const known = bySet[set]! - 1;
      const number = known >= 0 ? known : series.learn(workspace, labelSets, set, words, labelPositions);
      bySet[set] = number + 1;
      if (series.writtenDay[number] !== day) {
        series.writtenDay[number] = day;
        this.unwritten.set(number, receivedMs);
      }
      return number;
    };

    const rows = batch.samples.length / sampleWidth;
    this.reserve(rows);
    const { samples } = this;
    const from = this.count * sampleWidth;
    samples.set(batch.samples, from);
    for (let at = from; at < from + batch.samples.length; at += sampleWidth) {
      const number = bySet[samples[at]!]! - 1;
      samples[at] = number >= 0 && series.writtenDay[number] === day ? number : seriesOf(samples[at]!);
    }
    this.received.fill(day, this.count, this.count + rows);
    this.count += rows;

    this.describe(batch, seriesOf, words, receivedMs);
    for (const { set, histogram } of batch.histograms) {
      this.histograms.push({ set, histogram, series: seriesOf(set), day });
      this.buckets += histogram.positive.counts.length + histogram.negative.counts.length;
    }
    for (const exemplar of batch.exemplars)
      this.exemplars.push({ ...exemplar, series: seriesOf(exemplar.set), receivedMs });
    for (const family of batch.families) this.addFamily(family, workspace, day, receivedMs);
  }

  /** The blocks of all tables that have rows; nothing is left of them afterwards. */
  cut(words: Words): TableBlock[] {
    const blocks = [
      ...this.cutSamples(words),
      ...this.cutHistograms(words),
      ...this.cutSeries(words),
      ...this.cutExemplars(words),
      ...this.cutFamilies(words),
    ];
    this.count = 0;
    this.histograms = [];
    this.buckets = 0;
    this.exemplars = [];
    this.families = [];
    this.unwritten.clear();
    if (this.received.length > keptRows) {
      this.samples = new Int32Array(firstRows * sampleWidth);
      this.received = new Uint16Array(firstRows);
    }
    return blocks;
  }

  /** What the request says of its series; a series about which something else was said before is written again. */
  private describe(batch: SeriesBatch, seriesOf: (set: number) => number, words: Words, receivedMs: number): void {
    const { descriptions, labelSets } = batch;
    const { series } = this;
    const texts = new Map<number, number>();
    const wordOf = (number: number): number => {
      let word = texts.get(number);
      if (word === undefined) texts.set(number, (word = words.ofText(labelSets.word(number))));
      return word;
    };
    for (let at = 0; at < descriptions.length; at += descriptionWidth) {
      const number = seriesOf(descriptions[at]!);
      const type = descriptions[at + 1]!;
      const unit = wordOf(descriptions[at + 2]!);
      const help = wordOf(descriptions[at + 3]!);
      if (series.type[number] === type && series.unit[number] === unit && series.help[number] === help) continue;
      series.type[number] = type;
      series.unit[number] = unit;
      series.help[number] = help;
      this.unwritten.set(number, receivedMs);
    }
  }

  private addFamily(family: MetricFamily, workspace: number, day: number, receivedMs: number): void {
    const key = `${workspace} ${family.name}`;
    const row = JSON.stringify([day, family.type, family.unit, family.help]);
    if (this.writtenFamilies.get(key) === row) return;
    if (this.writtenFamilies.size > maxFamilies) this.writtenFamilies.clear();
    this.writtenFamilies.set(key, row);
    this.families.push({ ...family, workspace, receivedMs });
  }

  private cutSamples(words: Words): TableBlock[] {
    const rows = this.count;
    if (rows === 0) return [];
    const { samples, series } = this;
    const order = this.inOrder(words);
    const workspace = new Int32Array(rows);
    const metric = new Int32Array(rows);
    const id = new Int32Array(rows * 2);
    const ts = new Int32Array(rows * 2);
    const value = new Int32Array(rows * 2);
    const received = new Uint16Array(rows);
    for (let to = 0; to < rows; to++) {
      const from = order[to]!;
      const at = from * sampleWidth;
      const number = samples[at]!;
      workspace[to] = series.workspace[number]!;
      metric[to] = series.metric[number]!;
      id[to * 2] = series.idLow[number]!;
      id[to * 2 + 1] = series.idHigh[number]!;
      ts[to * 2] = samples[at + 1]!;
      ts[to * 2 + 1] = samples[at + 2]!;
      value[to * 2] = samples[at + 3]!;
      value[to * 2 + 1] = samples[at + 4]!;
      received[to] = this.received[from]!;
    }
    const chunks = metricSamples.encode(rows, {
      workspace: { texts: words.texts, indexes: workspace },
      metric: { texts: words.texts, indexes: metric },
      id: new BigUint64Array(id.buffer),
      ts: new BigInt64Array(ts.buffer),
      value: new Float64Array(value.buffer),
      received,
    });
    return [{ table: metricSamples.name, rows, chunks }];
  }

  /** The samples' rows by workspace, metric, id and time; those with one time stay as they came. */
  private inOrder(words: Words): Int32Array {
    const { samples, series, count } = this;
    if (this.counts.length <= series.count) this.counts = new Int32Array(series.count * 2);
    const { counts } = this;
    counts.fill(0, 0, series.count);
    for (let row = 0; row < count; row++) counts[samples[row * sampleWidth]!]!++;
    let from = 0;
    for (const number of series.inOrder(words)) {
      const rows = counts[number]!;
      counts[number] = from;
      from += rows;
    }
    const order = new Int32Array(count);
    let isSorted = true;
    for (let row = 0; row < count; row++) {
      const number = samples[row * sampleWidth]!;
      const to = counts[number]!++;
      order[to] = row;
      if (to === 0) continue;
      const before = order[to - 1]! * sampleWidth;
      if (samples[before] === number && isAfter(samples, before, row * sampleWidth)) isSorted = false;
    }
    if (!isSorted) sortRuns(samples, order);
    return order;
  }

  private cutSeries(words: Words): TableBlock[] {
    const rows = [...this.unwritten.keys()];
    if (rows.length === 0) return [];
    const { series } = this;
    const values = new TextColumn();
    const ends = new BigUint64Array(rows.length);
    const services = new Int32Array(rows.length);
    let keys: Int32Array = new Int32Array(rows.length * 12);
    let entries = 0;
    for (const [row, number] of rows.entries()) {
      const labels = labelPositions;
      series.readLabels(number, labels);
      if (entries + labels.count > keys.length) keys = enlarged(keys, (entries + labels.count) * 2);
      for (let label = 0; label < labels.count; label++) {
        if (labels.isMetricName(label)) continue;
        const at = labels.valueAt(label);
        const length = labels.valueLength(label);
        keys[entries++] = words.of(labels.bytes, labels.nameAt(label), labels.nameLength(label));
        values.put(labels.bytes, at, length);
        if (labels.isNamed(label, jobLabel)) services[row] = words.of(labels.bytes, at, length);
      }
      ends[row] = BigInt(entries);
    }
    const types = metricTypes.map(type => words.ofText(type));
    const receivedMs = [...this.unwritten.values()];
    const word = (pick: (number: number) => number): TextValues => textsOf(words, Int32Array.from(rows, pick));
    const chunks = metricSeries.encode(rows.length, {
      workspace: word(number => series.workspace[number]!),
      metric: word(number => series.metric[number]!),
      id: this.ids(rows),
      type: word(number => types[series.type[number]!] ?? 0),
      temporality: word(() => 0),
      monotonic: Uint8Array.from(rows, number => (metricTypes[series.type[number]!] === 'counter' ? 1 : 0)),
      unit: word(number => series.unit[number]!),
      description: word(number => series.help[number]!),
      service: textsOf(words, services),
      scope_name: word(() => 0),
      resource_id: new BigUint64Array(rows.length),
      attrs: { ends, keys: textsOf(words, keys.subarray(0, entries)), values },
      last_seen: BigInt64Array.from(receivedMs, BigInt),
      received: Uint16Array.from(receivedMs, ms => ms / 86_400_000),
    });
    return [{ table: metricSeries.name, rows: rows.length, chunks }];
  }

  private cutHistograms(words: Words): TableBlock[] {
    const rows = this.histograms;
    if (rows.length === 0) return [];
    const sums = new Int32Array(rows.length * 2);
    for (const [row, { histogram }] of rows.entries()) {
      sums[row * 2] = histogram.sumLow;
      sums[row * 2 + 1] = histogram.sumHigh;
    }
    const none: readonly number[] = [];
    const chunks = metricHistograms.encode(rows.length, {
      ...this.identity(rows, words),
      ts: BigInt64Array.from(rows, ({ histogram }) => BigInt(histogram.timeMs)),
      start_ts: BigInt64Array.from(rows, ({ histogram }) => BigInt(histogram.startMs)),
      count: Float64Array.from(rows, ({ histogram }) => histogram.count),
      sum: new Float64Array(sums.buffer),
      min: new Float64Array(rows.length).fill(Number.NaN),
      max: new Float64Array(rows.length).fill(Number.NaN),
      scale: Int16Array.from(rows, ({ histogram }) => histogram.schema),
      zero_threshold: Float64Array.from(rows, ({ histogram }) => histogram.zeroThreshold),
      zero_count: Float64Array.from(rows, ({ histogram }) => histogram.zeroCount),
      bounds: lists(rows.map(({ histogram }) => histogram.bounds)),
      counts: lists(rows.map(row => (isCustom(row) ? row.histogram.positive.counts : none))),
      positive_offset: Int32Array.from(rows, row => (isCustom(row) ? 0 : row.histogram.positive.offset)),
      positive_counts: lists(rows.map(row => (isCustom(row) ? none : row.histogram.positive.counts))),
      negative_offset: Int32Array.from(rows, ({ histogram }) => histogram.negative.offset),
      negative_counts: lists(rows.map(({ histogram }) => histogram.negative.counts)),
      received: Uint16Array.from(rows, ({ day }) => day),
      reset_hint: Uint8Array.from(rows, ({ histogram }) => histogram.resetHint),
    });
    return [{ table: metricHistograms.name, rows: rows.length, chunks }];
  }

  private cutExemplars(words: Words): TableBlock[] {
    const rows = this.exemplars;
    if (rows.length === 0) return [];
    const attributes = new AttributeRows(words);
    const traceIds = Buffer.alloc(rows.length * 16);
    const spanIds = Buffer.alloc(rows.length * 8);
    for (const [row, { labels }] of rows.entries()) {
      const trace = labels.find(label => isId(label, traceIdNames, 32));
      const span = labels.find(label => isId(label, spanIdNames, 16));
      if (trace !== undefined) traceIds.write(trace.value, row * 16, 'hex');
      if (span !== undefined) spanIds.write(span.value, row * 8, 'hex');
      const rest = labels.filter(label => label !== trace && label !== span);
      attributes.add(rest.map(({ name, value }) => ({ key: name, type: 's', text: value })));
    }
    const chunks = exemplars.encode(rows.length, {
      ...this.identity(rows, words),
      ts: BigInt64Array.from(rows, ({ timeMs, receivedMs }) => nanoseconds(timeMs ?? receivedMs)),
      value: Float64Array.from(rows, ({ value }) => value),
      trace_id: traceIds,
      span_id: spanIds,
      attrs: attributes.map(),
      received: Uint16Array.from(rows, ({ receivedMs }) => receivedMs / 86_400_000),
    });
    return [{ table: exemplars.name, rows: rows.length, chunks }];
  }

  private cutFamilies(words: Words): TableBlock[] {
    const rows = this.families;
    if (rows.length === 0) return [];
    const word = (pick: (row: FamilyRow) => number): TextValues => textsOf(words, Int32Array.from(rows, pick));
    const chunks = metricMetadata.encode(rows.length, {
      workspace: word(({ workspace }) => workspace),
      metric: word(({ name }) => words.ofText(name)),
      type: word(({ type }) => words.ofText(type)),
      unit: word(({ unit }) => words.ofText(unit)),
      help: word(({ help }) => words.ofText(help)),
      last_seen: BigInt64Array.from(rows, ({ receivedMs }) => BigInt(receivedMs)),
      received: Uint16Array.from(rows, ({ receivedMs }) => receivedMs / 86_400_000),
    });
    return [{ table: metricMetadata.name, rows: rows.length, chunks }];
  }

  private identity(
    rows: readonly { readonly series: number }[],
    words: Words,
  ): { workspace: TextValues; metric: TextValues; id: BigUint64Array } {
    const numbers = rows.map(({ series }) => series);
    return {
      workspace: textsOf(
        words,
        Int32Array.from(numbers, number => this.series.workspace[number]!),
      ),
      metric: textsOf(
        words,
        Int32Array.from(numbers, number => this.series.metric[number]!),
      ),
      id: this.ids(numbers),
    };
  }

  private ids(numbers: readonly number[]): BigUint64Array {
    const halves = new Int32Array(numbers.length * 2);
    for (const [row, number] of numbers.entries()) {
      halves[row * 2] = this.series.idLow[number]!;
      halves[row * 2 + 1] = this.series.idHigh[number]!;
    }
    return new BigUint64Array(halves.buffer);
  }

  private reserve(rows: number): void {
    const needed = this.count + rows;
    if (needed <= this.received.length) return;
    const capacity = Math.max(needed, this.received.length * 2);
    const samples = new Int32Array(capacity * sampleWidth);
    samples.set(this.samples.subarray(0, this.count * sampleWidth));
    this.samples = samples;
    const received = new Uint16Array(capacity);
    received.set(this.received.subarray(0, this.count));
    this.received = received;
  }
}

/** Names under which exemplars carry the trace they stand for: OpenTelemetry's, and those of Go and Java libraries. */
const traceIdNames = new Set(['trace_id', 'traceID', 'traceId']);
const spanIdNames = new Set(['span_id', 'spanID', 'spanId']);

function isId({ name, value }: Label, names: ReadonlySet<string>, digits: number): boolean {
  return names.has(name) && value.length === digits && /^[0-9a-fA-F]+$/.test(value);
}

/** Is the sample at `a` of a later time than the one at `b`? */
function isAfter(samples: Int32Array, a: number, b: number): boolean {
  const highA = samples[a + 2]!;
  const highB = samples[b + 2]!;
  return highA > highB || (highA === highB && samples[a + 1]! >>> 0 > samples[b + 1]! >>> 0);
}

/** Sorts each series' rows by time, where they are not. */
function sortRuns(samples: Int32Array, order: Int32Array): void {
  const timeOf = (row: number): number =>
    samples[row * sampleWidth + 2]! * 0x1_0000_0000 + (samples[row * sampleWidth + 1]! >>> 0);
  for (let from = 0; from < order.length;) {
    const number = samples[order[from]! * sampleWidth]!;
    let end = from + 1;
    let isSorted = true;
    for (; end < order.length && samples[order[end]! * sampleWidth] === number; end++) {
      if (isAfter(samples, order[end - 1]! * sampleWidth, order[end]! * sampleWidth)) isSorted = false;
    }
    if (!isSorted) order.subarray(from, end).sort((a, b) => timeOf(a) - timeOf(b));
    from = end;
  }
}

/** The engine's nanoseconds end in 2262. */
function nanoseconds(ms: number): bigint {
  return BigInt(Math.max(-9_223_372_036_000, Math.min(ms, 9_223_372_036_000))) * 1_000_000n;
}

function textsOf(words: Words, indexes: Int32Array): TextValues {
  return { texts: words.texts, indexes };
}

function isCustom({ histogram }: HistogramRow): boolean {
  return histogram.schema === customSchema;
}

function lists(rows: readonly (readonly number[])[]): ArrayValues<Float64Array> {
  let end = 0;
  const ends = BigUint64Array.from(rows, row => BigInt((end += row.length)));
  const values = new Float64Array(end);
  let at = 0;
  for (const row of rows) for (const value of row) values[at++] = value;
  return { ends, values };
}
