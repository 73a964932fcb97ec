/** A plain protobuf encoder for tests: each function gives the bytes of one field. */

export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

const tag = (field: number, wireType: number): Buffer => varint(BigInt(field * 8 + wireType));

export const int = (field: number, value: number | bigint): Buffer =>
  Buffer.concat([tag(field, 0), varint(BigInt(value))]);

export function bytes(field: number, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([tag(field, 2), varint(BigInt(content.length)), content]);
}

export function fixed64(field: number, value: bigint): Buffer {
  const content = Buffer.alloc(8);
  content.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([tag(field, 1), content]);
}

export function double(field: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([tag(field, 1), content]);
}

export function fixed32(field: number, value: number): Buffer {
  const content = Buffer.alloc(4);
  content.writeUInt32LE(value);
  return Buffer.concat([tag(field, 5), content]);
}
