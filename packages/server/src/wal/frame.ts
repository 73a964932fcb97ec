import { crc32 } from 'node:zlib';
import type { Encoding, Signal } from '../decode/batch.js';

/**
 * How records lie in a segment. All numbers are little-endian.
 *
 *     frame   = marker (8 bytes) · length of payload (u32) · crc32 of length and payload (u32) · payload
 *     payload = 1 · signal (u8) · encoding (u8) · content encoding (u8) · sequence (u64) · received ms (u64) · n (u8) · workspace (n bytes) · body
 *             | 2 · from sequence (u64) · to sequence (u64) · token
 *
 * The marker is random per segment and stands in the segment's name. So a reader that lost its way finds the next record again, and no sender can
 * plant bytes that look like one. The checksum is CRC-32 as in gzip (`node:zlib`), which Node computes natively; it guards against decay, not malice.
 */
export const markerBytes = 8;
const headBytes = markerBytes + 8;

/** How the body's bytes are packed: as the sender packed them. */
export type ContentEncoding = 'identity' | 'gzip' | 'deflate' | 'snappy';

/** A request as it came, after it was found to be readable. */
export interface Arrival {
  readonly workspace: string;
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly contentEncoding: ContentEncoding;
  readonly receivedMs: number;
  readonly body: Uint8Array;
}

export interface BodyRecord extends Arrival {
  readonly kind: 'body';
  readonly seq: number;
}

/** The bounds of a block: all bodies with `fromSeq <= seq <= toSeq`. Their rows carry the token into the store. */
export interface Cut {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly token: string;
}

export interface CutRecord extends Cut {
  readonly kind: 'cut';
}

/** What a reader meets in a segment, in order. `damaged` and `torn` cover every byte that is not in a record. */
export type Frame =
  | { readonly kind: 'record'; readonly offset: number; readonly end: number; readonly record: BodyRecord | CutRecord }
  /** Bytes that were a record once and are none now. */
  | { readonly kind: 'damaged'; readonly offset: number; readonly end: number }
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

export function cutFrame(cut: Cut): FramePieces {
  const token = Buffer.from(cut.token, 'utf8');
  const head = Buffer.allocUnsafe(headBytes + 17 + token.length);
  head.writeUInt8(2, headBytes);
  head.writeBigUInt64LE(BigInt(cut.fromSeq), headBytes + 1);
  head.writeBigUInt64LE(BigInt(cut.toSeq), headBytes + 9);
  token.copy(head, headBytes + 17);
  head.writeUInt32LE(head.length - headBytes, markerBytes);
  return { head, body: undefined, length: head.length };
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
      yield { kind: isBeginning(source, marker, at) ? 'torn' : 'damaged', offset: at, end: source.size };
      return;
    }
    yield { kind: 'damaged', offset: at, end: next };
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
