import { tooBusy } from '../base/refusal.js';
import type { Batch, Encoding, Signal } from '../decode/batch.js';
import { protobufFromJson } from '../decode/otlp-json.js';
import { decodeMetrics } from '../decode/otlp-metrics.js';
import { joinParts, type Part } from '../decode/parts.js';
import type { ContentEncoding } from '../wal/frame.js';
import type { WriteAheadLog } from '../wal/write-ahead-log.js';
import type { CumulativePoints } from './cumulative-points.js';
import type { Cutter } from './cutter.js';
import type { Ledger, Origin } from './ledger.js';
import type { Admission } from './workspace.js';

/** A request after its transport was taken off: in a form that the log keeps as it was sent. */
export interface IntakeRequest extends Admission {
  readonly signal: Signal;
  readonly encoding: Encoding;
  /** As the sender packed it; the log keeps these bytes. */
  readonly sent: Uint8Array;
  readonly contentEncoding: ContentEncoding;
  /** The same, unpacked. */
  readonly bytes: Uint8Array;
  readonly origin: Origin;
}

/** A request of another protocol, translated. */
export interface PartsRequest extends Admission {
  readonly parts: readonly Part[];
  /** The request as it came, where its sender sends the same bytes again when it heard no answer. */
  readonly asSent?: Uint8Array;
  readonly origin: Origin;
}

/** What became of a request that was taken. */
export interface Taken {
  readonly rejected: number;
  readonly rejectedReason: string;
  /** What was read from it, for answers that say more. */
  readonly batches: readonly Batch[];
}

/**
 * What happens to every request, whatever protocol brought it: it is decoded, so that what can not be read is refused while its sender listens;
 * then the log has it on disk; then it waits for its block. When the promise resolves, the bytes survive a crash.
 * Throws `BadInput`, or a 503 `Refusal` when there is no room.
 */
export interface Intake {
  (request: IntakeRequest): Promise<Taken>;
  /** The same for what was translated; all parts are kept, or none. Nothing to keep is kept at once. */
  parts(request: PartsRequest): Promise<Taken>;
}

export interface IntakeDeps {
  readonly decode: (signal: Signal, encoding: Encoding, bytes: Uint8Array) => readonly Batch[];
  /** Changes metric points before the log has them. */
  readonly points: Pick<CumulativePoints, 'rewrite' | 'undo'>;
  readonly log: WriteAheadLog;
  readonly cutter: Cutter;
  readonly ledger: Ledger;
  readonly now: () => number;
  /** Told of an error that nobody foresaw. */
  readonly bug: (error: unknown) => void;
}

interface RewrittenPart {
  readonly part: Part;
  /** To be called when it was not kept. */
  readonly undo: () => void;
}

export function intake({ decode, points, log, cutter, ledger, now, bug }: IntakeDeps): Intake {
  const keep = async (request: IntakeRequest): Promise<Taken> => {
    const { workspace, signal, encoding, sent, contentEncoding, bytes, origin } = request;
    if (cutter.isBusy()) throw tooBusy('the disk is slower than what comes in', 'busy');
    const receivedMs = now();
    const batches = decode(signal, encoding, bytes);
    if (batches.some(batch => batch.items > 0)) {
      const arrival = { workspace, signal, encoding, contentEncoding, receivedMs, body: sent };
      const kept = await log.append(arrival, (recordSeq, position) => {
        // Told inside the log's commit: an error here must not stop it. The log has the request; its rows are missing from this block, which is why it is counted and reported as a bug.
        try {
          cutter.add(batches, { workspace, recordSeq, receivedMs }, position);
        } catch (error) {
          bug(error);
        }
      });
      if (kept === 'full') throw tooBusy('the write-ahead log is full, or its disk', 'full');
    }
    for (const { signal, items, rejected, rejectedReason, service, newestMs } of batches)
      ledger.accepted({ signal, items, rejected, rejectedReason, service, newestMs, receivedMs }, origin);
    return {
      rejected: batches.reduce((sum, { rejected }) => sum + rejected, 0),
      rejectedReason: batches.find(({ rejected }) => rejected > 0)?.rejectedReason ?? '',
      batches,
    };
  };

  /** Metric points as they are to be kept; undefined when that is as they came. `body` is OTLP. */
  const rewritten = (workspace: string, body: Uint8Array): RewrittenPart | undefined => {
    const batch = decodeMetrics(body);
    const kept = points.rewrite(workspace, batch, now());
    return (
      kept && {
        part: {
          signal: 'metrics',
          body: kept.body,
          rejected: batch.rejected + kept.rejected,
          rejectedReason: kept.rejectedReason || batch.rejectedReason,
        },
        undo: () => points.undo(workspace, batch),
      }
    );
  };

  const take = async (request: IntakeRequest): Promise<Taken> => {
    const { signal, encoding, workspace, key, origin, bytes } = request;
    if (signal !== 'metrics' || (encoding !== 'protobuf' && encoding !== 'json')) return keep(request);
    const made = rewritten(workspace, encoding === 'json' ? protobufFromJson('metrics', bytes) : bytes);
    if (made === undefined) return keep(request);
    return keepParts({ workspace, key, origin, parts: [made.part] }).catch((error: unknown) => {
      made.undo();
      throw error;
    });
  };

  const takeParts = (request: PartsRequest): Promise<Taken> => {
    const made = request.parts.map(part =>
      part.signal === 'metrics' ? rewritten(request.workspace, part.body) : undefined,
    );
    const parts = request.parts.map((part, i): Part => {
      const kept = made[i]?.part;
      if (kept === undefined) return part;
      const rejected = (kept.rejected ?? 0) + (part.rejected ?? 0);
      return { ...kept, rejected, rejectedReason: kept.rejectedReason || (part.rejectedReason ?? '') };
    });
    return keepParts({ ...request, parts }).catch((error: unknown) => {
      for (const one of made) one?.undo();
      throw error;
    });
  };

  const keepParts = async ({ parts, workspace, key, origin }: PartsRequest): Promise<Taken> => {
    const bytes = joinParts(parts.filter(({ body }) => body.length > 0));
    const taken = await keep({
      workspace,
      key,
      signal: parts[0]?.signal ?? 'traces',
      encoding: 'parts',
      contentEncoding: 'identity',
      sent: bytes,
      bytes,
      origin,
    });
    const receivedMs = now();
    for (const { signal, rejected = 0, rejectedReason = '' } of parts)
      if (rejected > 0)
        ledger.accepted(
          { signal, items: 0, rejected, rejectedReason, service: '', newestMs: undefined, receivedMs },
          origin,
        );
    const untranslated = parts.find(({ rejected = 0 }) => rejected > 0);
    return {
      rejected: taken.rejected + parts.reduce((sum, { rejected = 0 }) => sum + rejected, 0),
      rejectedReason: taken.rejectedReason || (untranslated?.rejectedReason ?? ''),
      batches: taken.batches,
    };
  };

  return Object.assign(take, { parts: takeParts });
}
