import { BadInput } from '../base/bad-input.js';

/**
 * Snappy's block format (https://github.com/google/snappy/blob/main/format_description.txt): the unpacked length as a varint, then elements. The low two
 * bits of an element's first byte say what it is: 0 a literal, else a copy of what was unpacked before, with an offset of 11, 16 or 32 bits.
 */

/** The most an element can unpack to per byte of itself: a copy of 64 bytes in 3. */
const maxRatio = 22;

/** Unpacks a body. Throws `BadInput` when it is not snappy, or says that it unpacks to more than `maxBytes`. */
export function unsnappy(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const out = new Uint8Array(unsnappedLength(bytes, maxBytes));
  unsnappyInto(bytes, out);
  return out;
}

/** How long the body is when it is unpacked. Throws `BadInput` when that is more than `maxBytes`, or more than these bytes can hold. */
export function unsnappedLength(bytes: Uint8Array, maxBytes: number): number {
  let length = 0;
  let unit = 1;
  for (let at = 0; at < 5; at++) {
    const byte = bytes[at];
    if (byte === undefined) break;
    length += (byte & 127) * unit;
    unit *= 128;
    if (byte > 127) continue;
    if (length > (bytes.length - at - 1) * maxRatio) throw noSnappy(bytes);
    if (length > maxBytes)
      throw new BadInput(
        `the body is ${length} bytes when it is unpacked, more than the limit of ${maxBytes}; send smaller batches, or raise ingest.maxBodyBytes`,
      );
    return length;
  }
  throw noSnappy(bytes);
}

/**
 * Unpacks a body to `out`, which has exactly the length that `unsnappedLength` said. Four bytes a step: what is sent repeats in long runs
 * (`bench/remote-write/micro.mjs` shows the cost).
 */
export function unsnappyInto(bytes: Uint8Array, out: Uint8Array): void {
  const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const target = new DataView(out.buffer, out.byteOffset, out.byteLength);
  const end = bytes.length;
  const outEnd = out.length;
  let at = 0;
  while (bytes[at]! > 127) at++;
  at++;
  let to = 0;
  while (at < end) {
    const tag = bytes[at++]!;
    let length: number;
    let offset: number;
    switch (tag & 3) {
      case 0: {
        length = (tag >>> 2) + 1;
        if (length > 60) {
          const extra = length - 60;
          if (at + extra > end) throw noSnappy(bytes);
          length = 1;
          for (let i = 0, unit = 1; i < extra; i++, unit *= 256) length += bytes[at++]! * unit;
        }
        if (length > end - at || length > outEnd - to) throw noSnappy(bytes);
        if (length > 128) out.set(bytes.subarray(at, at + length), to);
        else {
          let i = 0;
          for (; i + 4 <= length; i += 4) target.setInt32(to + i, source.getInt32(at + i, true), true);
          for (; i < length; i++) out[to + i] = bytes[at + i]!;
        }
        at += length;
        to += length;
        continue;
      }
      case 1:
        if (at + 1 > end) throw noSnappy(bytes);
        length = ((tag >>> 2) & 7) + 4;
        offset = ((tag >>> 5) << 8) | bytes[at++]!;
        break;
      case 2:
        if (at + 2 > end) throw noSnappy(bytes);
        length = (tag >>> 2) + 1;
        offset = bytes[at]! | (bytes[at + 1]! << 8);
        at += 2;
        break;
      default:
        if (at + 4 > end) throw noSnappy(bytes);
        length = (tag >>> 2) + 1;
        offset = source.getUint32(at, true);
        at += 4;
    }
    if (offset === 0 || offset > to || length > outEnd - to) throw noSnappy(bytes);
    const from = to - offset;
    let i = 0;
    if (offset >= 4) for (; i + 4 <= length; i += 4) target.setInt32(to + i, target.getInt32(from + i, true), true);
    for (; i < length; i++) out[to + i] = out[from + i]!;
    to += length;
  }
  if (to !== outEnd) throw noSnappy(bytes);
}

const otherPackings: readonly (readonly [name: string, firstBytes: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['snappy in frames', [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]],
];

function noSnappy(bytes: Uint8Array): BadInput {
  const other = otherPackings.find(([, first]) => first.every((byte, i) => bytes[i] === byte))?.[0];
  return new BadInput(
    other === undefined
      ? `the body is not in snappy’s block format, or was cut off on the way${looksPlain(bytes) ? '; it looks like protobuf that nobody packed; send it in snappy’s block format' : ''}`
      : `the body is ${other}; send it in snappy’s block format (without frames)`,
  );
}

/** Begins as the messages of remote write and Loki do, and is longer than what snappy says with the same first byte. */
function looksPlain(bytes: Uint8Array): boolean {
  return bytes.length > 16 && (bytes[0] === 0x0a || (bytes[0] === 0x22 && bytes[1] === 0));
}
