import type { Batch } from '../decode/batch.js';
import type { SpanBatch } from '../decode/otlp-traces.js';
import { ResourceBlock } from './resource-block.js';
import { SpanBlock, type Arrival } from './span-block.js';
import { Vocabulary } from './vocabulary.js';

/** One table's rows of one block, as the chunks of a ClickHouse `Native` file. Nobody changes the chunks any more. */
export interface TableBlock {
  readonly table: string;
  readonly rows: number;
  readonly chunks: readonly Uint8Array[];
}

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
  private vocabulary = new Vocabulary();
  private spans = new SpanBlock();
  private resources = new ResourceBlock();

  /** Rows of telemetry so far; what is derived from them does not count. */
  get rows(): number {
    return this.spans.rows;
  }

  /** Adds what `decode` returned. The batch and its body are not needed afterwards. */
  add(batch: Batch, at: RecordPlace): void {
    const arrival = this.arrival(batch, at);
    for (const resource of arrival.resources) this.resources.add(resource, at.receivedMs);
    if (isSpans(batch)) this.spans.add(batch, arrival);
  }

  /** The blocks of all tables that have rows; the builder is empty afterwards. */
  cut(): TableBlock[] {
    const { words } = this.vocabulary;
    const blocks = [...this.spans.cut(words), ...this.resources.cut(words)];
    this.spans = new SpanBlock();
    this.resources = new ResourceBlock();
    if (this.vocabulary.isFull) this.vocabulary = new Vocabulary();
    return blocks;
  }

  private arrival(batch: Batch, { workspace, recordSeq, receivedMs }: RecordPlace): Arrival {
    const { vocabulary } = this;
    const workspaceWord = vocabulary.words.ofText(workspace);
    // Every batch comes from `decode`, whose batches all have an envelope.
    const { body, resources, scopes } = batch as SpanBatch;
    const known: Arrival = {
      words: vocabulary.words,
      workspace: workspaceWord,
      resources: [],
      scopes: [],
      recordSeq,
      receivedMs,
    };
    return {
      ...known,
      resources: pairs(resources, (at, length) => vocabulary.resource(workspaceWord, body, at, length)),
      scopes: pairs(scopes, (at, length) => vocabulary.scope(body, at, length)),
    };
  }
}

function pairs<T>(places: Int32Array, read: (at: number, length: number) => T): T[] {
  const list: T[] = [];
  for (let i = 0; i < places.length; i += 2) list.push(read(places[i]!, places[i + 1]!));
  return list;
}

/** `decode` gives each signal its own columns. */
function isSpans(batch: Batch): batch is SpanBatch {
  return batch.signal === 'traces';
}
