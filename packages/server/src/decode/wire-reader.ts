import { BadInput } from '../base/bad-input.js';

/**
 * A cursor over protobuf wire bytes (https://protobuf.dev/programming-guides/encoding/).
 *
 * Every method that is given `end` (the end of the message being read) throws `BadInput` instead of reading past it. Reading a byte past
 * the array gives `undefined`, which counts as 0 here and is caught by the check that follows, so no loop can run on.
 */
export class WireReader {
  at = 0;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** A varint as a number: exact below 2^53, which is enough for tags, lengths, enumerations and counts. */
  varint(end: number): number {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at++]!;
    let value = byte;
    if (!(byte < 128)) {
      value = byte & 127;
      let unit = 128;
      let length = 1;
      do {
        if (++length > 10) {
          throw at > bytes.length
            ? truncated(this.at)
            : new BadInput(`a varint at byte ${this.at} is longer than 10 bytes`);
        }
        byte = bytes[at++]!;
        value += (byte & 127) * unit;
        unit *= 128;
      } while (!(byte < 128));
    }
    if (at > end) throw truncated(this.at);
    this.at = at;
    return value;
  }

  /** The length of a length-delimited field; what it delimits lies within the message. */
  length(end: number): number {
    const start = this.at;
    const length = this.varint(end);
    if (length > end - this.at) {
      throw new BadInput(
        `a field at byte ${start} says it is ${length} bytes long, but its message ends before that; is the body complete?`,
      );
    }
    return length;
  }

  /** Steps over a length-delimited field. */
  passOver(end: number): void {
    const length = this.length(end);
    this.at += length;
  }

  /** Steps over a value of fixed size and returns where it began. */
  fixed(size: number, end: number): number {
    const start = this.at;
    if (size > end - start) throw truncated(start);
    this.at = start + size;
    return start;
  }

  /**
   * Steps over a field nobody here asks for. `known` has a bit for each field number that is known: such a field with another wire type
   * than the specification's is an error, since skipping it would lose data silently. Groups are refused: no message here has any.
   */
  skip(tag: number, known: number, end: number): void {
    const field = Math.floor(tag / 8);
    if (field === 0)
      throw new BadInput(`field number 0 at byte ${this.at}: this is not the protobuf message that belongs here`);
    if (field < 32 && ((known >>> field) & 1) === 1) {
      throw new BadInput(
        `field ${field} before byte ${this.at} has wire type ${tag & 7}, which the specification does not use there`,
      );
    }
    switch (tag & 7) {
      case 0:
        this.varint(end);
        return;
      case 1:
        this.fixed(8, end);
        return;
      case 2:
        this.passOver(end);
        return;
      case 5:
        this.fixed(4, end);
        return;
      default:
        throw new BadInput(
          `wire type ${tag & 7} before byte ${this.at} is not supported: this is not the protobuf message that belongs here`,
        );
    }
  }
}

/** A bit for each field number (1 to 31), for `skip`. */
export function fields(...numbers: readonly number[]): number {
  let mask = 0;
  for (const number of numbers) mask |= 1 << number;
  return mask >>> 0;
}

function truncated(at: number): BadInput {
  return new BadInput(`the message ends in the middle of a value at byte ${at}; is the body complete?`);
}
