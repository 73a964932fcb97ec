import { unpackNow } from '../base/inflate.js';
import type { Batch, Encoding, Signal } from '../decode/batch.js';
import { unsnappy } from '../decode/snappy.js';
import type { TableBytes } from '../handover/block-files.js';
import type { BodyRecord, ContentEncoding } from '../wal/frame.js';
import type { PlacedCut, Position } from '../wal/recovery.js';
import type { WriteAheadLog } from '../wal/write-ahead-log.js';
import type { Builder, Cutter } from './cutter.js';

/** What is in the log passed the limit of its day; a limit that was lowered since must not lose it. */
const maxUnpackedBytes = 1 << 30;

export interface ReplayDeps {
  readonly log: WriteAheadLog;
  readonly decode: (signal: Signal, encoding: Encoding, bytes: Uint8Array) => readonly Batch[];
  /** Told of a record that was readable when it was kept and is not now; its rows are lost, the rest is not. */
  readonly unreadable: (seq: number, error: unknown) => void;
}

/** Adds what the log has and no block holds yet, as if it came now. */
export async function replayTail(tail: Position, cutter: Cutter, deps: ReplayDeps): Promise<void> {
  for (const { record, position } of deps.log.read(tail, cutter.lastSeq + 1, Infinity)) {
    add(record, deps, (batches, at) => cutter.add(batches, at, position));
    if (cutter.isBusy()) await cutter.written();
  }
}

/** Makes a block's tables again. Lets other work in between records, since a block may be 50,000 rows. */
export async function rebuildBlock(cut: PlacedCut, builder: Builder, deps: ReplayDeps): Promise<readonly TableBytes[]> {
  // What an earlier try left when it failed half-way.
  if (builder.rows > 0) builder.cut();
  for (const { record } of deps.log.read(cut.position, cut.fromSeq, cut.toSeq)) {
    add(record, deps, (batches, at) => {
      for (const batch of batches) builder.add(batch, at);
    });
    await new Promise(resolve => setImmediate(resolve));
  }
  return builder.cut();
}

function unpacked(body: Uint8Array, packing: ContentEncoding): Uint8Array {
  if (packing === 'identity') return body;
  return packing === 'snappy' ? unsnappy(body, maxUnpackedBytes) : unpackNow(body, packing, maxUnpackedBytes);
}

type At = Parameters<Builder['add']>[1];

/** A record that can not be read costs its own rows only: it must neither stop the start, nor the blocks behind it. */
function add(record: BodyRecord, deps: ReplayDeps, take: (batches: readonly Batch[], at: At) => void): void {
  const { decode, unreadable } = deps;
  const { workspace, seq: recordSeq, receivedMs, signal, encoding, contentEncoding, body } = record;
  try {
    take(decode(signal, encoding, unpacked(body, contentEncoding)), { workspace, recordSeq, receivedMs });
  } catch (error) {
    unreadable(recordSeq, error);
  }
}
