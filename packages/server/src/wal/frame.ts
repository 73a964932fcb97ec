import { crc32 } from 'node:zlib';
import type { Encoding, Signal } from '../decode/batch.js';

/**
 * How records lie in a segment. All numbers are little-endian.
 *
 *     frame   = marker (8 bytes) · length of payload (u32) · crc32 of length and payload (u32) · payload
 *     payload = 1 · signal (u8) · encoding (u8) · content encoding (u8) · sequence (u64) · received ms (u64) · n (u8) · workspace (n bytes) · body
 *             | 2 · from sequence (u64) · to sequence (u64) · token
 *             | 3 · n (u16) · crc32 of the head (u32) · head (n bytes) · body
 *             | 4 · from sequence (u64) · to sequence (u64) · n (u8) · token (n bytes) · decisions
 *     head    = signal (u8) · encoding (u8) · content encoding (u8) · sequence (u64) · received ms (u64) · hash (12 bytes; zeros: none)
 *               · workspace, key, protocol (each n (u8) · n bytes) · count (u8) · count times: signal (u8) · items (u32)
 *
 * The highest bit of a head's content encoding says that the record is held: it waits for its traces to be decided (docs/adr/0015). Kind 2 is the cut of
 * a block of records that are not held, kind 4 of one of held records; `decisions` are the sampler's bytes.
 *
 * Kind 1 was written before items were counted by key and protocol; it is read for ever. The head of kind 3 has a checksum of its own: of a record
 * whose body decayed it still says how many items of whom were lost.
 *
 * The marker is random per segment and stands in the segment's name. So a reader that lost its way finds the next record again, and no sender can
 * plant bytes that look like one. The checksum is CRC-32 as in gzip (`node:zlib`), which Node computes natively; it guards against decay, not malice.
 */
export const markerBytes = 8;
const headBytes = markerBytes + 8;

/** Of the hash that names a request. */
export const hashBytes = 12;

/** Where the head of a counted record begins in its payload. */
const countedAt = 7;

/** Set in the content encoding of a record that is held. */
const heldBit = 0x80;

/** How the body's bytes are packed: as the sender packed them. */
export type ContentEncoding = 'identity' | 'gzip' | 'deflate' | 'snappy';

/** For whose account a record's items count, as they were counted when the record came. */
export interface Counted {
  /** Name of the ingest key; '' where none is needed. */
  readonly key: string;
  /** As the ledger names it: `otlp/http`, ... */
  readonly protocol: string;
  /** Items that can be stored, by signal. */
  readonly items: readonly { readonly signal: Signal; readonly items: number }[];
  /** 12 bytes that name the request as it was sent; undefined where a copy is not to be known again. */
  readonly hash: Uint8Array | undefined;
}

/** A request as it came, after it was found to be readable. */
export interface Arrival {
  readonly workspace: string;
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly contentEncoding: ContentEncoding;
  readonly receivedMs: number;
  readonly body: Uint8Array;
  /** Undefined in records of versions that did not count. */
  readonly counted?: Counted;
  /** Its block is made when its traces are decided. Only counted records are held. */
  readonly isHeld?: boolean;
}

/** What the head of a record says whose body can not be trusted any more. */
export interface LostRecord {
  readonly seq: number;
  readonly workspace: string;
  readonly counted: Counted;
  readonly isHeld?: boolean;
}

export interface BodyRecord extends Arrival {
  readonly kind: 'body';
  readonly seq: number;
}

/**
 * The bounds of a block: all bodies with `fromSeq <= seq <= toSeq`, either those that are not held or those that are. Their rows carry the token into
 * the store.
 */
export interface Cut {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly token: string;
  /** Of a block of held records: what was decided of their spans. Undefined: the block is of records that are not held. */
  readonly decisions?: Uint8Array;
}

export interface CutRecord extends Cut {
  readonly kind: 'cut';
}

/** What a reader meets in a segment, in order. `damaged` and `torn` cover every byte that is not in a record. */
export type Frame =
  | { readonly kind: 'record'; readonly offset: number; readonly end: number; readonly record: BodyRecord | CutRecord }
  /** Bytes that were records once and are none now; `lost` are those of them whose heads are intact. */
  | { readonly kind: 'damaged'; readonly offset: number; readonly end: number; readonly lost: readonly LostRecord[] }
  /** The end of the segment is the beginning of a record: the write was interrupted. */
  | { readonly kind: 'torn'; readonly offset: number; readonly end: number };

/** Bytes to read frames from. `read` gives at most `length` bytes, fewer only at the end. */
export interface FrameSource {
  readonly size: number;
  read(offset: number, length: number): Buffer;
}

const signals: readonly Signal[] = ['traces', 'logs', 'metrics', 'files'];
const encodings: readonly Encoding[] = ['protobuf', 'json', 'parts', 'remote-write-1', 'remote-write-2'];
const contentEncodings: readonly ContentEncoding[] = ['identity', 'gzip', 'deflate', 'snappy'];

/** A body's frame, as pieces to be written one after the other; the body itself is not copied. */
export function bodyFrame(seq: number, arrival: Arrival): FramePieces {
  if (arrival.counted !== undefined) return countedFrame(seq, arrival, arrival.counted);
  const workspace = Buffer.from(arrival.workspace, 'utf8');
  const head = Buffer.allocUnsafe(headBytes + 21 + workspace.length);
  const payload = headBytes;
  head.writeUInt8(1, payload);
  head.writeUInt8(signals.indexOf(arrival.signal), payload + 1);
  head.writeUInt8(encodings.indexOf(arrival.encoding), payload + 2);
  head.writeUInt8(contentEncodings.indexOf(arrival.contentEncoding), payload + 3);
  head.writeBigUInt64LE(BigInt(seq), payload + 4);
  head.writeBigUInt64LE(BigInt(arrival.receivedMs), payload + 12);
  head.writeUInt8(workspace.length, payload + 20);
  workspace.copy(head, payload + 21);
  head.writeUInt32LE(head.length - payload + arrival.body.length, markerBytes);
  return { head, body: arrival.body, length: head.length + arrival.body.length };
}

const noHash = new Uint8Array(hashBytes);

function countedFrame(seq: number, arrival: Arrival, counted: Counted): FramePieces {
  const texts = [arrival.workspace, counted.key, counted.protocol].map(text =>
    Buffer.from(text, 'utf8').subarray(0, 255),
  );
  const textBytes = texts.reduce((sum, text) => sum + 1 + text.length, 0);
  const innerBytes = 19 + hashBytes + textBytes + 1 + counted.items.length * 5;
  const head = Buffer.allocUnsafe(headBytes + countedAt + innerBytes);
  const inner = head.subarray(headBytes + countedAt);
  inner.writeUInt8(signals.indexOf(arrival.signal), 0);
  inner.writeUInt8(encodings.indexOf(arrival.encoding), 1);
  inner.writeUInt8(contentEncodings.indexOf(arrival.contentEncoding) | (arrival.isHeld === true ? heldBit : 0), 2);
  inner.writeBigUInt64LE(BigInt(seq), 3);
  inner.writeBigUInt64LE(BigInt(arrival.receivedMs), 11);
  inner.set(counted.hash ?? noHash, 19);
  let at = 19 + hashBytes;
  for (const text of texts) {
    inner.writeUInt8(text.length, at);
    inner.set(text, at + 1);
    at += 1 + text.length;
  }
  inner.writeUInt8(counted.items.length, at++);
  for (const { signal, items } of counted.items) {
    inner.writeUInt8(signals.indexOf(signal), at);
    inner.writeUInt32LE(items, at + 1);
    at += 5;
  }
  head.writeUInt8(3, headBytes);
  head.writeUInt16LE(innerBytes, headBytes + 1);
  head.writeUInt32LE(crc32(inner), headBytes + 3);
  head.writeUInt32LE(head.length - headBytes + arrival.body.length, markerBytes);
  return { head, body: arrival.body, length: head.length + arrival.body.length };
}

export function cutFrame(cut: Cut): FramePieces {
  const token = Buffer.from(cut.token, 'utf8');
  if (cut.decisions !== undefined) return heldCutFrame(cut, token, cut.decisions);
  const head = Buffer.allocUnsafe(headBytes + 17 + token.length);
  head.writeUInt8(2, headBytes);
  head.writeBigUInt64LE(BigInt(cut.fromSeq), headBytes + 1);
  head.writeBigUInt64LE(BigInt(cut.toSeq), headBytes + 9);
  token.copy(head, headBytes + 17);
  head.writeUInt32LE(head.length - headBytes, markerBytes);
  return { head, body: undefined, length: head.length };
}

function heldCutFrame({ fromSeq, toSeq }: Cut, token: Buffer, decisions: Uint8Array): FramePieces {
  const head = Buffer.allocUnsafe(headBytes + 18 + token.length);
  head.writeUInt8(4, headBytes);
  head.writeBigUInt64LE(BigInt(fromSeq), headBytes + 1);
  head.writeBigUInt64LE(BigInt(toSeq), headBytes + 9);
  head.writeUInt8(token.length, headBytes + 17);
  token.copy(head, headBytes + 18);
  head.writeUInt32LE(head.length - headBytes + decisions.length, markerBytes);
  return { head, body: decisions, length: head.length + decisions.length };
}

/** A frame without marker and checksum: the segment it goes to is known only when it is written. */
export interface FramePieces {
  readonly head: Buffer;
  readonly body: Uint8Array | undefined;
  readonly length: number;
}

/** Completes a frame for the segment with this marker and gives its bytes in order. */
export function seal(frame: FramePieces, marker: Buffer): readonly Uint8Array[] {
  const { head, body } = frame;
  marker.copy(head, 0);
  let checksum = crc32(head.subarray(markerBytes, markerBytes + 4));
  checksum = crc32(head.subarray(headBytes), checksum);
  if (body !== undefined) checksum = crc32(body, checksum);
  head.writeUInt32LE(checksum, markerBytes + 4);
  return body === undefined ? [head] : [head, body];
}

/**
 * Every frame of a segment from `offset` on. Intact records come out whatever lies between them; it never throws for what it reads.
 * A record that lost a byte is `damaged`; bytes at the end that begin like a record and stop are `torn`.
 */
export function* frames(source: FrameSource, marker: Buffer, offset = 0): Generator<Frame> {
  let at = offset;
  while (at < source.size) {
    const frame = recordAt(source, marker, at);
    if (frame !== undefined) {
      yield frame;
      at = frame.end;
      continue;
    }
    const next = nextRecord(source, marker, at + 1);
    if (next === undefined) {
      // What was not written to its end was not acknowledged, and so is not lost.
      if (isBeginning(source, marker, at)) yield { kind: 'torn', offset: at, end: source.size };
      else yield { kind: 'damaged', offset: at, end: source.size, lost: lostBetween(source, marker, at, source.size) };
      return;
    }
    yield { kind: 'damaged', offset: at, end: next, lost: lostBetween(source, marker, at, next) };
    at = next;
  }
}

function recordAt(source: FrameSource, marker: Buffer, offset: number): (Frame & { kind: 'record' }) | undefined {
  const head = source.read(offset, headBytes);
  if (head.length < headBytes || !head.subarray(0, markerBytes).equals(marker)) return undefined;
  const length = head.readUInt32LE(markerBytes);
  const end = offset + headBytes + length;
  if (end > source.size) return undefined;
  const payload = source.read(offset + headBytes, length);
  const checksum = crc32(payload, crc32(head.subarray(markerBytes, markerBytes + 4)));
  if (checksum !== head.readUInt32LE(markerBytes + 4)) return undefined;
  const record = parse(payload);
  return record && { kind: 'record', offset, end, record };
}

/** Undefined for a payload that a newer version wrote; the reader sets it aside. */
function parse(payload: Buffer): BodyRecord | CutRecord | undefined {
  const kind = payload[0];
  if (kind === 2 && payload.length >= 17) {
    return {
      kind: 'cut',
      fromSeq: Number(payload.readBigUInt64LE(1)),
      toSeq: Number(payload.readBigUInt64LE(9)),
      token: payload.toString('utf8', 17),
    };
  }
  if (kind === 3) return parseCounted(payload);
  if (kind === 4 && payload.length >= 18) {
    const decisionsAt = 18 + payload.readUInt8(17);
    if (decisionsAt > payload.length) return undefined;
    return {
      kind: 'cut',
      fromSeq: Number(payload.readBigUInt64LE(1)),
      toSeq: Number(payload.readBigUInt64LE(9)),
      token: payload.toString('utf8', 18, decisionsAt),
      decisions: Uint8Array.from(payload.subarray(decisionsAt)),
    };
  }
  if (kind !== 1 || payload.length < 21) return undefined;
  const signal = signals[payload.readUInt8(1)];
  const encoding = encodings[payload.readUInt8(2)];
  const contentEncoding = contentEncodings[payload.readUInt8(3)];
  const bodyAt = 21 + payload.readUInt8(20);
  if (signal === undefined || encoding === undefined || contentEncoding === undefined || bodyAt > payload.length) {
    return undefined;
  }
  return {
    kind: 'body',
    seq: Number(payload.readBigUInt64LE(4)),
    receivedMs: Number(payload.readBigUInt64LE(12)),
    workspace: payload.toString('utf8', 21, bodyAt),
    signal,
    encoding,
    contentEncoding,
    body: payload.subarray(bodyAt),
  };
}

function parseCounted(payload: Buffer): BodyRecord | undefined {
  const head = countedHead(payload);
  return head && { kind: 'body', ...head.facts, body: payload.subarray(head.bodyAt) };
}

/** The head of a counted record, by its own checksum; the body may be damaged or cut off. */
function countedHead(
  payload: Buffer,
):
  | { readonly facts: Omit<BodyRecord, 'kind' | 'body'> & { readonly counted: Counted }; readonly bodyAt: number }
  | undefined {
  if (payload.length < countedAt || payload[0] !== 3) return undefined;
  const bodyAt = countedAt + payload.readUInt16LE(1);
  const head = payload.subarray(countedAt, bodyAt);
  if (bodyAt > payload.length || head.length < 19 + hashBytes + 4 || crc32(head) !== payload.readUInt32LE(3)) {
    return undefined;
  }
  const signal = signals[head.readUInt8(0)];
  const encoding = encodings[head.readUInt8(1)];
  const isHeld = (head.readUInt8(2) & heldBit) !== 0;
  const contentEncoding = contentEncodings[head.readUInt8(2) & ~heldBit];
  if (signal === undefined || encoding === undefined || contentEncoding === undefined) return undefined;
  const hash = head.subarray(19, 19 + hashBytes);
  let at = 19 + hashBytes;
  const texts: string[] = [];
  for (let index = 0; index < 3; index++) {
    const length = head[at] ?? 0;
    texts.push(head.toString('utf8', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const count = head[at++] ?? 0;
  if (at + count * 5 !== head.length) return undefined;
  const items: { signal: Signal; items: number }[] = [];
  for (; at < head.length; at += 5) {
    const signal = signals[head.readUInt8(at)];
    if (signal === undefined) return undefined;
    items.push({ signal, items: head.readUInt32LE(at + 1) });
  }
  const [workspace = '', key = '', protocol = ''] = texts;
  return {
    facts: {
      seq: Number(head.readBigUInt64LE(3)),
      receivedMs: Number(head.readBigUInt64LE(11)),
      workspace,
      signal,
      encoding,
      contentEncoding,
      counted: { key, protocol, items, hash: hash.equals(noHash) ? undefined : Uint8Array.from(hash) },
      ...(isHeld && { isHeld }),
    },
    bodyAt,
  };
}

/** The records of a damaged range whose heads can still be read. */
function lostBetween(source: FrameSource, marker: Buffer, from: number, to: number): readonly LostRecord[] {
  const lost: LostRecord[] = [];
  for (let start = from; start < to; start += windowBytes) {
    const window = source.read(start, Math.min(windowBytes, to - start) + markerBytes - 1);
    for (let at = window.indexOf(marker); at !== -1; at = window.indexOf(marker, at + 1)) {
      const head = countedHead(source.read(start + at + headBytes, Math.min(2048, to - start - at - headBytes)));
      if (head === undefined) continue;
      const { seq, workspace, counted, isHeld } = head.facts;
      if (lost.at(-1)?.seq !== seq) lost.push({ seq, workspace, counted, ...(isHeld && { isHeld }) });
    }
  }
  return lost;
}

const windowBytes = 1 << 20;

function nextRecord(source: FrameSource, marker: Buffer, from: number): number | undefined {
  for (let start = from; start < source.size; start += windowBytes) {
    // Windows overlap by a marker's length less one, so that no marker hides on a border.
    const window = source.read(start, windowBytes + markerBytes - 1);
    for (let at = window.indexOf(marker); at !== -1; at = window.indexOf(marker, at + 1)) {
      if (recordAt(source, marker, start + at) !== undefined) return start + at;
    }
  }
  return undefined;
}

/** Do the last bytes of the segment look like a record whose writing was interrupted? */
function isBeginning(source: FrameSource, marker: Buffer, offset: number): boolean {
  const head = source.read(offset, headBytes);
  if (!marker.subarray(0, head.length).equals(head.subarray(0, markerBytes))) return false;
  return head.length < headBytes || offset + headBytes + head.readUInt32LE(markerBytes) > source.size;
}
