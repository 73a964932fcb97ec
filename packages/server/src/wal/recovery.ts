import { statSync, truncateSync } from 'node:fs';
import type { Log } from '../base/log.js';
import type { Signal } from '../decode/batch.js';
import type { Checkpoint } from './checkpoint.js';
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
  /** The highest sequence number that a body or a cut in it names which is not held; the segment is needed until that is stored. */
  readonly maxSeq: number;
  /** The same of what is held. */
  readonly maxHeldSeq: number;
}

/** What a log held when it was opened. */
export interface Recovery {
  readonly segments: readonly KnownSegment[];
  /** Blocks that were cut and are not stored, in order. */
  readonly cuts: readonly RecoveredCut[];
  /** The first body that no block holds yet, and the first such that is held. */
  readonly tail: Position | undefined;
  readonly heldTail: Position | undefined;
  readonly lastSeq: number;
  readonly damagedRanges: number;
  readonly tornBytes: number;
  /** What was saved beside the store's position, as it was given; undefined when there is none. */
  readonly saved: unknown;
}

/** What makes a block's rows unique for ever. The bounds alone say it, so a lost cut between two others gets the same token again. */
export function tokenOf(logId: string, fromSeq: number, toSeq: number, isHeld = false): string {
  return `${logId}-${isHeld ? 'h' : ''}${fromSeq}-${toSeq}`;
}

interface Placed extends Pick<BodyRecord, 'seq' | 'workspace' | 'counted'> {
  readonly position: Position;
}

/** Records of one course: those that are not held, or those that are. Each has blocks of its own, whose bounds follow each other without a gap. */
interface Course {
  /** All up to here is stored, or in a block that was cut. */
  lastCutSeq: number;
  /** What is in no block yet, in order. */
  open: Placed[];
  /** The highest number in the segment that is being read. */
  maxSeq: number;
}

/**
 * Reads all segments once. Torn tails are cut off; damaged ranges are set aside and the records around them live on.
 * Nothing that a segment holds makes it throw, so that a bad record can not stop the program at every start.
 */
export function recover(
  folder: string,
  segments: readonly Segment[],
  { logId, storedSeq, heldStoredSeq, saved }: Checkpoint,
  log: Log,
  seen: (hash: Uint8Array, receivedMs: number) => void = () => {},
): Recovery {
  const known: KnownSegment[] = [];
  const cuts: RecoveredCut[] = [];
  const direct: Course = { lastCutSeq: storedSeq, open: [], maxSeq: 0 };
  const held: Course = { lastCutSeq: heldStoredSeq, open: [], maxSeq: 0 };
  let lastSeq = Math.max(storedSeq, heldStoredSeq);
  let damagedRanges = 0;
  let tornBytes = 0;

  for (const segment of segments) {
    direct.maxSeq = 0;
    held.maxSeq = 0;
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
        for (const record of frame.lost) addTo(record.isHeld === true ? held : direct, { ...record, position });
      } else if (frame.record.kind === 'body') {
        const { seq, workspace, counted, receivedMs, isHeld } = frame.record;
        if (counted?.hash !== undefined) seen(counted.hash, receivedMs);
        const position = { segment: segment.number, offset: frame.offset };
        addTo(isHeld === true ? held : direct, { seq, workspace, ...(counted && { counted }), position });
      } else cuts.push(...cutsOf(frame.record, frame.record.decisions === undefined ? direct : held, logId));
    }
    lastSeq = Math.max(lastSeq, direct.maxSeq, held.maxSeq);
    known.push({ segment, bytes: statSync(segment.path).size, maxSeq: direct.maxSeq, maxHeldSeq: held.maxSeq });
  }
  return {
    segments: known,
    cuts,
    tail: direct.open[0]?.position,
    heldTail: held.open[0]?.position,
    lastSeq,
    damagedRanges,
    tornBytes,
    saved,
  };
}

function addTo(course: Course, record: Placed): void {
  course.maxSeq = Math.max(course.maxSeq, record.seq);
  if (record.seq > course.lastCutSeq) course.open.push(record);
}

/** The block that a cut tells of, if it is not stored, and one before it when what lies before it is in no block: that block's own cut was lost. */
function cutsOf({ fromSeq, toSeq, token, decisions }: Cut, course: Course, logId: string): readonly RecoveredCut[] {
  course.maxSeq = Math.max(course.maxSeq, toSeq);
  const { open, lastCutSeq } = course;
  const own = open.filter(({ seq }) => seq >= fromSeq && seq <= toSeq);
  if (own[0] === undefined) return [];
  const cuts: RecoveredCut[] = [];
  const lost = open.filter(({ seq }) => seq < fromSeq);
  if (lost[0] !== undefined) {
    const bounds = { fromSeq: lastCutSeq + 1, toSeq: fromSeq - 1 };
    cuts.push({
      ...bounds,
      token: tokenOf(logId, bounds.fromSeq, bounds.toSeq, decisions !== undefined),
      // What was decided is lost with the cut: all of it is kept.
      ...(decisions && { decisions: new Uint8Array() }),
      position: lost[0].position,
      ...cameWith(lost),
    });
  }
  cuts.push({ fromSeq, toSeq, token, ...(decisions && { decisions }), position: own[0].position, ...cameWith(own) });
  course.lastCutSeq = toSeq;
  course.open = open.filter(({ seq }) => seq > toSeq);
  return cuts;
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

function trySetAside(folder: string, segment: Segment, range: { offset: number; end: number }, log: Log): void {
  try {
    setAside(folder, segment, range.offset, range.end);
  } catch (error) {
    log.error({ err: error }, 'damaged bytes of the write-ahead log could not be set aside');
  }
}
