/**
 * A protobuf decoder driven by `.proto` files, as plain as can be: what OTLP's own definitions say about a message, to hold our readers against.
 * Gives OTLP's JSON form: camelCase, ids in hexadecimal, other bytes in base64, 64-bit integers as text, enumerations as numbers.
 */
interface Field {
  readonly name: string;
  readonly type: string;
  readonly isRepeated: boolean;
}

export type Schema = ReadonlyMap<string, ReadonlyMap<number, Field>>;

/** Messages are told apart by the last part of their name, which is enough for OTLP. */
export function readSchema(protoTexts: readonly string[]): Schema {
  const schema = new Map<string, Map<number, Field>>();
  for (const text of protoTexts) {
    const open: string[] = [];
    for (const line of text.replace(/\/\/.*$/gm, '').split('\n')) {
      const [, kind, name] = /^\s*(message|enum|oneof|service)\s+(\w+)\s*\{/.exec(line) ?? [];
      const message = open.findLast(one => one.startsWith('message '))?.slice(8);
      const field = /^\s*(repeated|optional)?\s*([\w.]+)\s+(\w+)\s*=\s*(\d+)\s*(\[.*\])?;/.exec(line);
      if (kind !== undefined && name !== undefined) {
        open.push(`${kind} ${name}`);
        if (kind === 'message') schema.set(name, new Map());
      } else if (field !== null && message !== undefined && !open.at(-1)?.startsWith('enum ')) {
        const [, label, type = '', snake = '', number = ''] = field;
        schema.get(message)?.set(Number(number), {
          name: snake.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
          type: type.split('.').at(-1) ?? '',
          isRepeated: label === 'repeated',
        });
      }
      if (/^\s*\}/.test(line)) open.pop();
    }
  }
  return schema;
}

export function readMessage(schema: Schema, type: string, body: Buffer): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = body.readUInt8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < body.length) {
    const tag = Number(varint());
    const field = schema.get(type)?.get(tag >> 3);
    let content: Buffer | bigint;
    if ((tag & 7) === 0) content = varint();
    else {
      const length = (tag & 7) === 1 ? 8 : (tag & 7) === 5 ? 4 : Number(varint());
      content = body.subarray(at, at + length);
      at += length;
    }
    if (field === undefined) continue;
    const values = [...(packed(field.type, content) ?? [value(schema, field, content)])];
    if (!field.isRepeated) result[field.name] = values[0];
    else result[field.name] = [...((result[field.name] as unknown[] | undefined) ?? []), ...values];
  }
  return result;
}

function value(schema: Schema, { name, type }: Field, content: Buffer | bigint): unknown {
  if (typeof content === 'bigint') {
    if (type === 'bool') return content !== 0n;
    if (type === 'int64') return BigInt.asIntN(64, content).toString();
    if (type === 'sint32') return Number((content >> 1n) ^ -(content & 1n));
    return Number(content);
  }
  switch (type) {
    case 'string':
      return content.toString();
    case 'bytes':
      return content.toString(name.endsWith('Id') ? 'hex' : 'base64');
    case 'double':
      return content.readDoubleLE();
    case 'fixed64':
      return content.readBigUInt64LE().toString();
    case 'sfixed64':
      return content.readBigInt64LE().toString();
    case 'fixed32':
      return content.readUInt32LE();
    default:
      return readMessage(schema, type, content);
  }
}

/** The numbers of a packed list; undefined when the content is not one. */
function packed(type: string, content: Buffer | bigint): readonly unknown[] | undefined {
  if (typeof content === 'bigint') return undefined;
  if (type === 'uint64') {
    const values: string[] = [];
    let value = 0n;
    let shift = 0n;
    for (const byte of content) {
      value |= BigInt(byte & 127) << shift;
      shift += 7n;
      if (byte > 127) continue;
      values.push(value.toString());
      value = 0n;
      shift = 0n;
    }
    return values;
  }
  const isList = content.length > 8 && content.length % 8 === 0;
  if (type === 'double' && isList)
    return Array.from({ length: content.length / 8 }, (_, i) => content.readDoubleLE(i * 8));
  if (type === 'fixed64' && isList) {
    return Array.from({ length: content.length / 8 }, (_, i) => content.readBigUInt64LE(i * 8).toString());
  }
  return undefined;
}
