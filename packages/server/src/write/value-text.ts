import { attributeWidth, readAttribute, valueKind, type ReadValue } from '../decode/attributes.js';
import { Int32List } from '../decode/int32-list.js';
import { WireReader } from '../decode/wire-reader.js';
import { role } from '../enrich/attribute-roles.js';
import type { Scrubber } from '../enrich/scrub/scrubber.js';
import { redactUrl } from '../enrich/secrets.js';
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

/** Strings come as they are; what is inside lists and maps is scrubbed here, since their names and texts are told apart only here. */
export function valueText(body: Uint8Array, kind: number, at: number, length: number, scrubber: Scrubber): string {
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
      return cut(arrayJson(body, at, at + length, { left: maxTextBytes, scrubber }, 0));
    case valueKind.map:
      return cut(mapJson(body, at, at + length, { left: maxTextBytes, scrubber }));
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

interface Budget {
  /** How many more characters of JSON are worth writing: all of it is cut at `maxTextBytes` anyway. */
  left: number;
  readonly scrubber: Scrubber;
}

/** JSON of a value under a name with this role. Numbers that JSON has no word for are strings, bytes are base64. Integers keep all their digits. */
/** JSON of a value, or what a rule makes of its text. */
function json(body: Uint8Array, value: ReadValue, budget: Budget, itsRole: number): string {
  const text = plainJson(body, value, budget, itsRole);
  const { kind } = value;
  const isScalar = kind === valueKind.int || kind === valueKind.double || kind === valueKind.bool;
  if (itsRole >>> role.rulesShift === 0 || !isScalar) return text;
  const clean = budget.scrubber.text(text, itsRole);
  return clean === text ? text : JSON.stringify(clean ?? null);
}

function plainJson(body: Uint8Array, { kind, at, length }: ReadValue, budget: Budget, itsRole: number): string {
  switch (kind) {
    case valueKind.string:
      return JSON.stringify(
        scrubbedText(utf8(body, at, Math.min(length, maxTextBytes)), itsRole, budget.scrubber) ?? null,
      );
    case valueKind.int: {
      const text = integerText(body, at, length);
      const clean = text.length < shortestLongNumber ? text : budget.scrubber.text(text, itsRole);
      return clean === text ? text : JSON.stringify(clean ?? null);
    }
    case valueKind.double: {
      const value = readDouble(body, at);
      return Number.isFinite(value) ? doubleText(body, at) : JSON.stringify(String(value));
    }
    case valueKind.bool:
      return isTrue(body, at, length) ? 'true' : 'false';
    case valueKind.bytes:
      return JSON.stringify(base64(body, at, Math.min(length, maxTextBytes)));
    case valueKind.array:
      return arrayJson(body, at, at + length, budget, itsRole);
    case valueKind.map:
      return mapJson(body, at, at + length, budget);
    default:
      return 'null';
  }
}

function arrayJson(body: Uint8Array, at: number, end: number, budget: Budget, itsRole: number): string {
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
    const text = json(body, checkedValue(wire, itemEnd), budget, itsRole);
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
    const itsRole = budget.scrubber.roleOf(key);
    const isHidden = (itsRole & role.secret) !== 0 && itsRole >>> role.rulesShift === 0 && !isPlain(value.kind);
    const text = isHidden ? JSON.stringify(budget.scrubber.secret()) : json(body, value, budget, itsRole);
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

/** What no secret is written in. */
const isPlain = (kind: number): boolean => kind === valueKind.bool || kind === valueKind.empty;

/** Shorter numbers are no card numbers. */
export const shortestLongNumber = 13;

/** A text under a name with this role as it is stored; undefined when a rule drops it. Secrets by name were seen to before. */
export function scrubbedText(text: string, itsRole: number, scrubber: Scrubber): string | undefined {
  if ((itsRole & role.statement) !== 0) return statementShape(text, '').text;
  if ((itsRole & role.parameter) !== 0) return '?';
  return scrubber.text((itsRole & role.url) === 0 ? text : redactUrl(text, (itsRole & role.query) !== 0), itsRole);
}

const list = new Int32List();

/**
 * The attributes of the message from `at` to `end`, where `tag` is the tag of its repeated KeyValue field. Secrets are scrubbed; of two with the
 * same key the last one stays, since a map can hold only one.
 */
export function attributesOf(
  body: Uint8Array,
  at: number,
  end: number,
  tag: number,
  scrubber: Scrubber,
): readonly Attribute[] {
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
    const attribute = attributeAt(body, list.data, 0, scrubber);
    if (attribute === undefined) continue;
    attributes.delete(attribute.key);
    attributes.set(attribute.key, attribute);
  }
  return [...attributes.values()];
}

/** Attribute number `index` of columns as in `decode/attributes.ts`, scrubbed; undefined when a rule drops it. */
export function attributeAt(
  body: Uint8Array,
  columns: Int32Array,
  index: number,
  scrubber: Scrubber,
): Attribute | undefined {
  const at = index * attributeWidth;
  const keyLengthAndKind = columns[at + 1]!;
  const kind = keyLengthAndKind & 7;
  const key = utf8(body, columns[at]!, keyLengthAndKind >>> 3);
  const value = scrubbedValue(body, kind, columns[at + 2]!, columns[at + 3]!, scrubber.roleOf(key), scrubber);
  return value === undefined ? undefined : { key, ...value };
}

/** A value under a name with this role as it is stored, and the letter of its type; undefined when a rule drops it. */
export function scrubbedValue(
  body: Uint8Array,
  kind: number,
  at: number,
  length: number,
  itsRole: number,
  scrubber: Scrubber,
): { readonly type: string; readonly text: string } | undefined {
  const hasRules = itsRole >>> role.rulesShift !== 0;
  if ((itsRole & role.secret) !== 0 && !hasRules && !isPlain(kind)) return { type: 's', text: scrubber.secret() };
  if ((itsRole & role.parameter) !== 0) return { type: 's', text: '?' };
  const text = valueText(body, kind, at, length, scrubber);
  const type = kindLetters.charAt(kind);
  if (kind === valueKind.string) {
    const clean = scrubbedText(text, itsRole, scrubber);
    return clean === undefined ? undefined : { type, text: clean };
  }
  const isLongNumber = kind === valueKind.int && text.length >= shortestLongNumber;
  if (!hasRules && !isLongNumber) return { type, text };
  const clean = scrubber.text(text, itsRole);
  return clean === undefined ? undefined : { type: clean === text ? type : 's', text: clean };
}
