import { BadInput } from '../base/bad-input.js';

/** A value of an extension type (https://github.com/msgpack/msgpack/blob/master/spec.md#extension-types): what its bytes mean is known to who reads it. */
export interface MsgpackExt {
  readonly ext: number;
  readonly data: Uint8Array;
}

/** A value as MessagePack has it. An integer is a bigint only where a number would not be exact; bytes share the input's. */
export type MsgpackValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | MsgpackExt
  | readonly MsgpackValue[]
  | ReadonlyMap<string, MsgpackValue>;

export type MsgpackKind = 'nil' | 'boolean' | 'integer' | 'float' | 'string' | 'bytes' | 'array' | 'map' | 'ext';

/** Levels of arrays and maps within each other that are read. */
export const maxMsgpackDepth = 64;
/** Values within one that `value` reads: a byte of input can become an element of an array, which takes eight. */
const maxValues = 1_000_000;

/**
 * Reads MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) from left to right: the caller says what it expects, or takes any `value`.
 * Each byte is read once, and nothing is allocated that the input's length does not pay for. Throws `BadInput` at what is not MessagePack or not what was expected.
 */
export class MsgpackReader {
  /** Where the next value starts. */
  at: number;
  readonly end: number;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  /** What the next value is; it is not read. */
  kind(): MsgpackKind {
    return kindOf(this.#peek());
  }

  /** True when the next value is nil, which is then read. */
  nil(): boolean {
    if (this.#peek() !== 0xc0) return false;
    this.at++;
    return true;
  }

  boolean(): boolean {
    const head = this.#head();
    if (head !== 0xc2 && head !== 0xc3) throw this.#unexpected('a boolean', head);
    return head === 0xc3;
  }

  /** An integer of either sign; a bigint where a number would not be exact. */
  integer(): number | bigint {
    const head = this.#head();
    if (head < 0x80) return head;
    if (head >= 0xe0) return head - 256;
    const bytes = this.#bytes;
    switch (head) {
      case 0xcc:
        return bytes[this.#pass(1)]!;
      case 0xcd:
        return bytes.readUInt16BE(this.#pass(2));
      case 0xce:
        return bytes.readUInt32BE(this.#pass(4));
      case 0xcf: {
        const at = this.#pass(8);
        const high = bytes.readUInt32BE(at);
        return high < 0x20_0000 ? high * 0x1_0000_0000 + bytes.readUInt32BE(at + 4) : bytes.readBigUInt64BE(at);
      }
      case 0xd0:
        return bytes.readInt8(this.#pass(1));
      case 0xd1:
        return bytes.readInt16BE(this.#pass(2));
      case 0xd2:
        return bytes.readInt32BE(this.#pass(4));
      case 0xd3: {
        const value = bytes.readBigInt64BE(this.#pass(8));
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : value;
      }
      default:
        throw this.#unexpected('an integer', head);
    }
  }

  /** An integer as 64 bits; a negative one as its two's complement. */
  uint64(): bigint {
    return BigInt.asUintN(64, BigInt(this.integer()));
  }

  /** An integer or a float; only integers beyond 2^53 lose digits. */
  number(): number {
    const head = this.#peek();
    if (head === 0xca) {
      this.at++;
      return this.#bytes.readFloatBE(this.#pass(4));
    }
    if (head === 0xcb) {
      this.at++;
      return this.#bytes.readDoubleBE(this.#pass(8));
    }
    return Number(this.integer());
  }

  /** The text's or the bytes' own bytes; they share the input's. */
  bytes(): Uint8Array {
    const head = this.#head();
    const length = this.#lengthOfBytes(head);
    if (length < 0) throw this.#unexpected('a string', head);
    const at = this.#pass(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** A string, or bytes taken as one (senders of the old format know no difference). What is not UTF-8 becomes U+FFFD. */
  string(): string {
    const head = this.#head();
    const length = this.#lengthOfBytes(head);
    if (length < 0) throw this.#unexpected('a string', head);
    const at = this.#pass(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** How many values follow. */
  array(): number {
    const head = this.#head();
    const count =
      (head & 0xf0) === 0x90
        ? head & 0x0f
        : head === 0xdc
          ? this.#bytes.readUInt16BE(this.#pass(2))
          : head === 0xdd
            ? this.#bytes.readUInt32BE(this.#pass(4))
            : -1;
    if (count < 0) throw this.#unexpected('an array', head);
    if (count > this.end - this.at) throw cutShort();
    return count;
  }

  /** How many pairs of key and value follow. */
  map(): number {
    const head = this.#head();
    const count =
      (head & 0xf0) === 0x80
        ? head & 0x0f
        : head === 0xde
          ? this.#bytes.readUInt16BE(this.#pass(2))
          : head === 0xdf
            ? this.#bytes.readUInt32BE(this.#pass(4))
            : -1;
    if (count < 0) throw this.#unexpected('a map', head);
    if (count * 2 > this.end - this.at) throw cutShort();
    return count;
  }

  ext(): MsgpackExt {
    const head = this.#head();
    const length = this.#lengthOfExt(head);
    if (length < 0) throw this.#unexpected('an extension', head);
    const ext = this.#bytes.readInt8(this.#pass(1));
    const at = this.#pass(length);
    return { ext, data: this.#bytes.subarray(at, at + length) };
  }

  /** Whatever comes. Keys of maps that are numbers become their text; the last of equal keys stays. */
  value(): MsgpackValue {
    return this.#value(0, { left: maxValues });
  }

  /** Reads over the next value. Its depth is of no matter. */
  skip(): void {
    const scanner = new MsgpackScanner(this.at);
    const end = scanner.endOfNext(this.#bytes, this.end);
    if (end === undefined) throw cutShort();
    this.at = end;
  }

  #value(depth: number, budget: { left: number }): MsgpackValue {
    if (--budget.left < 0) throw new BadInput(`MessagePack with more than ${maxValues} values in one`);
    if (depth > maxMsgpackDepth) throw new BadInput(`MessagePack nested deeper than ${maxMsgpackDepth} levels`);
    switch (this.kind()) {
      case 'nil':
        this.at++;
        return null;
      case 'boolean':
        return this.boolean();
      case 'integer':
        return this.integer();
      case 'float':
        return this.number();
      case 'string':
        return this.string();
      case 'bytes':
        return this.bytes();
      case 'ext':
        return this.ext();
      case 'array': {
        const count = this.array();
        const values: MsgpackValue[] = [];
        for (let i = 0; i < count; i++) values.push(this.#value(depth + 1, budget));
        return values;
      }
      case 'map': {
        const count = this.map();
        const values = new Map<string, MsgpackValue>();
        for (let i = 0; i < count; i++) {
          const key = this.#key();
          values.set(key, this.#value(depth + 1, budget));
        }
        return values;
      }
    }
  }

  #key(): string {
    const kind = this.kind();
    if (kind === 'string' || kind === 'bytes') return this.string();
    if (kind === 'integer') return String(this.integer());
    throw new BadInput(`MessagePack: the key of a map is a string, not ${kind} (at byte ${this.at})`);
  }

  #peek(): number {
    if (this.at >= this.end) throw cutShort();
    return this.#bytes[this.at]!;
  }

  #head(): number {
    const head = this.#peek();
    this.at++;
    return head;
  }

  /** Goes on by `length` bytes, which are there; where they start. */
  #pass(length: number): number {
    const at = this.at;
    if (length > this.end - at) throw cutShort();
    this.at = at + length;
    return at;
  }

  #lengthOfBytes(head: number): number {
    if ((head & 0xe0) === 0xa0) return head & 0x1f;
    switch (head) {
      case 0xc4:
      case 0xd9:
        return this.#bytes[this.#pass(1)]!;
      case 0xc5:
      case 0xda:
        return this.#bytes.readUInt16BE(this.#pass(2));
      case 0xc6:
      case 0xdb:
        return this.#bytes.readUInt32BE(this.#pass(4));
      default:
        return -1;
    }
  }

  #lengthOfExt(head: number): number {
    if (head >= 0xd4 && head <= 0xd8) return 1 << (head - 0xd4);
    switch (head) {
      case 0xc7:
        return this.#bytes[this.#pass(1)]!;
      case 0xc8:
        return this.#bytes.readUInt16BE(this.#pass(2));
      case 0xc9:
        return this.#bytes.readUInt32BE(this.#pass(4));
      default:
        return -1;
    }
  }

  #unexpected(wanted: string, head: number): BadInput {
    const found = head === 0xc1 ? 'a byte that MessagePack does not use' : kindOf(head);
    return new BadInput(`MessagePack: ${wanted} is expected at byte ${this.at - 1}, and there is ${found}`);
  }
}

/**
 * Finds where values end in bytes that may come in pieces: asked again with more bytes, it goes on where it stopped, so that each byte is looked at once.
 * It keeps one number however deep values are nested.
 */
export class MsgpackScanner {
  /** Bytes before this were looked at. */
  #at: number;
  #left = 0;

  constructor(at = 0) {
    this.#at = at;
  }

  /**
   * Where the value ends that starts at the end of the one before; undefined when that is not in `bytes` yet. `bytes` are those of the last call and more.
   * Throws `BadInput` at a byte that MessagePack does not use.
   */
  endOfNext(bytes: Uint8Array, end = bytes.length): number | undefined {
    if (this.#left === 0) this.#left = 1;
    while (this.#left > 0) {
      const at = this.#at;
      if (at >= end) return undefined;
      const head = bytes[at]!;
      const sizeBytes = sizeBytesOf(head);
      const bodyAt = at + 1 + sizeBytes;
      if (bodyAt > end) return undefined;
      let size = 0;
      for (let i = at + 1; i < bodyAt; i++) size = size * 256 + bytes[i]!;
      const kind = kindOf(head);
      if (kind === 'array' || kind === 'map') {
        const count = sizeBytes === 0 ? head & 0x0f : size;
        this.#left += kind === 'map' ? count * 2 : count;
        this.#at = bodyAt;
      } else {
        const next = bodyAt + bodyBytesOf(head, size);
        if (next > end) return undefined;
        this.#at = next;
      }
      this.#left--;
    }
    return this.#at;
  }

  /** To be called when the first `count` bytes are taken away from `bytes`. */
  forget(count: number): void {
    this.#at -= count;
  }
}

function kindOf(head: number): MsgpackKind {
  if (head < 0x80 || head >= 0xe0) return 'integer';
  if (head < 0x90) return 'map';
  if (head < 0xa0) return 'array';
  if (head < 0xc0) return 'string';
  const kind = kinds[head - 0xc0];
  if (kind === undefined) throw new BadInput('a byte (0xc1) that MessagePack does not use');
  return kind;
}

/** Of the heads from 0xc0 to 0xdf. */
const kinds: readonly (MsgpackKind | undefined)[] = [
  'nil',
  undefined,
  'boolean',
  'boolean',
  ...three('bytes'),
  ...three('ext'),
  'float',
  'float',
  ...three('integer'),
  'integer',
  ...three('integer'),
  'integer',
  ...three('ext'),
  'ext',
  'ext',
  ...three('string'),
  'array',
  'array',
  'map',
  'map',
];

function three(kind: MsgpackKind): readonly MsgpackKind[] {
  return [kind, kind, kind];
}

/** How many bytes after the head say the size. */
function sizeBytesOf(head: number): number {
  if (head >= 0xc4 && head <= 0xc9) return [1, 2, 4][(head - 0xc4) % 3]!;
  if (head >= 0xd9 && head <= 0xdb) return [1, 2, 4][head - 0xd9]!;
  if (head >= 0xdc && head <= 0xdf) return head % 2 === 0 ? 2 : 4;
  return 0;
}

/** How many bytes a value has after its head and size. */
function bodyBytesOf(head: number, size: number): number {
  if (head >= 0xa0 && head < 0xc0) return head & 0x1f;
  if (head >= 0xc4 && head <= 0xc6) return size;
  if (head >= 0xc7 && head <= 0xc9) return size + 1;
  if (head >= 0xd9 && head <= 0xdb) return size;
  if (head === 0xca) return 4;
  if (head === 0xcb) return 8;
  if (head >= 0xcc && head <= 0xcf) return 1 << (head - 0xcc);
  if (head >= 0xd0 && head <= 0xd3) return 1 << (head - 0xd0);
  if (head >= 0xd4 && head <= 0xd8) return 1 + (1 << (head - 0xd4));
  return 0;
}

function cutShort(): BadInput {
  return new BadInput('MessagePack ends before its values do');
}
