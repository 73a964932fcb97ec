/** Writes MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md): what the Datadog agent's API takes. */
export class MsgpackWriter {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);
  #length = 0;

  take(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  array(count: number): void {
    this.#reserve(5);
    this.#byte(0xdd);
    this.#length = this.#bytes.writeUInt32BE(count, this.#length);
  }

  map(count: number): void {
    this.#reserve(5);
    this.#byte(0xdf);
    this.#length = this.#bytes.writeUInt32BE(count, this.#length);
  }

  text(text: string): void {
    const size = Buffer.byteLength(text);
    this.#reserve(size + 5);
    if (size < 32) this.#byte(0xa0 | size);
    else {
      this.#byte(0xdb);
      this.#length = this.#bytes.writeUInt32BE(size, this.#length);
    }
    this.#length += this.#bytes.write(text, this.#length);
  }

  unsigned64(value: bigint): void {
    this.#reserve(9);
    this.#byte(0xcf);
    this.#length = this.#bytes.writeBigUInt64BE(value, this.#length);
  }

  signed64(value: bigint): void {
    this.#reserve(9);
    this.#byte(0xd3);
    this.#length = this.#bytes.writeBigInt64BE(value, this.#length);
  }

  double(value: number): void {
    this.#reserve(9);
    this.#byte(0xcb);
    this.#length = this.#bytes.writeDoubleBE(value, this.#length);
  }

  #byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
