import { attributeWidth, checkAttribute, maxAttributes, readAttribute } from './attributes.js';
import type { Batch } from './batch.js';
import { readEnvelope, type Envelope } from './envelope.js';
import { Int32List } from './int32-list.js';
import { fixed64Ms, isZero } from './fixed64.js';
import { WireReader, fields } from './wire-reader.js';

/**
 * Spans as columns of positions in `body`: `spanWidth` integers per span in `spans`, named by `spanField`. Nothing is copied or turned into
 * text here; the block builder does that once, straight into the block. Everything the positions lead to has been checked.
 */
export interface SpanBatch extends Batch, Envelope {
  readonly signal: 'traces';
  readonly body: Uint8Array;
  readonly spans: Int32Array;
  /** See `attributes.ts`. */
  readonly attributes: Int32Array;
  /** First byte and length of Event messages, in order of spans. */
  readonly events: Int32Array;
  /** The same for Link messages. */
  readonly links: Int32Array;
}

/** Positions are -1 when absent. `attributes`, `events` and `links` count from the span's first entry in those columns. */
export const spanField = {
  resource: 0,
  scope: 1,
  traceIdAt: 2,
  spanIdAt: 3,
  parentSpanIdAt: 4,
  startAt: 5,
  endAt: 6,
  nameAt: 7,
  nameLength: 8,
  kind: 9,
  statusCode: 10,
  statusMessageAt: 11,
  statusMessageLength: 12,
  traceStateAt: 13,
  traceStateLength: 14,
  firstAttribute: 15,
  attributes: 16,
  droppedAttributes: 17,
  firstEvent: 18,
  events: 19,
  firstLink: 20,
  links: 21,
} as const;

export const spanWidth = 22;

/** Events or links kept per span. */
const maxEvents = 1000;

const knownSpan = fields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15);
const knownEvent = fields(1, 2, 3);
const knownLink = fields(1, 2, 3, 4);
const knownStatus = fields(2, 3);

const spans = new Int32List();
const attributes = new Int32List();
const events = new Int32List();
const links = new Int32List();

/** Reads an ExportTraceServiceRequest. Throws `BadInput` when it is not one. */
export function decodeTraces(body: Uint8Array): SpanBatch {
  for (const list of [spans, attributes, events, links]) list.clear();
  const wire = new WireReader(body);
  let rejected = 0;
  let newestMs = 0;
  const envelope = readEnvelope(wire, (end, resource, scope) => {
    const at = readSpan(wire, end, resource, scope);
    const { data } = spans;
    if (data[at + spanField.traceIdAt] === -1 || data[at + spanField.spanIdAt] === -1) {
      rejected++;
      attributes.length = data[at + spanField.firstAttribute]! * attributeWidth;
      events.length = data[at + spanField.firstEvent]! * 2;
      links.length = data[at + spanField.firstLink]! * 2;
      spans.length = at;
      return;
    }
    const endMs = fixed64Ms(body, data[at + spanField.endAt]!);
    if (endMs > newestMs) newestMs = endMs;
  });
  return {
    signal: 'traces',
    items: spans.length / spanWidth,
    rejected,
    rejectedReason: rejected === 0 ? '' : 'a span needs a trace id of 16 bytes and a span id of 8 bytes, not all zero',
    service: '',
    newestMs: newestMs === 0 ? undefined : newestMs,
    body,
    ...envelope,
    spans: spans.take(),
    attributes: attributes.take(),
    events: events.take(),
    links: links.take(),
  };
}

/** Appends a span to the columns and returns where its fields begin. */
function readSpan(wire: WireReader, end: number, resource: number, scope: number): number {
  const { bytes } = wire;
  const at = spans.extend(spanWidth);
  const span = spans.data;
  const firstAttribute = attributes.length / attributeWidth;
  const firstEvent = events.length / 2;
  const firstLink = links.length / 2;
  let traceIdAt = -1;
  let spanIdAt = -1;
  let parentSpanIdAt = -1;
  let startAt = -1;
  let endAt = -1;
  let nameAt = 0;
  let nameLength = 0;
  let kind = 0;
  let traceStateAt = 0;
  let traceStateLength = 0;
  let attributeCount = 0;
  let dropped = 0;
  span[at + spanField.statusCode] = 0;
  span[at + spanField.statusMessageAt] = 0;
  span[at + spanField.statusMessageLength] = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 74: {
        const attributeEnd = wire.length(end) + wire.at;
        if (attributeCount >= maxAttributes) {
          checkAttribute(wire, attributeEnd);
          dropped++;
        } else if (readAttribute(wire, attributeEnd, attributes)) attributeCount++;
        else dropped++;
        break;
      }
      case 10: {
        const length = wire.length(end);
        traceIdAt = length === 16 && !isZero(bytes, wire.at, 16) ? wire.at : -1;
        wire.at += length;
        break;
      }
      case 18: {
        const length = wire.length(end);
        spanIdAt = length === 8 && !isZero(bytes, wire.at, 8) ? wire.at : -1;
        wire.at += length;
        break;
      }
      case 26:
        traceStateLength = wire.length(end);
        traceStateAt = wire.at;
        wire.at += traceStateLength;
        break;
      case 34: {
        const length = wire.length(end);
        parentSpanIdAt = length === 8 ? wire.at : -1;
        wire.at += length;
        break;
      }
      case 42:
        nameLength = wire.length(end);
        nameAt = wire.at;
        wire.at += nameLength;
        break;
      case 48:
        kind = wire.varint(end);
        break;
      case 57:
        startAt = wire.fixed(8, end);
        break;
      case 65:
        endAt = wire.fixed(8, end);
        break;
      case 80:
        dropped += wire.varint(end);
        break;
      case 90:
        readEvent(wire, end);
        break;
      case 106:
        readLink(wire, end);
        break;
      case 122: {
        const statusEnd = wire.length(end) + wire.at;
        readStatus(wire, statusEnd, span, at);
        break;
      }
      default:
        wire.skip(tag, knownSpan, end);
    }
  }
  span[at + spanField.resource] = resource;
  span[at + spanField.scope] = scope;
  span[at + spanField.traceIdAt] = traceIdAt;
  span[at + spanField.spanIdAt] = spanIdAt;
  span[at + spanField.parentSpanIdAt] = parentSpanIdAt;
  span[at + spanField.startAt] = startAt;
  span[at + spanField.endAt] = endAt;
  span[at + spanField.nameAt] = nameAt;
  span[at + spanField.nameLength] = nameLength;
  span[at + spanField.kind] = kind <= 5 ? kind : 0;
  span[at + spanField.traceStateAt] = traceStateAt;
  span[at + spanField.traceStateLength] = traceStateLength;
  span[at + spanField.firstAttribute] = firstAttribute;
  span[at + spanField.attributes] = attributeCount;
  span[at + spanField.droppedAttributes] = Math.min(dropped, 0x7fffffff);
  span[at + spanField.firstEvent] = firstEvent;
  span[at + spanField.events] = events.length / 2 - firstEvent;
  span[at + spanField.firstLink] = firstLink;
  span[at + spanField.links] = links.length / 2 - firstLink;
  if (events.length / 2 - firstEvent > maxEvents) trimTo(events, span, at + spanField.events, firstEvent);
  if (links.length / 2 - firstLink > maxEvents) trimTo(links, span, at + spanField.links, firstLink);
  return at;
}

function trimTo(list: Int32List, span: Int32Array, countAt: number, first: number): void {
  list.length = (first + maxEvents) * 2;
  span[countAt] = maxEvents;
}

function readStatus(wire: WireReader, end: number, span: Int32Array, at: number): void {
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 18) {
      const length = wire.length(end);
      span[at + spanField.statusMessageAt] = wire.at;
      span[at + spanField.statusMessageLength] = length;
      wire.at += length;
    } else if (tag === 24) {
      const code = wire.varint(end);
      span[at + spanField.statusCode] = code <= 2 ? code : 0;
    } else wire.skip(tag, knownStatus, end);
  }
}

function append(list: Int32List, messageAt: number, length: number): void {
  const at = list.extend(2);
  list.data[at] = messageAt;
  list.data[at + 1] = length;
}

function readEvent(wire: WireReader, spanEnd: number): void {
  const length = wire.length(spanEnd);
  const end = wire.at + length;
  append(events, wire.at, length);
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 9) wire.fixed(8, end);
    else if (tag === 18) wire.passOver(end);
    else if (tag === 26) {
      const attributeLength = wire.length(end);
      checkAttribute(wire, wire.at + attributeLength);
    } else wire.skip(tag, knownEvent, end);
  }
}

function readLink(wire: WireReader, spanEnd: number): void {
  const length = wire.length(spanEnd);
  const end = wire.at + length;
  append(links, wire.at, length);
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10 || tag === 18 || tag === 26) wire.passOver(end);
    else if (tag === 34) {
      const attributeLength = wire.length(end);
      checkAttribute(wire, wire.at + attributeLength);
    } else wire.skip(tag, knownLink, end);
  }
}
