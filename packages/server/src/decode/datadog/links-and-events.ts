import { BadInput } from '../../base/bad-input.js';
import { valueOfMsgpack } from './msgpack-attribute.js';
import type { MsgpackValue } from '../msgpack.js';
import { listOf, membersOf, parseJson } from '../nested-json.js';
import { valueOfJson, type Attributes, type EventItem, type LinkItem, type Value } from '../otlp-writer.js';
import type { DatadogSpan } from './datadog-span.js';

/** A span's links and events, whichever way its tracer wrote them. What can not be read stays in `unread`, by the name of its attribute. */
export interface LinksAndEvents {
  readonly links: readonly LinkItem[];
  readonly events: readonly EventItem[];
  readonly unread: ReadonlyMap<string, string>;
}

const none: LinksAndEvents = { links: [], events: [], unread: new Map() };

export function linksAndEvents(span: DatadogSpan): LinksAndEvents {
  const { meta } = span;
  if (span.links.length === 0 && span.events.length === 0 && !meta.has('_dd.span_links') && !meta.has('events'))
    return none;
  const unread = new Map<string, string>();
  const fromJson = <Item>(tag: string, name: string, read: (item: unknown) => Item): readonly Item[] => {
    const text = meta.get(tag);
    if (text === undefined) return [];
    try {
      return listOf(parseJson(Buffer.from(text), '')).map(read);
    } catch (error) {
      // Tracers cut long tags short, in the middle of the JSON.
      if (!(error instanceof BadInput)) throw error;
      unread.set(name, text);
      return [];
    }
  };
  return {
    links: [...span.links.map(linkOfMsgpack), ...fromJson('_dd.span_links', 'datadog.span_links', linkOfJson)],
    events: [...span.events.map(eventOfMsgpack), ...fromJson('events', 'datadog.events', eventOfJson)],
    unread,
  };
}

/** `{ trace_id: 32 hex digits, span_id: 16, attributes, tracestate, flags }` */
function linkOfJson(json: unknown): LinkItem {
  const link = membersOf(json);
  return {
    traceId: hexId(link.get('trace_id'), 16),
    spanId: hexId(link.get('span_id'), 8),
    traceState: text(link.get('tracestate')),
    attributes: attributesOfJson(link.get('attributes')),
  };
}

/** `{ name, time_unix_nano, attributes }` */
function eventOfJson(json: unknown): EventItem {
  const event = membersOf(json);
  const time = event.get('time_unix_nano');
  return {
    name: text(event.get('name')),
    timeNs: typeof time === 'number' && time >= 0 && time < 2 ** 63 ? BigInt(Math.round(time)) : 0n,
    attributes: attributesOfJson(event.get('attributes')),
  };
}

/** `{ trace_id: u64, trace_id_high: u64, span_id: u64, attributes, tracestate, flags }` */
function linkOfMsgpack(value: MsgpackValue): LinkItem {
  const link = mapOf(value);
  const traceId = Buffer.alloc(16);
  traceId.writeBigUInt64BE(uint64(link.get('trace_id_high')), 0);
  traceId.writeBigUInt64BE(uint64(link.get('trace_id')), 8);
  const spanId = Buffer.alloc(8);
  spanId.writeBigUInt64BE(uint64(link.get('span_id')));
  return {
    traceId,
    spanId,
    traceState: text(link.get('tracestate')),
    attributes: [...mapOf(link.get('attributes'))].map(([name, value]) => [name, valueOfMsgpack(value)]),
  };
}

/** `{ name, time_unix_nano, attributes: { name: { type: 0 … 4, string_value | bool_value | int_value | double_value | array_value } } }` */
function eventOfMsgpack(value: MsgpackValue): EventItem {
  const event = mapOf(value);
  return {
    name: text(event.get('name')),
    timeNs: uint64(event.get('time_unix_nano')),
    attributes: [...mapOf(event.get('attributes'))].map(([name, value]) => [name, typedValue(value)]),
  };
}

const typedNames = ['string_value', 'bool_value', 'int_value', 'double_value'];

function typedValue(value: MsgpackValue): Value {
  const typed = mapOf(value);
  const list = mapOf(typed.get('array_value')).get('values');
  if (Array.isArray(list)) return list.map(member => plainTyped(mapOf(member)));
  return plainTyped(typed);
}

function plainTyped(typed: ReadonlyMap<string, MsgpackValue>): Value {
  for (const name of typedNames) {
    const value = typed.get(name);
    if (value === undefined || value === null) continue;
    return name === 'double_value' && typeof value === 'number' ? { double: value } : valueOfMsgpack(value);
  }
  return undefined;
}

function attributesOfJson(json: unknown): Attributes {
  return [...membersOf(json)].map(([name, value]) => [name, valueOfJson(value)]);
}

function mapOf(value: MsgpackValue | undefined): ReadonlyMap<string, MsgpackValue> {
  return value instanceof Map ? value : new Map();
}

function uint64(value: MsgpackValue | undefined): bigint {
  if (typeof value === 'bigint') return BigInt.asUintN(64, value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt.asUintN(64, BigInt(value)) : 0n;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An id of so many bytes; shorter ones have zeros before them, and what is none is all zeros. */
function hexId(value: unknown, bytes: number): Uint8Array {
  const hex = typeof value === 'string' && /^[0-9a-f]+$/i.test(value) ? value : '';
  return Buffer.from(hex.slice(-bytes * 2).padStart(bytes * 2, '0'), 'hex');
}
