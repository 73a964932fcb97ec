/** A field of a protobuf message as it stands on the wire. */
export interface WireField {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly type: number;
  /** Of a varint, up to 2^53; larger ones lose their lowest bits. */
  readonly value: number;
  /** The content of the others. */
  readonly bytes: Buffer;
  /** The field with its tag. */
  readonly whole: Buffer;
}

const none = Buffer.alloc(0);

/**
 * Walks the fields of a message (https://protobuf.dev/programming-guides/encoding/). It ends at the first field that does not fit: what is not protobuf has few fields, and nothing is thrown.
 */
export function* wireFields(message: Buffer): Generator<WireField> {
  let at = 0;
  while (at < message.length) {
    const tag = varintAt(message, at);
    if (tag === undefined) return;
    const type = tag.value & 7;
    const head = type === 0 || type === 2 ? varintAt(message, tag.end) : { value: type === 1 ? 8 : 4, end: tag.end };
    if (head === undefined || (type > 2 && type !== 5)) return;
    const end = head.end + (type === 0 ? 0 : head.value);
    if (end > message.length) return;
    const bytes = type === 0 ? none : message.subarray(head.end, end);
    const value = type === 0 ? head.value : 0;
    yield { number: Math.floor(tag.value / 8), type, value, bytes, whole: message.subarray(at, end) };
    at = end;
  }
}

function varintAt(message: Buffer, start: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  let unit = 1;
  for (let at = start; at < start + 10; at++) {
    const byte = message[at];
    if (byte === undefined) return undefined;
    value += (byte & 127) * unit;
    unit *= 128;
    if (byte < 128) return { value, end: at + 1 };
  }
  return undefined;
}

/** The first field of this number. */
export function wireField(message: Buffer, number: number): WireField | undefined {
  for (const field of wireFields(message)) if (field.number === number) return field;
  return undefined;
}
