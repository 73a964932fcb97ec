import type { Batch } from '../decode/batch.js';
import type { DecodedBatch } from '../decode/decode.js';
import type { SeriesBatch } from '../decode/remote-write/series-batch.js';
import { enrichment as enrichmentOf, type Enrichment } from '../enrich/enrichment.js';
import { eventMetrics } from './event-metrics.js';
import { FileBlock } from './file-block.js';
import { SeriesCache } from './known-series.js';
import { LogBlock } from './log-block.js';
import { MetricBlock } from './metric-block.js';
import { ResourceBlock } from './resource-block.js';
import { SeriesBlock } from './series-block.js';
import { SpanBlock, type Arrival } from './span-block.js';
import { fittingScope, Vocabulary } from './vocabulary.js';

/** One table's rows of one block, as the chunks of a ClickHouse `Native` file. Nobody changes the chunks any more. */
export interface TableBlock {
  readonly table: string;
  readonly rows: number;
  readonly chunks: readonly Uint8Array[];
}

/** Files are large: so many bytes of them count as a row, and a block is cut the sooner. */
const fileBytesPerRow = 1024;

/**
 * Samples of Prometheus are small, and the engine takes them four times as cheaply in blocks four times as large (`bench/remote-write`): so many
 * count as a row.
 */
const samplesPerRow = 4;

/** Rows for which a block has room from the beginning. */
const smallestBlock = 256;
const largestBlock = 100_000;

export interface RecordPlace {
  readonly workspace: string;
  /** The record's number in the write-ahead log. */
  readonly recordSeq: number;
  readonly receivedMs: number;
}

/**
 * Collects batches until a block is cut. The same batches in the same order give the same blocks, except for rows of `resources` and `metric_series`,
 * which are written once per day and process and may be written again.
 */
export class BlockBuilder {
  private vocabulary: Vocabulary;
  private series = new SeriesCache();
  private spans = new SpanBlock(smallestBlock);
  private logs = new LogBlock(smallestBlock);
  private metrics = new MetricBlock();
  private labelled = new SeriesBlock();
  private files = new FileBlock();
  private resources = new ResourceBlock();
  private newestMs = 0;

  constructor(private readonly enrichment: Enrichment = enrichmentOf()) {
    this.vocabulary = new Vocabulary(enrichment.scrubber);
  }

  /** Rows of telemetry so far; what is derived from them does not count. */
  get rows(): number {
    return (
      this.spans.rows +
      this.spans.countedRows +
      this.logs.rows +
      this.metrics.rows +
      Math.ceil(this.labelled.rows / samplesPerRow) +
      this.files.rows +
      Math.floor(this.files.bytes / fileBytesPerRow)
    );
  }

  /**
   * Adds what `decode` returned; if it throws, nothing of it. The batch and its body are not needed afterwards. `weights`: so many spans each span stands
   * for; 0: it is counted and not stored.
   */
  add(batch: Batch, at: RecordPlace, weights?: Float32Array): void {
    // Every batch comes from `decode`; what is in it is nobody else's business, so `Batch` does not say.
    const decoded = batch as DecodedBatch;
    if ('labelSets' in decoded) {
      const { words } = this.vocabulary;
      this.labelled.add(decoded, { words, workspace: words.ofText(at.workspace), receivedMs: at.receivedMs });
      return;
    }
    this.newestMs = Math.max(this.newestMs, at.receivedMs);
    const arrival = this.arrival(decoded, at);
    for (const resource of arrival.resources) this.resources.add(resource, at.receivedMs);
    switch (decoded.signal) {
      case 'traces':
        this.spans.add(decoded, arrival, weights);
        break;
      case 'logs':
        this.logs.add(decoded, arrival);
        break;
      case 'metrics':
        this.metrics.add(decoded, arrival, this.series);
        break;
      case 'files':
        this.files.add(decoded, arrival);
        break;
    }
  }

  /** The blocks of all tables that have rows; the builder is empty afterwards. */
  cut(): TableBlock[] {
    const { words } = this.vocabulary;
    this.addEventMetrics();
    const blocks = [
      ...joined(this.spans.cut(words)),
      ...this.logs.cut(words),
      ...joined([...this.labelled.cut(words), ...this.metrics.cut(words)]),
      ...this.files.cut(words),
      ...this.resources.cut(words),
    ];
    this.spans = new SpanBlock(capacityAfter(this.spans.rows + this.spans.countedRows));
    this.logs = new LogBlock(capacityAfter(this.logs.rows));
    this.metrics = new MetricBlock();
    this.files = new FileBlock();
    this.resources = new ResourceBlock();
    if (this.vocabulary.isFull || this.series.isFull || this.labelled.isFull) {
      this.vocabulary = new Vocabulary(this.enrichment.scrubber);
      this.series = new SeriesCache();
      this.labelled = new SeriesBlock();
    }
    return blocks;
  }

  /** The counters of the events among the log lines, as rows of this block. */
  private addEventMetrics(): void {
    const { logEvents } = this.enrichment;
    if (logEvents === undefined || this.logs.rows === 0) return;
    this.logs.countEvents(this.vocabulary.words, logEvents, this.newestMs);
    for (const [workspace, events] of logEvents.takeChanged())
      this.add(eventMetrics(events, this.newestMs), { workspace, recordSeq: 0, receivedMs: this.newestMs });
  }

  private arrival(
    batch: Exclude<DecodedBatch, SeriesBatch>,
    { workspace, recordSeq, receivedMs }: RecordPlace,
  ): Arrival {
    const { words, names, statements, errors } = this.vocabulary;
    const { body } = batch;
    const workspaceWord = words.ofText(workspace);
    const rows = rowsOf(batch);
    return {
      words,
      names,
      statements,
      errors,
      routes: this.enrichment.routes,
      workspace: workspaceWord,
      resources: pairs(batch.resources, (at, length) => this.vocabulary.resource(workspaceWord, body, at, length)),
      scopes: pairs(batch.scopes, (at, length) => fittingScope(this.vocabulary.scope(body, at, length), rows)),
      recordSeq,
      receivedMs,
    };
  }
}

/** At most so many rows carry the attributes of one scope. */
function rowsOf(batch: Exclude<DecodedBatch, SeriesBatch>): number {
  if (batch.signal !== 'metrics') return batch.items;
  return batch.summaries.reduce((sum, { quantiles }) => sum + quantiles.length + 2, batch.items);
}

/** A table's rows are one file, whose name is their token: the blocks of one table stand in it one after the other. */
function joined(blocks: readonly TableBlock[]): TableBlock[] {
  const byTable = new Map<string, TableBlock>();
  for (const block of blocks) {
    const first = byTable.get(block.table);
    const { table, rows, chunks } = block;
    byTable.set(
      table,
      first === undefined ? block : { table, rows: first.rows + rows, chunks: [...first.chunks, ...chunks] },
    );
  }
  return [...byTable.values()];
}

/** The next block is likely to be as large as the last one. */
function capacityAfter(rows: number): number {
  return Math.max(smallestBlock, Math.min(rows + (rows >> 3), largestBlock));
}

function pairs<T>(places: Int32Array, read: (at: number, length: number) => T): T[] {
  const list: T[] = [];
  for (let i = 0; i < places.length; i += 2) list.push(read(places[i]!, places[i + 1]!));
  return list;
}
