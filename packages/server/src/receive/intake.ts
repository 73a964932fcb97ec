import { tooBusy } from '../base/refusal.js';
import type { Batch, Encoding, Signal } from '../decode/batch.js';
import type { ContentEncoding } from '../wal/frame.js';
import type { WriteAheadLog } from '../wal/write-ahead-log.js';
import type { Cutter } from './cutter.js';
import type { Ledger, Origin } from './ledger.js';

/** A request after its transport was taken off. */
export interface IntakeRequest {
  readonly workspace: string;
  readonly signal: Signal;
  readonly encoding: Encoding;
  /** As the sender packed it; the log keeps these bytes. */
  readonly sent: Uint8Array;
  readonly contentEncoding: ContentEncoding;
  /** The same, unpacked. */
  readonly bytes: Uint8Array;
  readonly origin: Origin;
}

/** What became of a request that was taken. */
export interface Taken {
  readonly rejected: number;
  readonly rejectedReason: string;
}

export type Intake = (request: IntakeRequest) => Promise<Taken>;

export interface IntakeDeps {
  readonly decode: (signal: Signal, encoding: Encoding, bytes: Uint8Array) => Batch;
  readonly log: WriteAheadLog;
  readonly cutter: Cutter;
  readonly ledger: Ledger;
  readonly now: () => number;
  /** Told of an error that nobody foresaw. */
  readonly bug: (error: unknown) => void;
}

/**
 * What happens to every request, whatever protocol brought it: it is decoded, so that what can not be read is refused while its sender listens;
 * then the log has it on disk; then it waits for its block. When the promise resolves, the bytes survive a crash.
 * Throws `BadInput`, or a 503 `Refusal` when there is no room.
 */
export function intake({ decode, log, cutter, ledger, now, bug }: IntakeDeps): Intake {
  return async ({ workspace, signal, encoding, sent, contentEncoding, bytes, origin }) => {
    if (cutter.isBusy()) throw tooBusy('the disk is slower than what comes in', 'busy');
    const receivedMs = now();
    const batch = decode(signal, encoding, bytes);
    if (batch.items > 0) {
      const arrival = { workspace, signal, encoding, contentEncoding, receivedMs, body: sent };
      const kept = await log.append(arrival, (recordSeq, position) => {
        // Told inside the log's commit: an error here must not stop it. The log has the request; its rows are missing from this block, which is why it is counted and reported as a bug.
        try {
          cutter.add(batch, { workspace, recordSeq, receivedMs }, position);
        } catch (error) {
          bug(error);
        }
      });
      if (kept === 'full') throw tooBusy('the write-ahead log is full, or its disk', 'full');
    }
    const { items, rejected, rejectedReason, service, newestMs } = batch;
    ledger.accepted({ signal, items, rejected, rejectedReason, service, newestMs, receivedMs }, origin);
    return { rejected, rejectedReason };
  };
}
