import { attributeWidth, readAttribute, valueKind, type ReadValue } from '../decode/attributes.js';
import { Int32List } from '../decode/int32-list.js';
import { WireReader } from '../decode/wire-reader.js';
import { role, roleOf } from '../enrich/attribute-roles.js';
import { redactUrl, redacted } from '../enrich/secrets.js';
import { statementShape } from '../enrich/statement/statement.js';
import { maxTextBytes, shortened } from './text-column.js';

/**
 * Attribute values as text, as the tables keep them (docs/adr/0004). This is the plain way, for what is rare or cached: resources, scopes, events,
 * links, nested values. The attributes of spans and logs take the short way in `attribute-columns.ts`. All positions were checked by the decoder.
 */

/** One letter per `valueKind`, as in the column `attr_types`. */
export const kindLetters = 'sidbyame';

export interface Attribute {
  readonly key: string;
  /** One of `kindLetters`. */
  readonly type: string;
  readonly text: string;
}

export function valueText(body: Uint8Array, kind: number, at: number, length: number): string {
  switch (kind) {
    case valueKind.string:
      return length > maxTextBytes ? shortened(body, at, length, maxTextBytes) : utf8(body, at, length);
    case valueKind.int:
      return integerText(body, at, length);
    case valueKind.double:
      return doubleText(body, at);
    case valueKind.bool:
      return isTrue(body, at, length) ? 'true' : 'false';
    case valueKind.bytes:
      return cut(base64(body, at, Math.min(length, maxTextBytes)));
    case valueKind.array:
      return cut(arrayJson(body, at, at + length, { left: maxTextBytes }));
    case valueKind.map:
      return cut(mapJson(body, at, at + length, { left: maxTextBytes }));
    default:
      return '';
  }
}

function utf8(body: Uint8Array, at: number, length: number): string {
  return Buffer.from(body.buffer, body.byteOffset + at, length).toString();
}

function base64(body: Uint8Array, at: number, length: number): string {
  return Buffer.from(body.buffer, body.byteOffset + at, length).toString('base64');
}

function cut(text: string): string {
  if (text.length * 3 <= maxTextBytes) return text;
  const bytes = Buffer.from(text);
  return bytes.length > maxTextBytes ? shortened(bytes, 0, bytes.length, maxTextBytes) : text;
}

/** A varint of 64 bits as a signed number in decimal, exact. */
function integerText(body: Uint8Array, at: number, length: number): string {
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 7n) | BigInt(body[at + i]! & 127);
  return BigInt.asIntN(64, value).toString();
}

/** The shortest text that gives the same number back; also `NaN`, `Infinity`, `-Infinity` and `-0`. */
function doubleText(body: Uint8Array, at: number): string {
  const value = readDouble(body, at);
  return Object.is(value, -0) ? '-0' : String(value);
}

export function readDouble(body: Uint8Array, at: number): number {
  return new DataView(body.buffer, body.byteOffset + at, 8).getFloat64(0, true);
}

function isTrue(body: Uint8Array, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if ((body[at + i]! & 127) !== 0) return true;
  return false;
}

/** How many more characters of JSON are worth writing: all of it is cut at `maxTextBytes` anyway. */
interface Budget {
  left: number;
}

/** JSON of a value. Numbers that JSON has no word for are strings, bytes are base64. Integers keep all their digits. */
function json(body: Uint8Array, { kind, at, length }: ReadValue, budget: Budget): string {
  switch (kind) {
    case valueKind.string:
      return JSON.stringify(utf8(body, at, Math.min(length, maxTextBytes)));
    case valueKind.int:
      return integerText(body, at, length);
    case valueKind.double: {
      const value = readDouble(body, at);
      return Number.isFinite(value) ? doubleText(body, at) : JSON.stringify(String(value));
    }
    case valueKind.bool:
      return isTrue(body, at, length) ? 'true' : 'false';
    case valueKind.bytes:
      return JSON.stringify(base64(body, at, Math.min(length, maxTextBytes)));
    case valueKind.array:
      return arrayJson(body, at, at + length, budget);
    case valueKind.map:
      return mapJson(body, at, at + length, budget);
    default:
      return 'null';
  }
}

function arrayJson(body: Uint8Array, at: number, end: number, budget: Budget): string {
  const parts: string[] = [];
  const wire = new WireReader(body);
  wire.at = at;
  while (wire.at < end && budget.left > 0) {
    const tag = wire.varint(end);
    if (tag !== 10) {
      wire.skip(tag, 0, end);
      continue;
    }
    const itemEnd = wire.length(end) + wire.at;
    const text = json(body, checkedValue(wire, itemEnd), budget);
    budget.left -= text.length + 1;
    parts.push(text);
  }
  return `[${parts.join(',')}]`;
}

function mapJson(body: Uint8Array, at: number, end: number, budget: Budget): string {
  const members = new Map<string, string>();
  const wire = new WireReader(body);
  wire.at = at;
  while (wire.at < end && budget.left > 0) {
    const tag = wire.varint(end);
    if (tag !== 10) {
      wire.skip(tag, 0, end);
      continue;
    }
    const entryEnd = wire.length(end) + wire.at;
    let key = '';
    let value: ReadValue = { kind: valueKind.empty, at: 0, length: 0 };
    while (wire.at < entryEnd) {
      const tag = wire.varint(entryEnd);
      if (tag !== 10 && tag !== 18) {
        wire.skip(tag, 0, entryEnd);
        continue;
      }
      const length = wire.length(entryEnd);
      if (tag === 10) {
        key = utf8(body, wire.at, Math.min(length, maxTextBytes));
        wire.at += length;
      } else value = checkedValue(wire, wire.at + length);
    }
    const text = scrubbedJson(key, json(body, value, budget), value.kind);
    budget.left -= key.length + text.length + 4;
    members.delete(key);
    members.set(key, text);
  }
  return `{${[...members].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}

/** Reads an AnyValue up to `end` without looking into what is nested in it: the decoder did. */
function checkedValue(wire: WireReader, end: number): ReadValue {
  const value: ReadValue = { kind: valueKind.empty, at: 0, length: 0 };
  while (wire.at < end) {
    const tag = wire.varint(end);
    const kind = kindOfTag.get(tag);
    if (kind === undefined) {
      wire.skip(tag, 0, end);
      continue;
    }
    const length = (tag & 7) === 2 ? wire.length(end) : 0;
    value.kind = kind;
    value.at = wire.at;
    if ((tag & 7) === 0) wire.varint(end);
    else wire.at += (tag & 7) === 1 ? 8 : length;
    value.length = wire.at - value.at;
  }
  return value;
}

const kindOfTag: ReadonlyMap<number, number> = new Map([
  [10, valueKind.string],
  [16, valueKind.bool],
  [24, valueKind.int],
  [33, valueKind.double],
  [42, valueKind.array],
  [50, valueKind.map],
  [58, valueKind.bytes],
]);

function scrubbedJson(key: string, value: string, kind: number): string {
  const itsRole = roleOf(key);
  if ((itsRole & role.secret) !== 0 && kind !== valueKind.bool && kind !== valueKind.empty)
    return JSON.stringify(redacted);
  if ((itsRole & (role.statement | role.parameter)) !== 0)
    return JSON.stringify(
      kind === valueKind.string && (itsRole & role.statement) !== 0
        ? statementShape(JSON.parse(value) as string, '').text
        : '?',
    );
  if ((itsRole & role.url) === 0 || kind !== valueKind.string) return value;
  // A JSON text in quotes parses to a string.
  return JSON.stringify(redactUrl(JSON.parse(value) as string, (itsRole & role.query) !== 0));
}

const list = new Int32List();

/**
 * The attributes of the message from `at` to `end`, where `tag` is the tag of its repeated KeyValue field. Secrets are scrubbed; of two with the
 * same key the last one stays, since a map can hold only one.
 */
export function attributesOf(body: Uint8Array, at: number, end: number, tag: number): readonly Attribute[] {
  const wire = new WireReader(body);
  wire.at = at;
  const attributes = new Map<string, Attribute>();
  while (wire.at < end) {
    const next = wire.varint(end);
    if (next !== tag) {
      wire.skip(next, 0, end);
      continue;
    }
    const attributeEnd = wire.length(end) + wire.at;
    list.clear();
    if (!readAttribute(wire, attributeEnd, list)) continue;
    const attribute = attributeAt(body, list.data, 0);
    attributes.delete(attribute.key);
    attributes.set(attribute.key, attribute);
  }
  return [...attributes.values()];
}

/** Attribute number `index` of columns as in `decode/attributes.ts`, scrubbed. */
export function attributeAt(body: Uint8Array, columns: Int32Array, index: number): Attribute {
  const at = index * attributeWidth;
  const keyLengthAndKind = columns[at + 1]!;
  const kind = keyLengthAndKind & 7;
  const key = utf8(body, columns[at]!, keyLengthAndKind >>> 3);
  const itsRole = roleOf(key);
  if ((itsRole & role.secret) !== 0 && kind !== valueKind.bool && kind !== valueKind.empty)
    return { key, type: 's', text: redacted };
  const text = valueText(body, kind, columns[at + 2]!, columns[at + 3]!);
  if ((itsRole & (role.statement | role.parameter)) !== 0)
    return {
      key,
      type: 's',
      text: kind === valueKind.string && (itsRole & role.statement) !== 0 ? statementShape(text, '').text : '?',
    };
  return {
    key,
    type: kindLetters.charAt(kind),
    text:
      (itsRole & role.url) !== 0 && kind === valueKind.string ? redactUrl(text, (itsRole & role.query) !== 0) : text,
  };
}
