import { types } from 'node:util';
import type { Plain, PlainObject } from '../core/surroundings.js';
import { isSecretName, redacted, withoutSecrets } from './secrets.js';

const maxVariables = 20;
const maxMembers = 10;
const maxTextChars = 200;
const maxDepth = 2;
const maxNameChars = 100;

/**
 * A copy of local variables for an error's frame: twenty of them, two levels of members, without what secrets are called or look like, in at most `maxChars` characters. Nothing of the application
 * runs for it: no getter, no `toJSON`, no trap of a proxy. It never throws.
 */
export function localCopy(scope: object, maxChars: number): PlainObject {
  const room = { chars: maxChars };
  return members(scope, room, 0, maxVariables);
}

interface Room {
  chars: number;
}

function members(object: object, room: Room, depth: number, most: number): PlainObject {
  const copy: Record<string, Plain> = {};
  let count = 0;
  // Not `for … in`: a prototype may be a proxy.
  for (const name of Object.keys(object)) {
    if (count++ >= most || room.chars <= 0) {
      copy['…'] = 'more';
      break;
    }
    const key = name.slice(0, maxNameChars);
    if (key === '__proto__') continue;
    room.chars -= key.length;
    const value: unknown = Object.getOwnPropertyDescriptor(object, name)?.value;
    const isNamed = isSecretName(name) && value !== undefined && value !== null;
    copy[key] = isNamed ? redacted : shown(value, room, depth);
  }
  return copy;
}

function shown(value: unknown, room: Room, depth: number): Plain {
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
      return text(`${value.toString().slice(0, maxTextChars)}n`, room);
    case 'undefined':
      return '[undefined]';
    case 'function':
      return '[function]';
    case 'object':
      return value === null ? null : structure(value, room, depth);
    default:
      return '[symbol]';
  }
}

function text(value: string, room: Room): string {
  const cut = withoutSecrets(value.slice(0, maxTextChars));
  room.chars -= cut.length;
  return value.length > maxTextChars ? `${cut}…` : cut;
}

function structure(value: object, room: Room, depth: number): Plain {
  room.chars -= 2;
  if (types.isProxy(value)) return '[proxy]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (types.isDate(value)) return dateText(value);
  if (types.isNativeError(value)) return `[${className(value)}]`;
  if (types.isMap(value)) return `[${className(value)} of ${sizeOf(Map.prototype, value)}]`;
  if (types.isSet(value)) return `[${className(value)} of ${sizeOf(Set.prototype, value)}]`;
  if (types.isPromise(value)) return '[promise]';
  if (depth >= maxDepth) return Array.isArray(value) ? `[array of ${value.length}]` : `[${className(value)}]`;
  if (!Array.isArray(value)) return members(value, room, depth + 1, maxMembers);
  const items: Plain[] = [];
  for (let at = 0; at < Math.min(value.length, maxMembers) && room.chars > 0; at++) {
    const item: unknown = Object.getOwnPropertyDescriptor(value, at)?.value;
    items.push(shown(item, room, depth + 1));
  }
  if (items.length < value.length) items.push(`… ${value.length - items.length} more`);
  return items;
}

/** By the class' own getter: an application may have put its own over it. */
function sizeOf(prototype: object, value: object): number {
  return Number(Reflect.get(prototype, 'size', value));
}

function dateText(value: Date): string {
  const ms = Date.prototype.getTime.call(value);
  return Number.isNaN(ms) ? 'Invalid Date' : new Date(ms).toISOString();
}

/** The class, where it can be had without running anything. */
function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null || types.isProxy(prototype)) return 'object';
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof made !== 'function' || types.isProxy(made)) return 'object';
  const name: unknown = Object.getOwnPropertyDescriptor(made, 'name')?.value;
  return typeof name === 'string' && name !== '' ? name.slice(0, maxNameChars) : 'object';
}
