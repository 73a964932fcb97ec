import { unpackNow } from '../base/inflate.js';
import type { Batch, Encoding, Signal } from '../decode/batch.js';
import { unsnappy } from '../decode/snappy.js';
import type { TableBytes } from '../handover/block-files.js';
import { addTo } from '../handover/block-items.js';
import type { Rebuilt } from '../handover/block-queue.js';
import { decodeDecisions } from '../sample/decisions.js';
import { keptOf, weightsByBatch } from '../sample/span-weights.js';
import type { BodyRecord, ContentEncoding } from '../wal/frame.js';
import { cameOf, type PlacedCut, type Position } from '../wal/recovery.js';
import type { WriteAheadLog } from '../wal/write-ahead-log.js';
import type { Builder, Cutter } from './cutter.js';
import type { Account } from './item-ledger.js';
import { itemsOf, rowsOf, type ItemRows } from './item-rows.js';

/** What is in the log passed the limit of its day; a limit that was lowered since must not lose it. */
const maxUnpackedBytes = 1 << 30;

export interface ReplayDeps {
  readonly log: WriteAheadLog;
  readonly newBuilder: () => Builder;
  readonly decode: (signal: Signal, encoding: Encoding, bytes: Uint8Array) => readonly Batch[];
  readonly ledger: { row(account: Account): number; replayed(row: number, items: number): void };
  /** Told of a record that was readable when it was kept and can not be made into rows now; its rows are lost, the rest is not. */
  readonly unreadable: (seq: number, error: unknown) => void;
  /** Told of what no block held. */
  readonly replayed?: (workspace: string, batches: readonly Batch[]) => void;
}

/** Adds what the log has and no block holds yet, as if it came now: records of the cutter's own kind, held or not. Nothing was decided of them: all is kept. */
export async function replayTail(tail: Position, cutter: Cutter, deps: ReplayDeps): Promise<void> {
  const { ledger } = deps;
  const rowsOf = (came: readonly (Account & { readonly items: number })[]): Map<number, number> => {
    const rows = new Map<number, number>();
    for (const { items, ...account } of came) addTo(rows, ledger.row(account), items);
    for (const [row, items] of rows) ledger.replayed(row, items);
    return rows;
  };
  const lost: Parameters<typeof deps.log.read>[3] = (record, position) => {
    if (isHeld(record) === cutter.isHeld) cutter.addLost(record.seq, rowsOf(cameOf(record)), 'corrupt', position);
  };
  for (const { record, position } of deps.log.read(tail, cutter.lastSeq + 1, Infinity, lost)) {
    if (isHeld(record) !== cutter.isHeld) continue;
    const { workspace, seq: recordSeq, receivedMs } = record;
    const batches = decoded(record, deps);
    if (batches === undefined) {
      cutter.addLost(recordSeq, rowsOf(cameOf(record)), 'bug', position);
    } else {
      const rows = batches.map(batch => ledger.row(accountOf(record, batch)));
      for (const [index, { items }] of batches.entries()) ledger.replayed(rows[index] ?? 0, items);
      deps.replayed?.(workspace, batches);
      cutter.add(batches, { workspace, recordSeq, receivedMs }, rows, position);
    }
    if (cutter.isBusy()) await cutter.written();
  }
}

function isHeld(record: { readonly isHeld?: boolean }): boolean {
  return record.isHeld === true;
}

/** What the records of a block brought that were written by a version that did not count. */
export function uncounted(cut: PlacedCut, deps: ReplayDeps): ReadonlyMap<number, number> {
  const came = new Map<number, number>();
  for (const { record } of deps.log.read(cut.position, cut.fromSeq, cut.toSeq)) {
    if (record.counted !== undefined || cut.decisions !== undefined) continue;
    for (const batch of decoded(record, deps) ?? [])
      addTo(came, deps.ledger.row(accountOf(record, batch)), batch.items);
  }
  return came;
}

interface Piece {
  readonly record: BodyRecord;
  readonly batches: readonly Batch[];
  /** What was decided of each batch's spans. */
  readonly weights: readonly (Float32Array | undefined)[];
}

/**
 * Makes a block again. Lets other work in between records, since a block may be 100,000 rows.
 * A record that can not be made into rows costs its own items only: it is set aside, and neither stops the start nor the blocks behind it.
 */
export async function rebuildBlock(cut: PlacedCut, deps: ReplayDeps): Promise<Rebuilt> {
  const bugs = new Map<number, number>();
  const pieces: Piece[] = [];
  const decisions = cut.decisions && decodeDecisions(cut.decisions);
  for (const { record } of deps.log.read(cut.position, cut.fromSeq, cut.toSeq)) {
    if (isHeld(record) !== (decisions !== undefined)) continue;
    const batches = decoded(record, deps);
    if (batches !== undefined)
      pieces.push({ record, batches, weights: weightsByBatch(batches, decisions?.get(record.seq)) });
    else {
      for (const { items, ...account } of cameOf(record)) addTo(bugs, deps.ledger.row(account), items);
    }
    await new Promise(resolve => setImmediate(resolve));
  }
  const made = await encoded(pieces, bugs, deps);
  const built = new Map<number, number>();
  const sampledOut = new Map<number, number>();
  for (const { row, items, kept } of made.batches) {
    addTo(built, row, kept);
    addTo(sampledOut, row, items - kept);
  }
  return { tables: made.tables, built, bugs, sampledOut, itemsOf: refused => itemsOf(made.rows, refused) };
}

interface Made {
  readonly tables: readonly TableBytes[];
  readonly batches: readonly { readonly row: number; readonly items: number; readonly kept: number }[];
  readonly rows: readonly ItemRows[];
}

const nothing: Made = { tables: [], batches: [], rows: [] };

/** The tables of these records. When they can not be encoded they are halved until the one that is to blame is alone, which is left out. */
async function encoded(pieces: readonly Piece[], bugs: Map<number, number>, deps: ReplayDeps): Promise<Made> {
  if (pieces.length === 0) return nothing;
  const builder = deps.newBuilder();
  const failed = new Map<number, number>();
  const batches: { row: number; items: number; kept: number }[] = [];
  const rows: ItemRows[] = [];
  for (const { record, batches: ofRecord, weights } of pieces) {
    const { workspace, seq: recordSeq, receivedMs } = record;
    for (const [index, batch] of ofRecord.entries()) {
      const row = deps.ledger.row(accountOf(record, batch));
      const kept = keptOf(batch, weights[index]);
      try {
        builder.add(batch, { workspace, recordSeq, receivedMs }, weights[index]);
        batches.push({ row, items: batch.items, kept });
        rows.push(...rowsOf(batch, row, kept));
      } catch (error) {
        addTo(failed, row, batch.items);
        deps.unreadable(recordSeq, error);
      }
    }
    await new Promise(resolve => setImmediate(resolve));
  }
  try {
    const tables = builder.cut();
    for (const [row, items] of failed) addTo(bugs, row, items);
    return { tables, batches, rows };
  } catch (error) {
    const [only] = pieces;
    if (pieces.length > 1 || only === undefined) {
      const half = Math.ceil(pieces.length / 2);
      const first = await encoded(pieces.slice(0, half), bugs, deps);
      return joined(first, await encoded(pieces.slice(half), bugs, deps));
    }
    for (const batch of only.batches) addTo(bugs, deps.ledger.row(accountOf(only.record, batch)), batch.items);
    setAside(only.record, error, deps);
    return nothing;
  }
}

/** A `Native` file may hold several blocks, one after the other. */
function joined(first: Made, second: Made): Made {
  const tables = new Map<string, TableBytes>();
  for (const { table, rows, chunks } of [...first.tables, ...second.tables]) {
    const before = tables.get(table);
    tables.set(table, { table, rows: (before?.rows ?? 0) + rows, chunks: [...(before?.chunks ?? []), ...chunks] });
  }
  return {
    tables: [...tables.values()],
    batches: [...first.batches, ...second.batches],
    rows: [...first.rows, ...second.rows],
  };
}

function accountOf({ workspace, counted }: BodyRecord, { signal }: Batch): Account {
  return { workspace, key: counted?.key ?? '', protocol: counted?.protocol ?? 'unknown', signal };
}

function unpacked(body: Uint8Array, packing: ContentEncoding): Uint8Array {
  if (packing === 'identity') return body;
  return packing === 'snappy' ? unsnappy(body, maxUnpackedBytes) : unpackNow(body, packing, maxUnpackedBytes);
}

/** Undefined when it can not be read any more. */
function decoded(record: BodyRecord, deps: ReplayDeps): readonly Batch[] | undefined {
  try {
    return deps.decode(record.signal, record.encoding, unpacked(record.body, record.contentEncoding));
  } catch (error) {
    setAside(record, error, deps);
    return undefined;
  }
}

function setAside(record: BodyRecord, error: unknown, { log, unreadable }: ReplayDeps): void {
  unreadable(record.seq, error);
  try {
    log.setAside(record);
  } catch (failure) {
    unreadable(record.seq, failure);
  }
}
