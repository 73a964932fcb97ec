/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** Why a text was not taken. `message` is a sentence for who gave it. */
export class BadDashboard extends Error {
  override readonly name = 'BadDashboard';
}

export const maxDashboardBytes = 5 * 1024 * 1024;
const maxDepth = 60;

/** Reads JSON of at most 5 MB and 60 levels. Throws `BadDashboard`. */
export function parseJson(text: string): Json {
  if (text.length > maxDashboardBytes) throw new BadDashboard('It is larger than 5 MB, which no dashboard is.');
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (bare.trim() === '') throw new BadDashboard('It is empty.');
  if (isDeep(bare)) throw new BadDashboard(`It is nested deeper than ${maxDepth} levels, which no dashboard is.`);
  try {
    // JSON.parse is typed `any`; it gives nothing but JSON.
    return JSON.parse(bare) as Json;
  } catch (error) {
    throw new BadDashboard(
      `It is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'it can not be read'}.`,
    );
  }
}

function isDeep(text: string): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isQuoted) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) isQuoted = false;
    } else if (code === 0x22) isQuoted = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const nothing: JsonObject = Object.freeze({});

/*
 * Readers of one field. Dashboards come from twelve years of Grafana and from people's scripts: a field of another kind than expected is as absent.
 * `constructor` and its like are absent too unless the file itself has them.
 */

export function fieldOf(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function objectOf(object: JsonObject, key: string): JsonObject {
  const value = fieldOf(object, key);
  return isObject(value) ? value : nothing;
}

export function listOf(object: JsonObject, key: string): readonly Json[] {
  const value = fieldOf(object, key);
  return Array.isArray(value) ? value : [];
}

/** The objects of a list; what is none is left out. */
export function objectsOf(object: JsonObject, key: string): readonly JsonObject[] {
  return listOf(object, key).filter(isObject);
}

export function textOf(object: JsonObject, key: string): string {
  const value = fieldOf(object, key);
  return typeof value === 'string' ? value : '';
}

/** Numbers, and texts that hold one: old exports wrote `"span": "4"`. */
export function numberOf(object: JsonObject, key: string): number | undefined {
  const value = fieldOf(object, key);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const read = Number(value);
  return Number.isFinite(read) ? read : undefined;
}

export function flagOf(object: JsonObject, key: string): boolean {
  return fieldOf(object, key) === true;
}

export function textsOf(object: JsonObject, key: string): readonly string[] {
  return listOf(object, key).filter(value => typeof value === 'string');
}

/** A place in a document: keys and indexes from the top. */
export type JsonPath = readonly (string | number)[];

export function valueAt(document: Json, path: JsonPath): Json | undefined {
  let value: Json | undefined = document;
  for (const key of path) {
    if (typeof key === 'number') value = Array.isArray(value) ? value[key] : undefined;
    else value = isObject(value) ? fieldOf(value, key) : undefined;
  }
  return value;
}

/** The document with one place changed; everything beside it is the same object as before. Undefined takes the key away. */
export function withValueAt(document: Json, path: JsonPath, put: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return put ?? null;
  if (typeof key === 'number') {
    const list: Json[] = Array.isArray(document) ? [...document] : [];
    list[key] = withValueAt(list[key] ?? null, rest, put);
    return list;
  }
  const object: JsonObject = isObject(document) ? document : nothing;
  if (rest.length === 0 && put === undefined) {
    return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
  }
  const inner = withValueAt(fieldOf(object, key) ?? null, rest, put);
  // fromEntries and not an assignment: a key may be called `__proto__`.
  return Object.fromEntries(
    Object.hasOwn(object, key)
      ? Object.entries(object).map(([name, value]) => [name, name === key ? inner : value])
      : [...Object.entries(object), [key, inner]],
  );
}
