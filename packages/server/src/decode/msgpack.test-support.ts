/** What `pack` writes: an integral number as an integer, other numbers as a double, a Map and an object as a map. */
export type Packable =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly ext: number; readonly data: Uint8Array }
  | readonly Packable[]
  | ReadonlyMap<string, Packable>
  | { readonly [key: string]: Packable };

/** A value as MessagePack, in its shortest form. */
export function pack(value: Packable): Buffer {
  if (value === null) return Buffer.from([0xc0]);
  switch (typeof value) {
    case 'boolean':
      return Buffer.from([value ? 0xc3 : 0xc2]);
    case 'bigint':
      return packInteger(value);
    case 'number':
      return Number.isInteger(value) && !Object.is(value, -0) && Math.abs(value) < 2 ** 63
        ? packInteger(BigInt(value))
        : packDouble(value);
    case 'string': {
      const text = Buffer.from(value);
      const head = text.length < 32 ? Buffer.from([0xa0 | text.length]) : sized([0xd9, 0xda, 0xdb], text.length);
      return Buffer.concat([head, text]);
    }
    case 'object':
  }
  if (value instanceof Uint8Array) return Buffer.concat([sized([0xc4, 0xc5, 0xc6], value.length), value]);
  if (isList(value)) return Buffer.concat([packArrayHead(value.length), ...value.map(pack)]);
  if (isExt(value)) {
    const fixed = [1, 2, 4, 8, 16].indexOf(value.data.length);
    const head = fixed >= 0 ? Buffer.from([0xd4 + fixed]) : sized([0xc7, 0xc8, 0xc9], value.data.length);
    return Buffer.concat([head, Buffer.from([value.ext & 255]), value.data]);
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const head =
    entries.length < 16 ? Buffer.from([0x80 | entries.length]) : sized([undefined, 0xde, 0xdf], entries.length);
  return Buffer.concat([head, ...entries.flatMap(([key, member]) => [pack(key), pack(member)])]);
}

export function packArrayHead(length: number): Buffer {
  return length < 16 ? Buffer.from([0x90 | length]) : sized([undefined, 0xdc, 0xdd], length);
}

function isList(value: object): value is readonly Packable[] {
  return Array.isArray(value);
}

function isExt(value: object): value is { readonly ext: number; readonly data: Uint8Array } {
  return 'ext' in value && 'data' in value && value.data instanceof Uint8Array;
}

/** A head and the size after it, in one, two or four bytes; where there is no head for one byte, two are taken. */
function sized([one, two, four]: readonly [number | undefined, number, number], size: number): Buffer {
  if (size < 256 && one !== undefined) return Buffer.from([one, size]);
  if (size < 65_536) return Buffer.from([two, size >> 8, size & 255]);
  const head = Buffer.alloc(5);
  head[0] = four;
  head.writeUInt32BE(size, 1);
  return head;
}

function packInteger(value: bigint): Buffer {
  if (value >= -32n && value < 128n) return Buffer.from([Number(BigInt.asUintN(8, value))]);
  const out = Buffer.alloc(9);
  if (value < 0n) {
    const [head, bits] =
      value >= -0x80n ? [0xd0, 8] : value >= -0x8000n ? [0xd1, 16] : value >= -0x8000_0000n ? [0xd2, 32] : [0xd3, 64];
    return integerOf(out, head, bits, BigInt.asUintN(64, value));
  }
  const [head, bits] =
    value < 0x100n ? [0xcc, 8] : value < 0x1_0000n ? [0xcd, 16] : value < 0x1_0000_0000n ? [0xce, 32] : [0xcf, 64];
  return integerOf(out, head, bits, value);
}

function integerOf(out: Buffer, head: number, bits: number, value: bigint): Buffer {
  out[0] = head;
  out.writeBigUInt64BE(BigInt.asUintN(64, value << BigInt(64 - bits)), 1);
  return out.subarray(0, 1 + bits / 8);
}

function packDouble(value: number): Buffer {
  const out = Buffer.alloc(9);
  out[0] = 0xcb;
  out.writeDoubleBE(value, 1);
  return out;
}
