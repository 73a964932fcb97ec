import { ByteFifo } from '../../base/byte-fifo.js';
import { withoutLineEnd } from './line-end.js';

/** Longer messages are cut there. RFC 5424 asks for 2 KiB at least. */
export const maxSyslogBytes = 64 * 1024;

const lineFeed = 0x0a;
const space = 0x20;
const lessThan = 0x3c;

/**
 * Messages out of a stream's bytes (https://www.rfc-editor.org/rfc/rfc6587). Each message says for itself how it ends: one that begins with a length
 * (`57 <13>1 …`) is that long, any other ends with its line.
 */
export class SyslogFraming {
  readonly #waiting = new ByteFifo();
  /** Bytes of the line that is being read in which no end was found. */
  #searched = 0;
  /** Of a message that was cut: what is still to be passed over, or `Infinity` up to the end of the line. */
  #passOver = 0;

  /** Bytes that wait for the rest of their message. */
  get waitingBytes(): number {
    return this.#waiting.length;
  }

  /** The messages that are complete now, as bytes of their own. */
  push(chunk: Uint8Array): readonly Buffer[] {
    this.#waiting.append(chunk);
    const messages: Buffer[] = [];
    for (let message = this.#next(); message !== undefined; message = this.#next())
      if (message.length > 0) messages.push(message);
    return messages;
  }

  /** The stream is over: what waits is the last message, whatever it lacks. */
  end(): readonly Buffer[] {
    const { bytes } = this.#waiting;
    const last = this.#passOver > 0 ? Buffer.alloc(0) : trimmed(bytes);
    this.#waiting.drop(bytes.length);
    return last.length > 0 ? [last] : [];
  }

  /** Undefined when the next message is not complete; empty for one without content. */
  #next(): Buffer | undefined {
    if (!this.#passedOver()) return undefined;
    const { bytes } = this.#waiting;
    const counted = countedLength(bytes);
    if (counted === 'incomplete') return undefined;
    return counted === undefined ? this.#line(bytes) : this.#counted(bytes, counted);
  }

  #counted(bytes: Buffer, { headBytes, length }: CountedLength): Buffer | undefined {
    const kept = Math.min(length, maxSyslogBytes);
    if (bytes.length < headBytes + kept) return undefined;
    const message = trimmed(bytes.subarray(headBytes, headBytes + kept));
    this.#waiting.drop(headBytes + kept);
    this.#passOver = length - kept;
    return message;
  }

  #line(bytes: Buffer): Buffer | undefined {
    const end = bytes.indexOf(lineFeed, this.#searched);
    if (end >= 0 && end <= maxSyslogBytes) {
      const message = trimmed(bytes.subarray(0, end));
      this.#waiting.drop(end + 1);
      this.#searched = 0;
      return message;
    }
    if (bytes.length <= maxSyslogBytes) {
      this.#searched = bytes.length;
      return undefined;
    }
    const message = trimmed(bytes.subarray(0, maxSyslogBytes));
    this.#waiting.drop(maxSyslogBytes);
    this.#searched = 0;
    this.#passOver = Number.POSITIVE_INFINITY;
    return message;
  }

  /** Is the rest of a message that was cut behind us? */
  #passedOver(): boolean {
    if (this.#passOver === 0) return this.#waiting.length > 0;
    const { bytes } = this.#waiting;
    if (this.#passOver === Number.POSITIVE_INFINITY) {
      const end = bytes.indexOf(lineFeed);
      this.#waiting.drop(end < 0 ? bytes.length : end + 1);
      if (end >= 0) this.#passOver = 0;
    } else {
      const passed = Math.min(this.#passOver, bytes.length);
      this.#waiting.drop(passed);
      this.#passOver -= passed;
    }
    return this.#passOver === 0 && this.#waiting.length > 0;
  }
}

interface CountedLength {
  readonly headBytes: number;
  readonly length: number;
}

/** A length in up to 9 digits, a space and `<`; undefined when a line stands there instead. */
function countedLength(bytes: Buffer): CountedLength | 'incomplete' | undefined {
  let length = 0;
  for (let at = 0; at < 10; at++) {
    const byte = bytes[at];
    if (byte === undefined) return 'incomplete';
    if (byte === space && at > 0) {
      const next = bytes[at + 1];
      if (next === undefined) return 'incomplete';
      return next === lessThan && length > 0 ? { headBytes: at + 1, length } : undefined;
    }
    if (byte < 0x30 || byte > 0x39) return undefined;
    length = length * 10 + byte - 0x30;
  }
  return undefined;
}

/** A copy of its own: the bytes are used again. */
function trimmed(bytes: Buffer): Buffer {
  return Buffer.from(withoutLineEnd(bytes));
}
