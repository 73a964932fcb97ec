import type { Value } from '../otlp-writer.js';
import { valueOf, type AttributeMap } from './attribute-map.js';
import { isObject, type Json, type JsonObject } from './exact-json.js';

/**
 * Attributes of logs, metrics and streamed spans: `{"orderId": {"value": 7, "type": "integer"}}`, maybe with a `unit`. A double stays one when it has no
 * fraction. Members that are plain values are taken as they are.
 */
export function typedAttributes(attributes: JsonObject): AttributeMap {
  const read: AttributeMap = new Map();
  for (const [key, attribute] of attributes) {
    if (key === '') continue;
    const value = isTyped(attribute) ? typedValue(attribute.get('value'), attribute.get('type')) : valueOf(attribute);
    if (value !== undefined && value !== null) read.set(key, value);
  }
  return read;
}

function isTyped(attribute: Json): attribute is JsonObject {
  return isObject(attribute) && attribute.has('value') && attribute.has('type');
}

function typedValue(value: Json | undefined, type: Json | undefined): Value {
  if (type === 'double' && typeof value === 'number') return { double: value };
  // A sender without 64-bit numbers may write them as text.
  if (type === 'integer' && typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return BigInt(value);
  return valueOf(value);
}
