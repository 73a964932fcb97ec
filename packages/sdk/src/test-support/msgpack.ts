export type Packed = null | boolean | number | bigint | string | readonly Packed[] | { readonly [key: string]: Packed };

/** Reads MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) without extensions; integers of 64 bits are bigints. */
export function readMsgpack(bytes: Buffer): Packed {
  let at = 0;
  const next = <T>(width: number, read: (at: number) => T): T => {
    const value = read(at);
    at += width;
    return value;
  };
  const size = (width: 1 | 2 | 4): number => next(width, from => bytes.readUIntBE(from, width));
  const text = (length: number): string => next(length, from => bytes.toString('utf8', from, from + length));
  const list = (length: number): Packed[] => Array.from({ length }, () => value());
  const map = (length: number): Packed =>
    Object.fromEntries(Array.from({ length }, () => [String(value()), value()] as const));
  const readers = new Map<number, () => Packed>([
    [0xc0, () => null],
    [0xc2, () => false],
    [0xc3, () => true],
    [0xca, () => next(4, from => bytes.readFloatBE(from))],
    [0xcb, () => next(8, from => bytes.readDoubleBE(from))],
    [0xcc, () => size(1)],
    [0xcd, () => size(2)],
    [0xce, () => size(4)],
    [0xcf, () => next(8, from => bytes.readBigUInt64BE(from))],
    [0xd0, () => next(1, from => bytes.readInt8(from))],
    [0xd1, () => next(2, from => bytes.readInt16BE(from))],
    [0xd2, () => next(4, from => bytes.readInt32BE(from))],
    [0xd3, () => next(8, from => bytes.readBigInt64BE(from))],
    [0xd9, () => text(size(1))],
    [0xda, () => text(size(2))],
    [0xdb, () => text(size(4))],
    [0xdc, () => list(size(2))],
    [0xdd, () => list(size(4))],
    [0xde, () => map(size(2))],
    [0xdf, () => map(size(4))],
  ]);
  function value(): Packed {
    const head = size(1);
    if (head < 0x80) return head;
    if (head < 0x90) return map(head & 0x0f);
    if (head < 0xa0) return list(head & 0x0f);
    if (head < 0xc0) return text(head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    const read = readers.get(head);
    if (read === undefined) throw new Error(`no MessagePack: ${head.toString(16)} at ${at - 1}`);
    return read();
  }
  return value();
}
