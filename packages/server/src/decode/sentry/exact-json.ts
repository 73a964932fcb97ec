import { BadInput } from '../../base/bad-input.js';
import { JsonReader } from '../json-reader.js';

/**
 * JSON as it was written. Objects are maps, so that no name in them means anything to us (`__proto__`), and what a double can not hold stays exact:
 * larger integers are `bigint`, and a time in seconds (members `timestamp`, `start_timestamp`,
 * `end_timestamp`) stays the text it was written in.
 */
export type Json = string | number | bigint | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** More than this many bytes are no event: Sentry itself takes one mebibyte. */
export const maxJsonBytes = 4 << 20;

/** Throws `BadInput` when the bytes are no JSON, are nested deeper than 128 levels, or longer than `maxJsonBytes`. */
export function readJson(bytes: Uint8Array): Json {
  if (bytes.length > maxJsonBytes) throw new BadInput(`JSON of an item is longer than ${maxJsonBytes} bytes`);
  const reader = new JsonReader(bytes);
  const value = readValue(reader, '');
  reader.end();
  return value;
}

/** As `readJson`, for what must be an object. */
export function readJsonObject(bytes: Uint8Array): JsonObject {
  const value = readJson(bytes);
  if (!isObject(value)) throw new BadInput('expected a JSON object');
  return value;
}

function readValue(reader: JsonReader, name: string): Json {
  switch (reader.peek()) {
    case '{': {
      const members = new Map<string, Json>();
      reader.object(member => {
        members.set(member, readValue(reader, member));
      });
      return members;
    }
    case '[': {
      const list: Json[] = [];
      reader.array(() => {
        list.push(readValue(reader, name));
      });
      return list;
    }
    case '"':
      return reader.string().toString();
    case 't':
    case 'f':
      return reader.boolean();
    case 'n':
      if (reader.null()) return null;
      throw reader.broken('a value');
    default:
      return numberOf(reader, name);
  }
}

const times = new Set(['timestamp', 'start_timestamp', 'end_timestamp']);

function numberOf(reader: JsonReader, name: string): Json {
  const text = reader.numberText();
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) throw reader.broken('a number');
  if (times.has(name)) return text;
  const number = Number(text);
  if (Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d{1,20}$/.test(text)) return BigInt(text);
  return number;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

const noMembers: JsonObject = new Map();

/** A member that is an object; an empty one when it is not. */
export function objectOf(object: JsonObject, name: string): JsonObject {
  const value = object.get(name);
  return isObject(value) ? value : noMembers;
}

/** A member that is a list; an empty one when it is not. */
export function listOf(object: JsonObject, name: string): readonly Json[] {
  const value = object.get(name);
  return isList(value) ? value : [];
}

/** A member as text: numbers and booleans in their usual form; undefined when it is empty or has parts. */
export function textOf(object: JsonObject, name: string): string | undefined {
  return asText(object.get(name));
}

export function asText(value: Json | undefined): string | undefined {
  switch (typeof value) {
    case 'string':
      return value === '' ? undefined : value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
}

/** A member as a finite number; a text that is one counts. */
export function numberIn(object: JsonObject, name: string): number | undefined {
  const value = object.get(name);
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string') return undefined;
  if (value === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** The JSON text of a value. */
export function jsonText(value: Json): string {
  const parts: string[] = [];
  writeJson(value, parts);
  return parts.join('');
}

function writeJson(value: Json, parts: string[]): void {
  if (typeof value === 'bigint') parts.push(String(value));
  else if (isList(value)) {
    parts.push('[');
    value.forEach((member, i) => {
      if (i > 0) parts.push(',');
      writeJson(member, parts);
    });
    parts.push(']');
  } else if (isObject(value)) {
    parts.push('{');
    let isFirst = true;
    for (const [name, member] of value) {
      if (!isFirst) parts.push(',');
      isFirst = false;
      parts.push(JSON.stringify(name), ':');
      writeJson(member, parts);
    }
    parts.push('}');
  } else parts.push(JSON.stringify(value));
}
