import type { Log } from '../base/log.js';
import type { BlockItems, ItemCounts, RefusedRows } from './block-items.js';
import { removeBlockFiles, writeBlockFiles } from './block-files.js';
import type { TableBytes } from './block-files.js';
import type { BlockFile, ToReceiver, ToServer } from './messages.js';

/** A block made from the log. */
export interface Rebuilt {
  readonly tables: readonly TableBytes[];
  /** Items whose rows are in the tables, and items that an error of ours left out. */
  readonly built: ItemCounts;
  readonly bugs: ItemCounts;
  /** Items that sampling left out. */
  readonly sampledOut: ItemCounts;
  /** How many items of which row of the ledger these refused rows are. */
  itemsOf(refused: readonly RefusedRows[]): ItemCounts;
}

/** A block whose bounds are in the log. */
export interface Block {
  readonly token: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** A block of held records; the others hold those that are not held. Each has bounds that follow each other. */
  readonly isHeld: boolean;
  readonly items: BlockItems;
  /** Makes the block from the log, the same every time. */
  readonly rebuild: () => Promise<Rebuilt>;
}

export interface BlockQueueDeps {
  readonly folder: string;
  /** Past it a block is not written when it is cut, but made from the log when its turn comes. */
  readonly maxBytes: number;
  /** False when the server is away. */
  readonly send: (message: ToServer) => boolean;
  /** A block is in the store, and all before it. Told in their order, each before `stored` is told its bound. */
  readonly settle: (items: BlockItems) => void;
  /** All blocks up to these sequence numbers are in the store. */
  readonly stored: (upTo: { readonly seq?: number; readonly heldSeq?: number }) => void;
  readonly log: Log;
}

interface Entry extends Block {
  readonly id: number;
  files: readonly BlockFile[] | undefined;
  bytes: number;
  /** `new`: its files are being written. `asked`: stored, and the items of refused rows are being counted. */
  state: 'new' | 'waiting' | 'sent' | 'asked' | 'stored';
  notBeforeMs: number;
}

const maxSent = 3;

/**
 * Blocks on their way into the store, oldest first. A few are with the server at one time; one that failed, or whose answer was lost, is sent again
 * under its token. The server may be away for as long as the log has room: what waits costs disk, not memory.
 */
export class BlockQueue {
  readonly #deps: BlockQueueDeps;
  #entries: Entry[] = [];
  #sent = 0;
  #nextId = 1;
  #bytes = 0;
  #isUp = false;
  #isPumping = false;
  #pumping: Promise<void> = Promise.resolve();
  #asking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #waiters: { readonly id: number; readonly resolve: () => void }[] = [];
  #isClosed = false;
  insertedBlocks = 0;
  quarantinedRows = 0;

  constructor(deps: BlockQueueDeps) {
    this.#deps = deps;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Items of blocks that are not in the store. */
  pending(): readonly ItemCounts[] {
    return this.#entries.map(({ items }) => items.came);
  }

  /** Takes the next block; `tables` are written to files now when there is room. Blocks come in the order of their bounds. */
  async push(block: Block, tables: readonly TableBytes[] | undefined): Promise<void> {
    const entry: Entry = { ...block, id: this.#nextId++, files: undefined, bytes: 0, state: 'new', notBeforeMs: 0 };
    this.#entries.push(entry);
    if (tables !== undefined && this.#bytes + sizeOf(tables) <= this.#deps.maxBytes) {
      await this.#materialise(entry, tables);
    }
    entry.state = 'waiting';
    this.#pump();
  }

  /** Resolves when every block that was pushed until now is in the store. */
  whenStored(): Promise<void> {
    const last = this.#entries.at(-1);
    if (last === undefined) return Promise.resolve();
    return new Promise(resolve => this.#waiters.push({ id: last.id, resolve }));
  }

  /** The server can be reached; what was sent before and not answered is sent again. */
  up(): void {
    this.#isUp = true;
    this.#pump();
  }

  down(): void {
    this.#isUp = false;
    for (const entry of this.#entries) if (entry.state === 'sent') entry.state = 'waiting';
    this.#sent = 0;
  }

  answered(message: Exclude<ToReceiver, { type: 'flush' }>): void {
    const entry = this.#entries.find(({ id }) => id === message.id);
    if (entry === undefined || entry.state !== 'sent') return;
    this.#sent -= 1;
    if (message.type === 'inserted') {
      this.insertedBlocks += 1;
      const refused = message.quarantined;
      this.quarantinedRows += refused.reduce((sum, { ranges }) => sum + ranges.reduce((rows, [, n]) => rows + n, 0), 0);
      if (refused.length === 0) this.#settle(entry);
      else {
        entry.state = 'asked';
        this.#asking = this.#asking.then(() => this.#ask(entry, refused));
      }
    } else {
      this.#deps.log.warn(
        { token: entry.token, reason: message.reason },
        'the server could not insert a block; it is sent again',
      );
      if (message.isDamaged) this.#forget(entry);
      entry.state = 'waiting';
      entry.notBeforeMs = performance.now() + message.retryAfterMs;
    }
    this.#pump();
  }

  /** Stops sending. Files that were not inserted stay; the next start makes them again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#pumping;
    await this.#asking;
  }

  #pump(): void {
    if (!this.#isPumping) this.#pumping = this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    this.#isPumping = true;
    while (this.#isUp && !this.#isClosed) {
      const entry = this.#entries.find(({ state }) => state === 'waiting');
      if (entry === undefined || this.#sent >= maxSent) break;
      const pauseMs = entry.notBeforeMs - performance.now();
      if (pauseMs > 0) {
        this.#later(pauseMs);
        break;
      }
      entry.files ??= await this.#again(entry);
      if (entry.files === undefined) {
        entry.notBeforeMs = performance.now() + 1000;
      } else if (entry.files.length === 0) {
        this.#settle(entry);
      } else if (this.#isUp) {
        const { id, token, files } = entry;
        if (!this.#deps.send({ type: 'insert', id, token, files })) break;
        entry.state = 'sent';
        this.#sent += 1;
      }
    }
    this.#isPumping = false;
  }

  #later(pauseMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#pump(), pauseMs);
  }

  /** Its files are of no use: they are made again when its turn comes. */
  #forget(entry: Entry): void {
    this.#bytes -= entry.bytes;
    entry.bytes = 0;
    entry.files = undefined;
  }

  /** Undefined when the disk does not take the files now. */
  async #again(entry: Entry): Promise<readonly BlockFile[] | undefined> {
    try {
      const { tables, built, bugs, sampledOut } = await entry.rebuild();
      replace(entry.items.built, built);
      replace(entry.items.bugs, bugs);
      replace(entry.items.sampledOut, sampledOut);
      await this.#materialise(entry, tables);
    } catch (error) {
      this.#deps.log.error(
        { err: error, token: entry.token },
        'a block could not be made from the log; it is tried again',
      );
    }
    return entry.files;
  }

  async #materialise(entry: Entry, tables: readonly TableBytes[]): Promise<void> {
    try {
      entry.files = await writeBlockFiles(this.#deps.folder, entry.token, tables);
    } catch (error) {
      this.#deps.log.warn(
        { err: error, token: entry.token },
        'a block could not be written; it is made again from the log',
      );
      return;
    }
    entry.bytes = sizeOf(tables);
    this.#bytes += entry.bytes;
  }

  /** Finds out whose items the engine refused. The log still has the block's records: it is not settled yet. */
  async #ask(entry: Entry, refused: readonly RefusedRows[]): Promise<void> {
    try {
      const block = await entry.rebuild();
      replace(entry.items.refused, block.itemsOf(refused));
    } catch (error) {
      this.#deps.log.error({ err: error, token: entry.token }, 'whose rows the engine refused could not be found out');
    }
    this.#settle(entry);
  }

  #settle(entry: Entry): void {
    entry.state = 'stored';
    this.#bytes -= entry.bytes;
    removeBlockFiles(entry.files ?? []).catch((error: unknown) => {
      this.#deps.log.warn({ err: error, token: entry.token }, 'the files of a stored block could not be deleted');
    });
    const upTo: { seq?: number; heldSeq?: number } = {};
    let done = 0;
    for (let first = this.#entries[0]; first?.state === 'stored'; first = this.#entries[0]) {
      this.#entries.shift();
      this.#deps.settle(first.items);
      upTo[first.isHeld ? 'heldSeq' : 'seq'] = first.toSeq;
      done = first.id;
    }
    if (done === 0) return;
    this.#deps.stored(upTo);
    const rest = this.#waiters.filter(({ id }) => id > done);
    for (const waiter of this.#waiters) if (waiter.id <= done) waiter.resolve();
    this.#waiters = rest;
  }
}

function replace(counts: Map<number, number>, by: ItemCounts): void {
  counts.clear();
  for (const [row, items] of by) counts.set(row, items);
}

function sizeOf(tables: readonly TableBytes[]): number {
  return tables.reduce((sum, { chunks }) => sum + chunks.reduce((bytes, chunk) => bytes + chunk.length, 0), 0);
}
