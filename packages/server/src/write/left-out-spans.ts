import { redMinutesBlock, type CountedColumns } from './red-minutes-block.js';
import type { TableBlock } from './block-builder.js';
import type { Words } from './words.js';

function allocate(rows: number): CountedColumns {
  return {
    ts: new Uint32Array(rows * 2),
    duration: new Uint32Array(rows * 2),
    kind: new Uint8Array(rows),
    statusCode: new Uint8Array(rows),
    received: new Uint16Array(rows),
    workspace: new Int32Array(rows),
    service: new Int32Array(rows),
    name: new Int32Array(rows),
    environment: new Int32Array(rows),
    version: new Int32Array(rows),
    tenantId: new Int32Array(rows),
    peer: new Int32Array(rows),
    countedAs: new Uint32Array(rows),
  };
}

/** Spans of a block that sampling left out: only what they are counted by, as rates, errors and durations are made of all spans. */
export class LeftOutSpans {
  rows = 0;
  private capacity: number;
  private columns: CountedColumns;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.columns = allocate(capacity);
  }

  /** Adds the span that stands in `row` of `from`. */
  add(from: CountedColumns, row: number): void {
    if (this.rows === this.capacity) this.grow();
    const { columns, rows } = this;
    for (const name of ['ts', 'duration'] as const) {
      columns[name][rows * 2] = from[name][row * 2]!;
      columns[name][rows * 2 + 1] = from[name][row * 2 + 1]!;
    }
    columns.kind[rows] = from.kind[row]!;
    columns.statusCode[rows] = from.statusCode[row]!;
    columns.received[rows] = from.received[row]!;
    columns.workspace[rows] = from.workspace[row]!;
    columns.service[rows] = from.service[row]!;
    columns.name[rows] = from.name[row]!;
    columns.environment[rows] = from.environment[row]!;
    columns.version[rows] = from.version[row]!;
    columns.tenantId[rows] = from.tenantId[row]!;
    columns.peer[rows] = from.peer[row]!;
    columns.countedAs[rows] = from.countedAs[row]!;
    this.rows = rows + 1;
  }

  /** Forgets all but the first `rows`. */
  shrink(rows: number): void {
    this.rows = rows;
  }

  cut(words: Words): TableBlock[] {
    return this.rows === 0 ? [] : redMinutesBlock(this.columns, this.rows, words);
  }

  private grow(): void {
    this.capacity *= 2;
    const larger = allocate(this.capacity);
    // Object.keys gives the names of the columns and nothing else: `allocate` made the object.
    for (const name of Object.keys(larger) as (keyof CountedColumns)[]) larger[name].set(this.columns[name]);
    this.columns = larger;
  }
}
