/** A decoded field: a number for varint and 32 bits, bytes for the rest. */
export type Field = number | bigint | Uint8Array;

/** Reads any protobuf message into its fields by number. Written apart from the encoder, so that it can judge it. */
export function decode(bytes: Uint8Array): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
      if (shift > 63n) throw new Error('a varint is too long');
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    let value: Field;
    switch (tag & 7) {
      case 0:
        value = BigInt.asIntN(64, varint());
        break;
      case 1:
        value = bytes.subarray(at, at + 8);
        at += 8;
        break;
      case 2: {
        const length = Number(varint());
        if (at + length > bytes.length) throw new Error(`field ${number} runs over the end`);
        value = bytes.subarray(at, at + length);
        at += length;
        break;
      }
      case 5:
        value = view.getUint32(at, true);
        at += 4;
        break;
      default:
        throw new Error(`wire type ${tag & 7}`);
    }
    const list = fields.get(number) ?? [];
    list.push(value);
    fields.set(number, list);
  }
  return fields;
}

export class Message {
  readonly fields: Map<number, Field[]>;

  constructor(bytes: Uint8Array) {
    this.fields = decode(bytes);
  }

  all(number: number): readonly Field[] {
    return this.fields.get(number) ?? [];
  }

  /** Messages of a repeated field. */
  messages(number: number): readonly Message[] {
    return this.all(number).map(field => new Message(asBytes(field)));
  }

  message(number: number): Message {
    return this.messages(number).at(-1) ?? new Message(new Uint8Array());
  }

  text(number: number): string {
    const field = this.all(number).at(-1);
    return field === undefined ? '' : Buffer.from(asBytes(field)).toString('utf8');
  }

  hex(number: number): string {
    const field = this.all(number).at(-1);
    return field === undefined ? '' : Buffer.from(asBytes(field)).toString('hex');
  }

  number(number: number): number {
    return Number(this.all(number).at(-1) ?? 0);
  }

  /** fixed64 as an unsigned integer. */
  fixed64(number: number): bigint {
    const field = this.all(number).at(-1);
    return field === undefined ? 0n : Buffer.from(asBytes(field)).readBigUInt64LE();
  }

  double(number: number): number {
    const field = this.all(number).at(-1);
    return field === undefined ? 0 : Buffer.from(asBytes(field)).readDoubleLE();
  }
}

export function asBytes(field: Field): Uint8Array {
  if (field instanceof Uint8Array) return field;
  throw new Error('expected bytes');
}
