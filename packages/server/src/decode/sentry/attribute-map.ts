import type { Value } from '../otlp-writer.js';
import { isList, isObject, jsonText, type Json, type JsonObject } from './exact-json.js';

/** Attributes in the order in which they were put in. The first value of a name stays. */
export type AttributeMap = Map<string, Value>;

export function put(attributes: AttributeMap, key: string, value: Value): void {
  if (value === undefined || value === null || key === '' || attributes.has(key)) return;
  attributes.set(key, value);
}

/** Puts each member in as `<prefix><its name>`; those of `except` are left out. */
export function putAll(
  attributes: AttributeMap,
  prefix: string,
  object: JsonObject,
  except: ReadonlySet<string> = nothing,
): void {
  for (const [name, value] of object) if (!except.has(name)) put(attributes, prefix + name, valueOf(value));
}

const nothing: ReadonlySet<string> = new Set();

const deepest = 12;

/** A value as an attribute has it; what is nested deeper than 12 levels becomes its JSON text. */
export function valueOf(json: Json | undefined, depth = 0): Value {
  if (json === undefined) return undefined;
  if (isList(json)) return depth >= deepest ? jsonText(json) : json.map(member => valueOf(member, depth + 1));
  if (!isObject(json)) return json;
  if (depth >= deepest) return jsonText(json);
  return new Map([...json].map(([name, member]) => [name, valueOf(member, depth + 1)]));
}

/** A member of a list that stands for text, cut to `maxLength` characters. */
export function cut(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}…`;
}
