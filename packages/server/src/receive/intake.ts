import { BadInput } from '../base/bad-input.js';
import { refusalOf, tooBusy } from '../base/refusal.js';
import type { Batch, Encoding, Signal } from '../decode/batch.js';
import { joinParts, type Part } from '../decode/parts.js';
import type { ContentEncoding } from '../wal/frame.js';
import type { WriteAheadLog } from '../wal/write-ahead-log.js';
import type { CumulativePoints } from './cumulative-points.js';
import type { Cutter } from './cutter.js';
import type { DayGuard } from './day-guard.js';
import { exampleText } from './example-text.js';
import type { FairTurns } from './fair-turns.js';
import type { HeldRecords } from './held-records.js';
import { isOtlpMetrics } from './item-rows.js';
import type { Ledger, Origin } from './ledger.js';
import type { Limiter } from './limits.js';
import type { Protocol } from './protocol.js';
import { requestHash, type SeenRequests } from './seen-requests.js';
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
 * What happens to every request, whatever protocol brought it: it waits for its workspace's turn and is decoded, so that what can not be read is refused
 * while its sender listens; then the log has it on disk; then it waits for its block. When the promise resolves, the bytes survive a crash.
 * A request that was kept within 24 hours is known again: its sender hears the same, and nothing is kept twice.
 * Throws `BadInput`, or a `Refusal`: 503 when there is no room, 429 past the sender's limits.
 */
export interface Intake {
  (request: IntakeRequest): Promise<Taken>;
  /** The same for what was translated; all parts are kept, or none. Nothing to keep is kept at once. */
  parts(request: PartsRequest): Promise<Taken>;
}

export interface IntakeDeps {
  readonly decode: (signal: Signal, encoding: Encoding, bytes: Uint8Array) => readonly Batch[];
  /** Told of batches whose columns nobody reads any more. */
  readonly release: (batches: readonly Batch[]) => void;
  /** Changes metric points before the log has them. */
  readonly points: Pick<CumulativePoints, 'rewrite' | 'undo'>;
  readonly turns: FairTurns;
  readonly limiter: Limiter;
  readonly days: DayGuard;
  readonly seen: SeenRequests;
  readonly log: WriteAheadLog;
  readonly cutter: Cutter;
  /** Where requests wait for the decision about their traces; absent: nothing is sampled. */
  readonly sampling?: Sampling | undefined;
  readonly ledger: Ledger;
  readonly now: () => number;
  /** Told of an error that nobody foresaw. */
  readonly bug: (error: unknown) => void;
}

/** Tail sampling, as requests meet it. */
export interface Sampling {
  /** Looks at what came. Must it wait? */
  readonly holds: (workspace: string, batches: readonly Batch[]) => boolean;
  readonly held: HeldRecords;
}

/** Of what waits for the disk: who has so much of it makes it wait. */
const busyShare = 0.25;

/** The last quarter of the log is not for a workspace that has so much of what is in it, when others send too. */
const logShare = 0.5;

/** Their senders send the same bytes again when they heard no answer. What is scraped is the same when nothing happened, and no copy. */
const comesAgain: ReadonlySet<Protocol> = new Set(['otlp/http', 'otlp/grpc', 'prometheus/remote-write']);

/** What the log keeps of a request. */
interface Body {
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly contentEncoding: ContentEncoding;
  readonly bytes: Uint8Array;
}

/** A request that was read, by pieces: one for each batch, or for each part of a translated request. */
interface Read extends Admission {
  readonly origin: Origin;
  readonly pieces: readonly Piece[];
  /** What the log keeps when no piece was changed. */
  readonly body: () => Body;
  readonly bytes: Uint8Array;
  /** Names the request among those that come again; undefined when a copy is not to be known. */
  readonly hash: Uint8Array | undefined;
}

interface Piece {
  readonly batch: Batch;
  /** Its row in the ledger. */
  readonly row: number;
  /** Items that the sender sent and that are not in the batch. */
  readonly rejected: number;
  readonly rejectedReason: string;
  /** What the rejected items look like, as it came. */
  readonly rejectedExample: Uint8Array | undefined;
  /** Whence the batch was read. */
  readonly body: Uint8Array;
}

export function intake(deps: IntakeDeps): Intake {
  const { decode, release, points, turns, limiter, days, seen, log, cutter, sampling, ledger, now, bug } = deps;

  const pieceOf = (batch: Batch, of: Admission & { readonly origin: Origin }, part: Part | undefined): Piece => ({
    batch,
    row: ledger.items.row({
      workspace: of.workspace,
      key: of.key,
      protocol: of.origin.protocol,
      signal: batch.signal,
    }),
    rejected: batch.rejected + (part?.rejected ?? 0),
    rejectedReason: batch.rejectedReason || (part?.rejectedReason ?? ''),
    rejectedExample: part?.rejectedExample === undefined ? undefined : Buffer.from(part.rejectedExample),
    body: part?.body ?? new Uint8Array(),
  });

  const read = (request: IntakeRequest): Read => {
    const { signal, encoding, contentEncoding, sent, bytes, origin, workspace, key } = request;
    const batches = decode(signal, encoding, bytes);
    return {
      workspace,
      key,
      origin,
      pieces: batches.map(batch => pieceOf(batch, request, undefined)),
      body: () => ({ signal, encoding, contentEncoding, bytes: sent }),
      bytes,
      hash: comesAgain.has(origin.protocol)
        ? hashOf(batches, sent, signal, `${encoding} ${contentEncoding}`, request)
        : undefined,
    };
  };

  const readParts = (request: PartsRequest): Read => {
    const { parts, asSent, origin, workspace, key } = request;
    const pieces = parts.map(part => {
      // Nothing in it but items that can not be stored; to the decoder that is a request without items.
      const [batch] = decode(part.signal, 'protobuf', part.body);
      if (batch === undefined) throw new Error('a part gave no batch');
      return pieceOf(batch, request, part);
    });
    const batches = pieces.map(({ batch }) => batch);
    return {
      workspace,
      key,
      origin,
      pieces,
      body: () => joinedBody(parts),
      bytes: asSent ?? new Uint8Array(),
      hash: asSent && hashOf(batches, asSent, 'parts', 'parts', request),
    };
  };

  const arrived = ({ pieces }: Read): void => {
    for (const { row, batch, rejected } of pieces) ledger.items.arrived(row, batch.items + rejected);
  };

  const refused = ({ pieces }: Read, reason: string): void => {
    for (const { row, batch, rejected } of pieces) ledger.items.refused(row, reason, batch.items + rejected);
  };

  const duplicate = (read: Read): Taken => {
    for (const { row, batch, rejected } of read.pieces) {
      ledger.items.duplicate(row, batch.items);
      if (rejected > 0) ledger.items.refused(row, 'not-storable', rejected);
    }
    return takenOf(read.pieces);
  };

  /** The pieces with metric points as they are to be kept, and how to take that back. */
  const rewritten = ({ workspace, pieces }: Read): { readonly pieces: readonly Piece[]; readonly undo: () => void } => {
    const undos: (() => void)[] = [];
    const made = pieces.map((piece): Piece => {
      const { batch } = piece;
      if (!isOtlpMetrics(batch) || batch.items === 0) return piece;
      const kept = points.rewrite(workspace, batch, now());
      if (kept === undefined) return piece;
      undos.push(() => points.undo(workspace, batch));
      const [rest] = decode('metrics', 'protobuf', kept.body);
      if (rest === undefined) throw new Error('a rewritten request gave no batch');
      return { ...piece, batch: rest, body: kept.body, rejectedReason: kept.rejectedReason || piece.rejectedReason };
    });
    return { pieces: made, undo: () => undos.forEach(undo => undo()) };
  };

  /** Brings what was read to the disk and to its block. What is not kept of it then is still in hand, and whoever called counts it. */
  const keep = async (read: Read, receivedMs: number): Promise<readonly Piece[]> => {
    const { workspace, key, origin, hash } = read;
    const { pieces, undo } = rewritten(read);
    const isChanged = pieces.some((piece, index) => piece !== read.pieces[index]);
    const kept = pieces.filter(({ batch }) => batch.items > 0);
    if (kept.length === 0) return pieces;
    const { signal, encoding, contentEncoding, bytes } = isChanged
      ? joinedBody(pieces.map(({ batch, body }) => ({ signal: batch.signal, body })))
      : read.body();
    const items = kept.map(({ batch }) => ({ signal: batch.signal, items: batch.items }));
    const counted = { key, protocol: origin.protocol, items, hash };
    const keptBatches = kept.map(({ batch }) => batch);
    const isHeld = sampling?.holds(workspace, keptBatches) === true;
    const arrival = { workspace, signal, encoding, contentEncoding, receivedMs, body: bytes, counted, isHeld };
    const answer = await log.append(arrival, (recordSeq, position) => {
      // Told inside the log's commit: an error here must not stop it.
      try {
        for (const { row, batch } of kept) ledger.items.kept(row, batch.items);
        if (hash !== undefined) seen.add(hash, receivedMs);
        const rows = kept.map(({ row }) => row);
        const at = { workspace, recordSeq, receivedMs };
        if (isHeld) return sampling?.held.add(keptBatches, at, rows, position);
        cutter.add(keptBatches, at, rows, position);
        release(keptBatches);
      } catch (error) {
        bug(error);
      }
    });
    if (answer === 'kept') return pieces;
    undo();
    throw tooBusy('the write-ahead log is full, or its disk', 'full');
  };

  /** When the disk is behind, those who sent most of what waits are refused first. */
  const isTooMuch = (workspace: string): boolean =>
    (cutter.isBusy() || sampling?.held.isBusy() === true) &&
    (cutter.isOverfull() || ledger.items.pendingShare(workspace) >= busyShare);

  const judged = (read: Read, size: number): void => {
    const items = read.pieces.reduce((sum, { batch, rejected }) => sum + batch.items + rejected, 0);
    limiter.charge(read, items, size);
    limiter.checkItems(read, items);
    days.check(
      read.workspace,
      read.pieces.map(({ batch }) => batch),
    );
  };

  const takeRead = async (read: Read, size: number, receivedMs: number): Promise<Taken> => {
    const { hash, origin } = read;
    arrived(read);
    let pieces: readonly Piece[];
    try {
      judged(read, size);
      if (hash !== undefined && seen.has(hash)) return duplicate(read);
      const work = (): Promise<readonly Piece[]> => keep(read, receivedMs);
      const { done, waited } =
        hash === undefined ? { done: await work(), waited: false } : await seen.alone(hash, work);
      if (waited) return duplicate(read);
      pieces = done;
    } catch (error) {
      refused(read, refusalOf(error)?.facts.reason ?? 'bug');
      throw error;
    }
    for (const [index, { batch, row, rejected, rejectedReason, rejectedExample }] of pieces.entries()) {
      const example = (): string => exampleText(rejectedExample ?? read.bytes);
      const left = (read.pieces[index]?.batch.items ?? 0) - batch.items;
      if (rejected > 0) ledger.items.refused(row, 'not-storable', rejected);
      if (left > 0) ledger.items.refused(row, 'too-many-series', left);
      const { signal, items, service, newestMs } = batch;
      const counts = { items, rejected: rejected + left, rejectedReason };
      ledger.accepted({ signal, ...counts, service, newestMs, receivedMs, workspace: read.workspace, example }, origin);
    }
    return takenOf(pieces, read.pieces);
  };

  const take = async (
    of: Admission & { readonly origin: Origin },
    bytes: Uint8Array,
    size: number,
    readIt: () => Read,
  ): Promise<Taken> => {
    limiter.check(of);
    return turns.run(of.workspace, size, () => {
      if (log.isNearlyFull && turns.isShared && ledger.items.pendingShare(of.workspace) >= logShare)
        throw tooBusy('what is left of the write-ahead log is for the other workspaces', 'full');
      if (isTooMuch(of.workspace)) throw tooBusy('the disk is slower than what comes in', 'busy');
      const receivedMs = now();
      let read: Read;
      try {
        read = readIt();
      } catch (error) {
        if (error instanceof BadInput)
          ledger.foretell(error.message, of.origin, of.workspace, () => exampleText(bytes));
        throw error;
      }
      return takeRead(read, size, receivedMs);
    });
  };

  return Object.assign(
    (request: IntakeRequest) => take(request, request.bytes, request.bytes.length, () => read(request)),
    {
      parts(request: PartsRequest) {
        const largest =
          request.asSent ?? request.parts.reduce((a, { body }) => (body.length > a.length ? body : a), none);
        // As it was sent it may be packed, or not known.
        const unpackedBytes = request.parts.reduce((sum, { body }) => sum + body.length, 0);
        return take(request, largest, Math.max(largest.length, unpackedBytes), () => readParts(request));
      },
    },
  );
}

const none: Uint8Array = new Uint8Array();

/** Undefined for a request whose items have no time of their own: it may well be sent twice on purpose, and be the same to the byte. */
function hashOf(
  batches: readonly Batch[],
  sent: Uint8Array,
  signal: string,
  encoding: string,
  { workspace, key, origin }: Admission & { readonly origin: Origin },
): Uint8Array | undefined {
  return batches.some(({ newestMs }) => newestMs !== undefined)
    ? requestHash(sent, { workspace, key, protocol: origin.protocol, signal, encoding })
    : undefined;
}

function joinedBody(parts: readonly Part[]): Body {
  return {
    signal: parts[0]?.signal ?? 'traces',
    encoding: 'parts',
    contentEncoding: 'identity',
    bytes: joinParts(parts.filter(({ body }) => body.length > 0)),
  };
}

function takenOf(pieces: readonly Piece[], asSent = pieces): Taken {
  const left = pieces.reduce((sum, { batch }, index) => sum + (asSent[index]?.batch.items ?? 0) - batch.items, 0);
  return {
    rejected: left + pieces.reduce((sum, { rejected }) => sum + rejected, 0),
    rejectedReason: pieces.find(({ rejectedReason }) => rejectedReason !== '')?.rejectedReason ?? '',
    batches: pieces.map(({ batch }) => batch),
  };
}
