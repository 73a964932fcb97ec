import { BadInput } from '../base/bad-input.js';

/** Bytes that a nested message's length takes: as many as a length can need, since it is known only afterwards. A longer varint than needed is valid. */
const lengthBytes = 5;

/** A few bytes of some protocols stand for a long text, or go into each of many records; what all of it may come to. */
const maxWrittenBytes = 256 << 20;

/** Writes protobuf wire bytes into one growing buffer. */
export class ProtobufWriter {
  private buffer: Buffer;
  private at = 0;

  constructor(firstBytes: number) {
    this.buffer = Buffer.allocUnsafe(Math.max(firstBytes, 1024));
  }

  tag(field: number, wireType: number): void {
    this.whole(field * 8 + wireType);
  }

  /** As `varint`, for a whole number from 0 to 2^53 − 1: big integers take their time. */
  whole(value: number): void {
    this.room(10);
    let rest = value;
    while (rest > 0x7fff_ffff) {
      this.buffer[this.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.buffer[this.at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.buffer[this.at++] = rest;
  }

  /** The low 64 bits of `value`. */
  varint(value: bigint): void {
    this.room(10);
    let rest = BigInt.asUintN(64, value);
    while (rest > 127n) {
      this.buffer[this.at++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.buffer[this.at++] = Number(rest);
  }

  /** The low 64 bits of `value`. */
  fixed64(value: bigint): void {
    this.room(8);
    this.at = this.buffer.writeBigUInt64LE(BigInt.asUintN(64, value), this.at);
  }

  fixed32(value: number): void {
    this.room(4);
    this.at = this.buffer.writeUInt32LE(value >>> 0, this.at);
  }

  double(value: number): void {
    this.room(8);
    this.at = this.buffer.writeDoubleLE(value, this.at);
  }

  /** The bytes and nothing before them. */
  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** A length and the bytes. */
  bytes(bytes: Uint8Array): void {
    this.whole(bytes.length);
    this.room(bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** A length and what `write` writes. */
  message(write: () => void): void {
    this.room(lengthBytes);
    const lengthAt = this.at;
    this.at += lengthBytes;
    write();
    let length = this.at - lengthAt - lengthBytes;
    for (let i = 0; i < lengthBytes; i++) {
      this.buffer[lengthAt + i] = (length & 127) | (i < lengthBytes - 1 ? 128 : 0);
      length >>>= 7;
    }
  }

  take(): Uint8Array {
    return this.buffer.subarray(0, this.at);
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    if (this.at + bytes > maxWrittenBytes)
      throw new BadInput(
        `what the request holds comes to more than ${maxWrittenBytes} bytes when it is written out; send smaller batches`,
      );
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + bytes));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}
