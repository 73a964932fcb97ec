import type { SampleMemory } from './remembered-samples.js';

/** SQL with its parameters. Text from outside stands only in `params`. */
export interface ReadStatement {
  readonly sql: string;
  readonly params: Readonly<Record<string, string | number | readonly string[]>>;
}

/**
 * One workspace's part of the store, as a query sees it.
 *
 * A worker thread has no engine: it names a statement, and the thread that has the engine runs it within the workspace and the limits of who asked.
 */
export interface Reader {
  readonly workspace: string;
  /** Differs from any earlier number when series, metadata or resources may have come since. */
  readonly version: number;
  /** The text of an array of JSON per row. */
  read(statement: ReadStatement): Promise<Uint8Array>;
  /** `Native` blocks, each as soon as it is there. */
  readBlocks(statement: ReadStatement, onBlock: (bytes: Uint8Array) => void): Promise<void>;
  /** Room for samples, which is used again for the next question; without, it is taken anew. What it holds is not zero. */
  readonly numbers?: ((count: number) => Float64Array) | undefined;
  /** Samples that are kept for later questions; without, they are read each time. */
  readonly memory?: SampleMemory | undefined;
}

/** Text that is parsed at once. A thread that runs out of memory can be ended between two calls of the parser, within one it takes the process with it. */
const parsedBytes = 1 << 18;
const lineEnd = 10;

/** The rows of what `Reader.read` gives. */
export function compactRows(bytes: Uint8Array): readonly unknown[] {
  const decoder = new TextDecoder();
  const all: unknown[] = [];
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(lineEnd, from + parsedBytes);
    const end = found < 0 ? bytes.length : found;
    const text = decoder.decode(bytes.subarray(from, end)).trimEnd();
    // One array of many lines: a single call of the parser is faster than one per line.
    const rows: unknown = JSON.parse(`[${text.replaceAll('\n', ',')}]`);
    if (Array.isArray(rows)) for (const row of rows) all.push(row);
    from = end + 1;
  }
  return all;
}
