import { randomInt } from 'node:crypto';
import type { Texts } from '../store/native/column.js';

/** Makes the places of entries unknown to senders, who could otherwise make all of theirs collide. */
const seed = randomInt(0x7fff_ffff);

/** Numbers different byte sequences 0, 1, 2, … in the order in which they come. `bench/ingest-traces/micro.mjs` shows its cost. */
export class ByteDictionary implements Texts {
  bytes: Uint8Array = new Uint8Array(1 << 16);
  starts: Int32Array = new Int32Array(1 << 10);
  lengths: Int32Array = new Int32Array(1 << 10);
  count = 0;
  private hashes: Int32Array = new Int32Array(1 << 10);
  /** Entry + 1 by hash; at most half full. */
  private table: Int32Array = new Int32Array(1 << 12);
  private used = 0;

  /** Bytes of all entries together. */
  get usedBytes(): number {
    return this.used;
  }

  /** The number of this sequence, or -1 when it is new. */
  find(bytes: Uint8Array, at: number, length: number): number {
    return this.findHashed(bytes, at, length, hash(bytes, at, length));
  }

  /** The number of this sequence, which is copied when it is new. */
  id(bytes: Uint8Array, at: number, length: number): number {
    const hashed = hash(bytes, at, length);
    const found = this.findHashed(bytes, at, length, hashed);
    return found === -1 ? this.append(bytes, at, length, hashed) : found;
  }

  /** True when `id` is this sequence. */
  is(id: number, bytes: Uint8Array, at: number, length: number): boolean {
    if (this.lengths[id] !== length) return false;
    const own = this.bytes;
    const start = this.starts[id]!;
    for (let i = 0; i < length; i++) if (own[start + i] !== bytes[at + i]) return false;
    return true;
  }

  text(id: number): string {
    const start = this.starts[id]!;
    return Buffer.from(this.bytes.buffer, start, this.lengths[id]!).toString();
  }

  private findHashed(bytes: Uint8Array, at: number, length: number, hashed: number): number {
    const { table, hashes } = this;
    const mask = table.length - 1;
    for (let place = hashed & mask; ; place = (place + 1) & mask) {
      const entry = table[place]! - 1;
      if (entry === -1) return -1;
      if (hashes[entry] === hashed && this.is(entry, bytes, at, length)) return entry;
    }
  }

  private append(bytes: Uint8Array, at: number, length: number, hashed: number): number {
    const id = this.count;
    if (id === this.starts.length) {
      this.starts = grown(this.starts);
      this.lengths = grown(this.lengths);
      this.hashes = grown(this.hashes);
    }
    if (this.used + length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.used + length));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    for (let i = 0; i < length; i++) this.bytes[this.used + i] = bytes[at + i]!;
    this.starts[id] = this.used;
    this.lengths[id] = length;
    this.hashes[id] = hashed;
    this.used += length;
    this.count = id + 1;
    if (this.count * 2 > this.table.length) {
      this.table = new Int32Array(this.table.length * 2);
      for (let entry = 0; entry < this.count; entry++) this.place(entry);
    } else this.place(id);
    return id;
  }

  private place(entry: number): void {
    const mask = this.table.length - 1;
    let place = this.hashes[entry]! & mask;
    while (this.table[place] !== 0) place = (place + 1) & mask;
    this.table[place] = entry + 1;
  }
}

function grown(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Four bytes a step; mixed at the end, since the table looks at the low bits. */
function hash(bytes: Uint8Array, at: number, length: number): number {
  let value = seed ^ length;
  const end = at + length;
  let i = at;
  for (; i + 4 <= end; i += 4) {
    value = Math.imul(
      value ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)),
      0x9e3779b1,
    );
    value ^= value >>> 15;
  }
  for (; i < end; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return value ^ (value >>> 13);
}
