import type { WireReader } from '../wire-reader.js';

/** An `int64` as a number, exact from -2^53 to 2^53: a negative one is written as 2^64 more than it is. */
export function signedVarint(wire: WireReader, end: number): number {
  const { bytes } = wire;
  const start = wire.at;
  const value = wire.varint(end);
  if (wire.at - start < 10) return value;
  // Ten bytes: the value is 2^63 or more, and a number would lose its low bits.
  let inverted = 0;
  let unit = 1;
  for (let at = start; at < start + 9; at++) {
    inverted += (~bytes[at]! & 127) * unit;
    unit *= 128;
  }
  return -(inverted + 1);
}
