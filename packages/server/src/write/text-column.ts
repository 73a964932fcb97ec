import { isUtf8 } from 'node:buffer';
import type { StringValues } from '../store/native/column.js';

const segmentBytes = 256 * 1024;

/** Longer values are cut there, at a whole character, and a mark is appended. */
export const maxTextBytes = 64 * 1024;

/** Copied byte by byte up to here; beyond, the engine's own copy is faster. */
const shortBytes = 96;

/**
 * A `String` column being built: each value is copied once, from the request's body to its place in the block.
 * All that goes in is valid UTF-8 afterwards: what is not becomes U+FFFD.
 */
export class TextColumn implements StringValues {
  count = 0;
  private full: Uint8Array[] = [];
  private segment: Uint8Array;
  private at = 0;

  constructor(firstBytes = 4096) {
    this.segment = new Uint8Array(firstBytes);
  }

  get chunks(): readonly Uint8Array[] {
    return [...this.full, this.segment.subarray(0, this.at)];
  }

  /** Appends `length` bytes of UTF-8 from `bytes`, cut at `maxBytes`. */
  put(bytes: Uint8Array, from: number, length: number, maxBytes: number = maxTextBytes): void {
    if (length > maxBytes) {
      this.putText(shortened(bytes, from, length, maxBytes));
      return;
    }
    this.room(length + 4);
    const { segment } = this;
    const start = this.at;
    let at = start;
    if (length < 128) segment[at++] = length;
    else at = writeVarint(segment, at, length);
    let valid: boolean;
    if (length <= shortBytes) {
      let all = 0;
      for (let i = 0; i < length; i++) {
        const byte = bytes[from + i]!;
        segment[at + i] = byte;
        all |= byte;
      }
      valid = all < 128 || isUtf8(segment.subarray(at, at + length));
    } else {
      const source = bytes.subarray(from, from + length);
      segment.set(source, at);
      valid = isUtf8(source);
    }
    if (!valid) {
      this.putText(Buffer.from(segment.buffer, at, length).toString());
      return;
    }
    this.at = at + length;
    this.count++;
  }

  /** Appends bytes as they are, whatever they hold. */
  putBytes(bytes: Uint8Array): void {
    this.room(bytes.length + 5);
    this.at = writeVarint(this.segment, this.at, bytes.length);
    this.segment.set(bytes, this.at);
    this.at += bytes.length;
    this.count++;
  }

  putText(text: string): void {
    if (text.length <= shortBytes && this.putAscii(text)) return;
    const bytes = Buffer.from(text);
    this.room(bytes.length + 5);
    this.at = writeVarint(this.segment, this.at, bytes.length);
    this.segment.set(bytes, this.at);
    this.at += bytes.length;
    this.count++;
  }

  /** Without a buffer of its own in between. False, and nothing written, when it is not ASCII. */
  private putAscii(text: string): boolean {
    const { length } = text;
    this.room(length + 1);
    const { segment } = this;
    let at = this.at;
    segment[at++] = length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      segment[at++] = code;
    }
    this.at = at;
    this.count++;
    return true;
  }

  putEmpty(): void {
    this.room(1);
    this.segment[this.at++] = 0;
    this.count++;
  }

  /** A whole number from 0 to 2^31 - 1 in decimal. */
  putSmallInteger(value: number): void {
    this.room(11);
    let digits = 1;
    for (let limit = 10; digits < 10 && value >= limit; limit *= 10) digits++;
    const { segment } = this;
    segment[this.at] = digits;
    let rest = value;
    for (let i = this.at + digits; i > this.at; i--) {
      const next = (rest / 10) | 0;
      segment[i] = 48 + rest - next * 10;
      rest = next;
    }
    this.at += digits + 1;
    this.count++;
  }

  /** What brings the column back to how it is now. */
  mark(): () => void {
    const { count, segment, at } = this;
    const full = this.full.length;
    return () => {
      this.count = count;
      this.segment = segment;
      this.at = at;
      this.full.length = full;
    };
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.segment.length) return;
    if (this.at > 0) this.full.push(this.segment.subarray(0, this.at));
    this.segment = new Uint8Array(Math.max(segmentBytes, bytes));
    this.at = 0;
  }
}

function writeVarint(segment: Uint8Array, at: number, value: number): number {
  let to = at;
  let rest = value;
  while (rest > 127) {
    segment[to++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  segment[to++] = rest;
  return to;
}

/** The first `maxBytes` bytes, cut before a character they would split, and a mark that says how long it was. */
export function shortened(bytes: Uint8Array, from: number, length: number, maxBytes: number): string {
  let end = from + maxBytes;
  while (end > from && (bytes[end]! & 0xc0) === 0x80) end--;
  return `${Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString()}…[cut, was ${length} bytes]`;
}
