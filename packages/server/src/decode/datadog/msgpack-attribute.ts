import type { MsgpackValue } from '../msgpack.js';
import type { Value } from '../otlp-writer.js';

const deepest = 16;

/** A MessagePack value as an attribute's. What is nested deeper than 16 levels is left out, and an extension is its bytes. */
export function valueOfMsgpack(value: MsgpackValue, depth = 0): Value {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return value;
  if (depth >= deepest) return undefined;
  if (isList(value)) return value.map(member => valueOfMsgpack(member, depth + 1));
  if ('ext' in value) return value.data;
  return new Map([...value].map(([key, member]) => [key, valueOfMsgpack(member, depth + 1)]));
}

function isList(value: object): value is readonly MsgpackValue[] {
  return Array.isArray(value);
}
