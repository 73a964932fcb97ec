import { randomInt } from 'node:crypto';

/** Makes the places of entries unknown to senders, who could otherwise make all of theirs collide. */
const seed = randomInt(0x7fff_ffff);

/**
 * Numbers different byte sequences 0, 1, 2, … in the order in which they come, and guesses the one that comes next: senders write the same series in
 * the same order with every scrape, so that most need no hash. Sixteen bytes are compared a step (`bench/remote-write/micro.mjs` shows the cost).
 */
export class ByteTable {
  count = 0;
  private bytes: Uint8Array = new Uint8Array(1 << 16);
  private view = new DataView(this.bytes.buffer);
  private starts: Int32Array = new Int32Array(1 << 10);
  private lengths: Int32Array = new Int32Array(1 << 10);
  private hashes: Int32Array = new Int32Array(1 << 10);
  /** By entry: the entry that came after it last time. */
  private next: Int32Array = new Int32Array(1 << 10);
  /** Entry + 1 by hash; at most half full. */
  private places: Int32Array = new Int32Array(1 << 12);
  private used = 0;

  /** Bytes of all entries together. */
  get usedBytes(): number {
    return this.used;
  }

  /** The entry that came after `previous` last time, or -1. */
  guess(previous: number): number {
    return previous < 0 ? -1 : this.next[previous]! - 1;
  }

  follows(previous: number, entry: number): void {
    if (previous >= 0) this.next[previous] = entry + 1;
  }

  lengthOf(entry: number): number {
    return this.lengths[entry]!;
  }

  /** Where the entry begins in `allBytes`. */
  startOf(entry: number): number {
    return this.starts[entry]!;
  }

  /** The bytes of all entries; another array when it has grown. */
  get allBytes(): Uint8Array {
    return this.bytes;
  }

  get allView(): DataView {
    return this.view;
  }

  textOf(entry: number): string {
    return Buffer.from(this.bytes.buffer, this.starts[entry]!, this.lengths[entry]!).toString();
  }

  /** Are the bytes at `at` those of the entry? As many as it has must lie within `source`. */
  is(entry: number, source: DataView, at: number): boolean {
    const { view } = this;
    const start = this.starts[entry]!;
    const length = this.lengths[entry]!;
    let i = 0;
    for (; i + 16 <= length; i += 16) {
      const difference =
        (view.getInt32(start + i, true) ^ source.getInt32(at + i, true)) |
        (view.getInt32(start + i + 4, true) ^ source.getInt32(at + i + 4, true)) |
        (view.getInt32(start + i + 8, true) ^ source.getInt32(at + i + 8, true)) |
        (view.getInt32(start + i + 12, true) ^ source.getInt32(at + i + 12, true));
      if (difference !== 0) return false;
    }
    for (; i + 4 <= length; i += 4) if (view.getInt32(start + i, true) !== source.getInt32(at + i, true)) return false;
    for (; i < length; i++) if (view.getUint8(start + i) !== source.getUint8(at + i)) return false;
    return true;
  }

  /** The number of this sequence, or -1 when it is new. */
  find(source: DataView, at: number, length: number): number {
    const { places, hashes } = this;
    const mask = places.length - 1;
    const hashed = hash(source, at, length);
    for (let place = hashed & mask; ; place = (place + 1) & mask) {
      const entry = places[place]! - 1;
      if (entry === -1) return -1;
      if (hashes[entry] === hashed && this.lengths[entry] === length && this.is(entry, source, at)) return entry;
    }
  }

  /** Adds a sequence that `find` did not find. */
  add(source: DataView, at: number, length: number): number {
    const entry = this.count;
    if (entry === this.starts.length) {
      this.starts = doubled(this.starts);
      this.lengths = doubled(this.lengths);
      this.hashes = doubled(this.hashes);
      this.next = doubled(this.next);
    }
    if (this.used + length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.used + length));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    this.bytes.set(new Uint8Array(source.buffer, source.byteOffset + at, length), this.used);
    this.starts[entry] = this.used;
    this.lengths[entry] = length;
    this.hashes[entry] = hash(source, at, length);
    this.used += length;
    this.count = entry + 1;
    if (this.count * 2 > this.places.length) {
      this.places = new Int32Array(this.places.length * 2);
      for (let other = 0; other < this.count; other++) this.place(other);
    } else this.place(entry);
    return entry;
  }

  private place(entry: number): void {
    const mask = this.places.length - 1;
    let place = this.hashes[entry]! & mask;
    while (this.places[place] !== 0) place = (place + 1) & mask;
    this.places[place] = entry + 1;
  }
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Mixed at the end, since the table looks at the low bits. */
function hash(source: DataView, at: number, length: number): number {
  let value = seed ^ length;
  const end = at + length;
  let i = at;
  for (; i + 4 <= end; i += 4) {
    value = Math.imul(value ^ source.getInt32(i, true), 0x9e3779b1);
    value ^= value >>> 15;
  }
  for (; i < end; i++) value = Math.imul(value ^ source.getUint8(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return value ^ (value >>> 13);
}
