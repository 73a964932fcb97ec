import { maxLineBytes } from './datagram.js';

/** What is longer than any datagram can be is no frame. */
const maxFrameBytes = 1 << 20;
const newline = 0x0a;

export interface FrameSink {
  /** Whole lines, or a frame. The bytes are only good until it returns. */
  datagram(bytes: Uint8Array): void;
  /** The start of a line or frame that is longer than may be, or that never ended. */
  unreadable(start: Uint8Array): void;
}

/**
 * Cuts a byte stream into what `readDatagram` reads. A stream is either lines, each with a newline behind it, or DogStatsD's frames: a length
 * (u32, little-endian) and as many bytes. The fourth byte tells them apart: text has no zeros, and no frame is as long as 2^24.
 */
export class StreamFrames {
  readonly #sink: FrameSink;
  #form: 'unknown' | 'lines' | 'frames' = 'unknown';
  /** The start of what is not whole yet is `#held` up to `#heldBytes`. */
  #held = Buffer.alloc(0);
  #heldBytes = 0;
  /** Inside a line that is too long, of which nothing is kept. */
  #skipping = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** 'broken': the stream can not be read any more, and is to be closed. */
  push(chunk: Buffer): 'ok' | 'broken' {
    if (this.#form === 'unknown') {
      if (this.#heldBytes + chunk.length < 4) {
        this.#hold(chunk);
        return 'ok';
      }
      const fourth = chunk[3 - this.#heldBytes];
      this.#form = fourth === 0 ? 'frames' : 'lines';
    }
    if (this.#form === 'frames') return this.#pushFrames(chunk);
    this.#pushLines(chunk);
    return 'ok';
  }

  /** The stream is over. What stands without a newline is a line, too. */
  end(): void {
    const rest = this.#taken();
    if (rest.length === 0) return;
    if (this.#form === 'frames') this.#sink.unreadable(rest.subarray(0, 200));
    else this.#sink.datagram(rest);
  }

  #pushLines(chunk: Buffer): void {
    let from = 0;
    if (this.#skipping) {
      const end = chunk.indexOf(newline);
      if (end === -1) return;
      this.#skipping = false;
      from = end + 1;
    }
    const last = chunk.lastIndexOf(newline);
    if (last >= from) {
      this.#hold(chunk.subarray(from, last));
      this.#sink.datagram(this.#taken());
      from = last + 1;
    }
    this.#hold(chunk.subarray(from));
    if (this.#heldBytes > maxLineBytes) {
      this.#sink.unreadable(this.#taken().subarray(0, 200));
      this.#skipping = true;
    }
  }

  #pushFrames(chunk: Buffer): 'ok' | 'broken' {
    this.#hold(chunk);
    if (this.#isWaiting()) return 'ok';
    const bytes = this.#taken();
    let at = 0;
    while (bytes.length - at >= 4) {
      const length = bytes.readUInt32LE(at);
      if (length > maxFrameBytes) {
        this.#sink.unreadable(bytes.subarray(at, at + 200));
        return 'broken';
      }
      if (bytes.length - at - 4 < length) break;
      this.#sink.datagram(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#hold(bytes.subarray(at));
    return 'ok';
  }

  /** The first frame is not whole yet. */
  #isWaiting(): boolean {
    if (this.#heldBytes < 4) return true;
    const length = this.#held.readUInt32LE(0);
    return length <= maxFrameBytes && this.#heldBytes < 4 + length;
  }

  /** Copies into a buffer that doubles, so that a stream of single bytes costs no more than its length. */
  #hold(bytes: Uint8Array): void {
    const needed = this.#heldBytes + bytes.length;
    if (needed > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#held.length));
      larger.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = larger;
    }
    this.#held.set(bytes, this.#heldBytes);
    this.#heldBytes = needed;
  }

  /** What is held, which is not held any more. */
  #taken(): Buffer {
    const taken = this.#held.subarray(0, this.#heldBytes);
    this.#held = Buffer.alloc(0);
    this.#heldBytes = 0;
    return taken;
  }
}
