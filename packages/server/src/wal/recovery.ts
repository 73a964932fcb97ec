import { statSync, truncateSync } from 'node:fs';
import type { Log } from '../base/log.js';
import type { Signal } from '../decode/batch.js';
import type { BodyRecord, Cut, LostRecord } from './frame.js';
import { setAside } from './quarantine.js';
import { readSegment } from './segment.js';
import type { Segment } from './segment.js';

/** Where a record lies. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

/** So many items of one signal, and who sent them. */
export interface Came {
  readonly workspace: string;
  readonly key: string;
  readonly protocol: string;
  readonly signal: Signal;
  readonly items: number;
}

/** A block's bounds and where its first body lies. */
export interface PlacedCut extends Cut {
  readonly position: Position;
}

/** A block that was cut before the log was opened. */
export interface RecoveredCut extends PlacedCut {
  /** What its records brought when they came, also those that decayed since. */
  readonly came: readonly Came[];
  /** Are there records in it of a version that did not count? They are not in `came`. */
  readonly hasUncounted: boolean;
}

export interface KnownSegment {
  readonly segment: Segment;
  readonly bytes: number;
  /** The highest sequence number that a body or a cut in it names; the segment is needed until that is stored. */
  readonly maxSeq: number;
}

/** What a log held when it was opened. */
export interface Recovery {
  readonly segments: readonly KnownSegment[];
  /** Blocks that were cut and are not stored, in order. */
  readonly cuts: readonly RecoveredCut[];
  /** The first body that no block holds yet. */
  readonly tail: Position | undefined;
  readonly lastSeq: number;
  readonly damagedRanges: number;
  readonly tornBytes: number;
  /** What was saved beside the store's position, as it was given; undefined when there is none. */
  readonly saved: unknown;
}

/** What makes a block's rows unique for ever. The bounds alone say it, so a lost cut between two others gets the same token again. */
export function tokenOf(logId: string, fromSeq: number, toSeq: number): string {
  return `${logId}-${fromSeq}-${toSeq}`;
}

interface Placed extends Pick<BodyRecord, 'seq' | 'workspace' | 'counted'> {
  readonly position: Position;
}

/**
 * Reads all segments once. Torn tails are cut off; damaged ranges are set aside and the records around them live on.
 * Nothing that a segment holds makes it throw, so that a bad record can not stop the program at every start.
 */
export function recover(
  folder: string,
  segments: readonly Segment[],
  { logId, storedSeq, saved }: { readonly logId: string; readonly storedSeq: number; readonly saved?: unknown },
  log: Log,
  seen: (hash: Uint8Array, receivedMs: number) => void = () => {},
): Recovery {
  const known: KnownSegment[] = [];
  const cuts: RecoveredCut[] = [];
  let open: Placed[] = [];
  let lastSeq = storedSeq;
  let damagedRanges = 0;
  let tornBytes = 0;

  for (const segment of segments) {
    let maxSeq = 0;
    for (const frame of readSegment(segment)) {
      if (frame.kind === 'torn') {
        tornBytes += frame.end - frame.offset;
        truncateSync(segment.path, frame.offset);
      } else if (frame.kind === 'damaged') {
        damagedRanges += 1;
        log.error(
          { segment: segment.number, offset: frame.offset, bytes: frame.end - frame.offset },
          'damaged bytes in the write-ahead log were set aside in wal/quarantine; check the disk',
        );
        trySetAside(folder, segment, frame, log);
        const position = { segment: segment.number, offset: frame.offset };
        for (const record of frame.lost) {
          maxSeq = Math.max(maxSeq, record.seq);
          if (record.seq > storedSeq) open.push({ ...record, position });
        }
      } else if (frame.record.kind === 'body') {
        const { seq, workspace, counted, receivedMs } = frame.record;
        maxSeq = Math.max(maxSeq, seq);
        if (counted?.hash !== undefined) seen(counted.hash, receivedMs);
        const position = { segment: segment.number, offset: frame.offset };
        if (seq > storedSeq) open.push({ seq, workspace, ...(counted && { counted }), position });
      } else {
        const { fromSeq, toSeq, token } = frame.record;
        maxSeq = Math.max(maxSeq, toSeq);
        const first = open.find(({ seq }) => seq >= fromSeq && seq <= toSeq);
        if (first !== undefined) {
          // What lies before the cut and in no block: its own cut was lost.
          const lost = open.filter(({ seq }) => seq < fromSeq);
          if (lost[0] !== undefined) {
            const cut = lostCut(logId, storedSeq, cuts, lost[0].position, fromSeq - 1);
            cuts.push({ ...cut, ...cameWith(lost) });
          }
          const own = open.filter(({ seq }) => seq >= fromSeq && seq <= toSeq);
          cuts.push({ fromSeq, toSeq, token, position: first.position, ...cameWith(own) });
          open = open.filter(({ seq }) => seq > toSeq);
        }
      }
    }
    lastSeq = Math.max(lastSeq, maxSeq);
    known.push({ segment, bytes: statSync(segment.path).size, maxSeq });
  }
  return { segments: known, cuts, tail: open[0]?.position, lastSeq, damagedRanges, tornBytes, saved };
}

function cameWith(records: readonly Placed[]): Pick<RecoveredCut, 'came' | 'hasUncounted'> {
  const sums = new Map<string, Came>();
  for (const record of records) {
    for (const came of cameOf(record)) {
      const name = [came.workspace, came.key, came.protocol, came.signal].join('\n');
      sums.set(name, { ...came, items: came.items + (sums.get(name)?.items ?? 0) });
    }
  }
  return { came: [...sums.values()], hasUncounted: records.some(({ counted }) => counted === undefined) };
}

/** What a record brought, as it was counted when it came. */
export function cameOf({
  workspace,
  counted,
}: Pick<LostRecord, 'workspace'> & Pick<BodyRecord, 'counted'>): readonly Came[] {
  if (counted === undefined) return [];
  const { key, protocol } = counted;
  return counted.items.map(({ signal, items }) => ({ workspace, key, protocol, signal, items }));
}

function lostCut(
  logId: string,
  storedSeq: number,
  cuts: readonly PlacedCut[],
  position: Position,
  toSeq: number,
): PlacedCut {
  const fromSeq = (cuts.at(-1)?.toSeq ?? storedSeq) + 1;
  return { fromSeq, toSeq, token: tokenOf(logId, fromSeq, toSeq), position };
}

function trySetAside(folder: string, segment: Segment, range: { offset: number; end: number }, log: Log): void {
  try {
    setAside(folder, segment, range.offset, range.end);
  } catch (error) {
    log.error({ err: error }, 'damaged bytes of the write-ahead log could not be set aside');
  }
}
