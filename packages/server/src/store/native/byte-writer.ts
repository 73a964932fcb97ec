const segmentBytes = 64 * 1024;

/** A piece this long is handed on as it is, not copied. It must not be changed afterwards. */
const passedOnBytes = 4096;

/** Collects the bytes of a `Native` block as a list of chunks. */
export class ByteWriter {
  private readonly chunks: Uint8Array[] = [];
  private segment: Uint8Array = new Uint8Array(segmentBytes);
  private view = new DataView(this.segment.buffer);
  private from = 0;
  private at = 0;

  byte(value: number): void {
    this.room(1);
    this.segment[this.at++] = value;
  }

  /** Unsigned LEB128, below 2^53. */
  varint(value: number): void {
    this.room(8);
    let rest = value;
    while (rest > 127) {
      this.segment[this.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.segment[this.at++] = rest;
  }

  /** UInt64, little-endian, from a whole number below 2^53. */
  uint64(value: number): void {
    this.room(8);
    this.view.setUint32(this.at, value % 0x1_0000_0000, true);
    this.view.setUint32(this.at + 4, Math.floor(value / 0x1_0000_0000), true);
    this.at += 8;
  }

  /** A length and UTF-8 bytes. For headings; values come as `StringValues`. */
  text(value: string): void {
    const bytes = Buffer.from(value);
    this.varint(bytes.length);
    this.bytes(bytes);
  }

  bytes(bytes: Uint8Array): void {
    if (bytes.length >= passedOnBytes) {
      this.flush();
      this.chunks.push(bytes);
      return;
    }
    this.room(bytes.length);
    this.segment.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** All that was written; the writer is empty afterwards. */
  take(): Uint8Array[] {
    this.flush();
    return this.chunks.splice(0);
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.segment.length) return;
    this.flush();
    this.segment = new Uint8Array(segmentBytes);
    this.view = new DataView(this.segment.buffer);
    this.from = 0;
    this.at = 0;
  }

  private flush(): void {
    if (this.at > this.from) this.chunks.push(this.segment.subarray(this.from, this.at));
    this.from = this.at;
  }
}
