/**
 * Writes protobuf wire bytes into one growing buffer (https://protobuf.dev/programming-guides/encoding/).
 *
 * A message's length stands before its content and is known after it: `open` leaves room for it and `close` fills it in. Such a length may take
 * more bytes than it needs (`85 80 80 00` is 5), which every protobuf reader accepts, and nothing is ever moved or measured twice.
 */
export class ByteWriter {
  bytes: Buffer;
  length = 0;

  constructor(capacityBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacityBytes);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, needed));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  /** A copy of what was written; the writer starts anew. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.length));
    this.length = 0;
    return taken;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  raw(source: Uint8Array): void {
    const count = source.length;
    this.reserve(count);
    if (count > 64) {
      this.bytes.set(source, this.length);
      this.length += count;
      return;
    }
    // For few bytes a loop beats the call (bench/sdk-overhead).
    const { bytes } = this;
    let at = this.length;
    for (let index = 0; index < count; index++) bytes[at++] = source[index]!;
    this.length = at;
  }

  /** A non-negative integer up to 2^53. */
  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  /** A protobuf int64: negative numbers take ten bytes (two's complement). */
  int64(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    this.reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.bytes[this.length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.bytes[this.length++] = Number(rest);
  }

  /** A protobuf sint32 (zigzag). */
  sint32(value: number): void {
    this.varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  double(value: number): void {
    this.reserve(8);
    this.length = this.bytes.writeDoubleLE(value, this.length);
  }

  /** An unsigned integer up to 2^53 as fixed64. */
  fixed64(value: number): void {
    this.reserve(8);
    const high = Math.floor(value / 0x1_0000_0000);
    this.#little32(value - high * 0x1_0000_0000);
    this.#little32(high);
  }

  /** A time in milliseconds since 1970 as fixed64 nanoseconds, exact to the microsecond (a double holds no more). */
  nanoseconds(unixMs: number): void {
    this.reserve(8);
    const us = Math.round(unixMs * 1000);
    const high = Math.floor(us / 0x1_0000_0000);
    const low = (us - high * 0x1_0000_0000) * 1000;
    const carry = Math.floor(low / 0x1_0000_0000);
    this.#little32(low - carry * 0x1_0000_0000);
    this.#little32(high * 1000 + carry);
  }

  /** A field of 16 bytes: an id of four words, the most significant byte first. */
  id16(tag: number, word0: number, word1: number, word2: number, word3: number): void {
    this.reserve(18);
    const { bytes } = this;
    const at = this.length;
    bytes[at] = tag;
    bytes[at + 1] = 16;
    bytes[at + 2] = word0 >>> 24;
    bytes[at + 3] = word0 >>> 16;
    bytes[at + 4] = word0 >>> 8;
    bytes[at + 5] = word0;
    bytes[at + 6] = word1 >>> 24;
    bytes[at + 7] = word1 >>> 16;
    bytes[at + 8] = word1 >>> 8;
    bytes[at + 9] = word1;
    bytes[at + 10] = word2 >>> 24;
    bytes[at + 11] = word2 >>> 16;
    bytes[at + 12] = word2 >>> 8;
    bytes[at + 13] = word2;
    bytes[at + 14] = word3 >>> 24;
    bytes[at + 15] = word3 >>> 16;
    bytes[at + 16] = word3 >>> 8;
    bytes[at + 17] = word3;
    this.length = at + 18;
  }

  /** A field of 8 bytes: an id of two words, the most significant byte first. */
  id8(tag: number, word0: number, word1: number): void {
    this.reserve(10);
    const { bytes } = this;
    const at = this.length;
    bytes[at] = tag;
    bytes[at + 1] = 8;
    bytes[at + 2] = word0 >>> 24;
    bytes[at + 3] = word0 >>> 16;
    bytes[at + 4] = word0 >>> 8;
    bytes[at + 5] = word0;
    bytes[at + 6] = word1 >>> 24;
    bytes[at + 7] = word1 >>> 16;
    bytes[at + 8] = word1 >>> 8;
    bytes[at + 9] = word1;
    this.length = at + 10;
  }

  #little32(word: number): void {
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = word;
    bytes[at++] = word >>> 8;
    bytes[at++] = word >>> 16;
    bytes[at++] = word >>> 24;
    this.length = at;
  }

  /** Begins a length-delimited field of fewer than 2^(7 * width) bytes; returns what `close` needs. */
  open(tag: number, width: 1 | 2 | 3 | 4): number {
    this.reserve(7);
    if (tag > 127) this.bytes[this.length++] = (tag & 127) | 128;
    this.bytes[this.length++] = tag > 127 ? tag >>> 7 : tag;
    this.length += width;
    return this.length;
  }

  close(start: number, width: 1 | 2 | 3 | 4): void {
    const { bytes } = this;
    let rest = this.length - start;
    let at = start - width;
    for (let left = width - 1; left > 0; left--) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at] = rest;
  }

  /** A length-delimited field with these bytes. */
  bytesField(tag: number, content: Uint8Array): void {
    this.byte(tag);
    this.varint(content.length);
    this.raw(content);
  }

  /** A string field, tag below 128. Lone surrogates become U+FFFD. */
  text(tag: number, text: string): void {
    const size = text.length * 3;
    const width = size < 128 ? 1 : size < 16_384 ? 2 : size < 2_097_152 ? 3 : 4;
    this.reserve(size + 6);
    const start = this.open(tag, width);
    this.#content(text, start);
    this.close(start, width);
  }

  #content(text: string, start: number): void {
    const { bytes } = this;
    const count = text.length;
    // Most strings here are short ASCII; a loop beats the call into C++ for them (bench/sdk-overhead).
    if (count <= 32) {
      let at = start;
      let index = 0;
      for (; index < count; index++) {
        const code = text.charCodeAt(index);
        if (code > 127) break;
        bytes[at++] = code;
      }
      if (index === count) {
        this.length = at;
        return;
      }
    }
    this.length = start + bytes.write(text, start, 'utf8');
  }
}
