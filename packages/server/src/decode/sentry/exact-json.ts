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

/** Objects, lists and plain values of one item. */
const maxValues = 500_000;

/** Throws `BadInput` when the bytes are no JSON, are nested deeper than 128 levels, or longer than `maxJsonBytes`. */
export function readJson(bytes: Uint8Array): Json {
  if (bytes.length > maxJsonBytes) throw new BadInput(`JSON of an item is longer than ${maxJsonBytes} bytes`);
  const reading = { reader: new JsonReader(bytes), values: 0 };
  const value = readValue(reading, '');
  reading.reader.end();
  return value;
}

/** As `readJson`, for what must be an object. */
export function readJsonObject(bytes: Uint8Array): JsonObject {
  const value = readJson(bytes);
  if (!isObject(value)) throw new BadInput('expected a JSON object');
  return value;
}

interface Reading {
  readonly reader: JsonReader;
  values: number;
}

function readValue(reading: Reading, name: string): Json {
  const { reader } = reading;
  if (++reading.values > maxValues) throw new BadInput(`JSON of an item has more than ${maxValues} values`);
  switch (reader.peek()) {
    case '{': {
      const members = new Map<string, Json>();
      reader.object(member => {
        members.set(member, readValue(reading, member));
      });
      return members;
    }
    case '[': {
      const list: Json[] = [];
      reader.array(() => {
        list.push(readValue(reading, name));
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
  return jsonTextUpTo(value, Infinity) ?? '';
}

/** The JSON text of a value; undefined when it is longer than `maxLength` characters, without writing much more than those. */
export function jsonTextUpTo(value: Json, maxLength: number): string | undefined {
  const out = { parts: [], room: maxLength };
  writeJson(value, out);
  return out.room < 0 ? undefined : out.parts.join('');
}

interface JsonOut {
  readonly parts: string[];
  room: number;
}

function writeJson(value: Json, out: JsonOut): void {
  if (out.room < 0) return;
  if (isList(value)) {
    add(out, '[');
    value.forEach((member, i) => {
      if (i > 0) add(out, ',');
      writeJson(member, out);
    });
    add(out, ']');
  } else if (isObject(value)) {
    add(out, '{');
    let isFirst = true;
    for (const [name, member] of value) {
      if (!isFirst) add(out, ',');
      isFirst = false;
      add(out, JSON.stringify(name));
      add(out, ':');
      writeJson(member, out);
    }
    add(out, '}');
  } else add(out, typeof value === 'bigint' ? String(value) : JSON.stringify(value));
}

function add(out: JsonOut, text: string): void {
  out.room -= text.length;
  if (out.room >= 0) out.parts.push(text);
}
