import type { Plain, PlainObject } from '../core/surroundings.js';
import { isSecretName, redacted, withoutSecrets } from './secrets.js';

const maxDepth = 5;
const maxMembers = 50;
const maxTextChars = 2000;

/** What is left of one copy's room. */
interface Room {
  chars: number;
  readonly above: unknown[];
}

/**
 * A copy of anything as plain data, for what an application hands us: at most `maxChars` characters, five levels and 50 members of each object, without what
 * secrets are called. It never throws, whatever getters, proxies and `toJSON` do; undefined when nothing can be shown of it.
 */
export function plainCopy(value: unknown, maxChars = 4000): Plain | undefined {
  return copied(value, { chars: maxChars, above: [] });
}

/** As above, for what should be an object; anything else becomes its member `value`. */
export function plainObject(value: unknown, maxChars?: number): PlainObject | undefined {
  const copy = plainCopy(value, maxChars);
  if (copy === undefined || copy === null) return undefined;
  return isPlainObject(copy) ? copy : { value: copy };
}

/** Anything as one line of text for people, without secrets. */
export function plainText(value: unknown, maxChars: number): string {
  if (typeof value === 'string') return withoutSecrets(value.slice(0, maxChars));
  const copy = plainCopy(value, maxChars);
  if (copy === undefined) return `[a ${typeof value}]`;
  return typeof copy === 'string' ? copy : JSON.stringify(copy).slice(0, maxChars);
}

export function isPlainObject(value: Plain | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function copied(value: unknown, room: Room): Plain | undefined {
  if (room.chars <= 0) return undefined;
  switch (typeof value) {
    case 'string':
      return text(value, room);
    case 'number':
      room.chars -= 8;
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      room.chars -= 5;
      return value;
    case 'bigint':
      return text(value.toString(), room);
    case 'object':
      return structure(value, room);
    default:
      return undefined;
  }
}

function text(value: string, room: Room): string {
  const cut = withoutSecrets(value.slice(0, Math.min(maxTextChars, room.chars)));
  room.chars -= cut.length;
  return cut.length < value.length && value.length > maxTextChars ? `${cut}…` : cut;
}

function structure(value: object | null, room: Room): Plain | undefined {
  room.chars -= 2;
  if (value === null) return null;
  if (room.above.includes(value)) return '[circular]';
  if (room.above.length >= maxDepth) return '[too deep]';
  room.above.push(value);
  try {
    return members(value, room);
  } catch {
    return '[cannot be read]';
  } finally {
    room.above.pop();
  }
}

function members(value: object, room: Room): Plain | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Error) return text(`${value.name}: ${value.message}`, room);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map)
    return object(
      [...firstOf(value)].map(([key, item]) => [String(key), item]),
      room,
    );
  if (value instanceof Set || Array.isArray(value)) {
    return [...firstOf(value)].map(item => copied(item, room) ?? null);
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const shown: unknown = value.toJSON();
    if (typeof shown !== 'object' || shown === null) return copied(shown, room);
    return object(
      Object.keys(shown)
        .slice(0, maxMembers)
        .map(key => [key, Reflect.get(shown, key)]),
      room,
    );
  }
  const names: string[] = [];
  for (const name in value) {
    if (names.length >= maxMembers) break;
    if (Object.hasOwn(value, name)) names.push(name);
  }
  return object(
    names.map(name => [name, readOr(value, name)]),
    room,
  );
}

/** One getter that throws does not hide the other members. */
function readOr(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name);
  } catch {
    return '[cannot be read]';
  }
}

function* firstOf<T>(items: Iterable<T>): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (count++ >= maxMembers) return;
    yield item;
  }
}

function object(entries: readonly (readonly [string, unknown])[], room: Room): PlainObject {
  const copy: Record<string, Plain> = {};
  for (const [name, item] of entries) {
    if (room.chars <= 0) break;
    const key = name.slice(0, 200);
    room.chars -= key.length;
    const shown = isSecretName(name) && item !== undefined && item !== null ? redacted : copied(item, room);
    // `__proto__` as a name would set the prototype instead of a member.
    if (shown !== undefined && key !== '__proto__') copy[key] = shown;
  }
  return copy;
}
