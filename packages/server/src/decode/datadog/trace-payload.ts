import { BadInput } from '../../base/bad-input.js';
import { MsgpackReader, type MsgpackKind } from '../msgpack.js';
import { emptySpan, type DatadogSpan } from './datadog-span.js';

/**
 * The bodies of /v0.3, /v0.4 and /v0.5/traces: MessagePack. All are a list of chunks, a chunk being spans of one trace and one process.
 *
 *     0.3, 0.4:  [[{ service, name, resource, type, trace_id, span_id, parent_id, start, duration, error, meta, metrics, meta_struct, span_links, span_events }]]
 *     0.5:       [strings, [[[service, name, resource, trace_id, span_id, parent_id, start, duration, error, meta, metrics, type]]]], every text an index into strings
 */
export type TraceVersion = '0.3' | '0.4' | '0.5';

export interface ChunkReader {
  /** Called with each chunk that has a span. */
  chunk(spans: readonly DatadogSpan[]): void;
  /** Called for each span that is none. */
  rejected(reason: string): void;
}

/** Spans of one chunk that are held at a time. Tracers send a trace's first ten thousand at most. */
const maxSpansPerChunk = 100_000;
/** An input of a few bytes can name a long text of the table many times; what all of it may come to. */
const maxTextBytes = 64 << 20;

/** Reads a body; gives how many chunks it has. Throws `BadInput` when it is not one. */
export function readTraces(body: Uint8Array, version: TraceVersion, to: ChunkReader): number {
  if (body.length === 0) return 0;
  const reader = new MsgpackReader(body);
  let span: () => DatadogSpan | string;
  if (version === '0.5') {
    if (reader.array() !== 2) throw new BadInput('a body of /v0.5/traces is a table of strings and a list of traces');
    const table = new StringTable(reader, body.length);
    span = () => spanOfArray(reader, table);
  } else span = () => spanOfMap(reader);

  if (reader.nil()) return 0;
  const chunks = reader.array();
  for (let i = 0; i < chunks; i++) {
    if (reader.nil()) continue;
    const count = reader.array();
    const spans: DatadogSpan[] = [];
    for (let j = 0; j < count; j++) {
      const read = span();
      if (typeof read === 'string') to.rejected(read);
      else if (spans.length >= maxSpansPerChunk)
        to.rejected(`more than ${maxSpansPerChunk} spans of one trace in a request`);
      else spans.push(read);
    }
    if (spans.length > 0) to.chunk(spans);
  }
  return chunks;
}

/** A span, or why it is none; either way it is read to its end. */
function spanOfMap(reader: MsgpackReader): DatadogSpan | string {
  const kind = reader.kind();
  if (kind !== 'map') {
    reader.skip();
    return `a span is a map, not ${kind}`;
  }
  const span = emptySpan();
  let wrong = '';
  const count = reader.map();
  for (let i = 0; i < count; i++) {
    const key = reader.string();
    if (reader.nil()) continue;
    const found = reader.kind();
    if (fits(key, found)) setField(span, key, reader);
    else {
      if (fields.has(key)) wrong ||= `${key} of a span is ${found}, not ${fields.get(key)}`;
      reader.skip();
    }
  }
  return wrong || lacking(span) || span;
}

const fields: ReadonlyMap<string, MsgpackKind> = new Map([
  ['service', 'string'],
  ['name', 'string'],
  ['resource', 'string'],
  ['type', 'string'],
  ['trace_id', 'integer'],
  ['span_id', 'integer'],
  ['parent_id', 'integer'],
  ['start', 'integer'],
  ['duration', 'integer'],
  ['error', 'integer'],
  ['meta', 'map'],
  ['metrics', 'map'],
  ['meta_struct', 'map'],
  ['span_links', 'array'],
  ['span_events', 'array'],
]);

function fits(key: string, found: MsgpackKind): boolean {
  const wanted = fields.get(key);
  return wanted === found || (wanted === 'integer' && found === 'float') || (wanted === 'string' && found === 'bytes');
}

function setField(span: DatadogSpan, key: string, reader: MsgpackReader): void {
  switch (key) {
    case 'service':
    case 'name':
    case 'resource':
    case 'type':
      span[key] = reader.string();
      break;
    case 'trace_id':
      span.traceId = bits(reader);
      break;
    case 'span_id':
      span.spanId = bits(reader);
      break;
    case 'parent_id':
      span.parentId = bits(reader);
      break;
    case 'start':
      span.startNs = bits(reader);
      break;
    case 'duration':
      span.durationNs = bits(reader);
      break;
    case 'error':
      span.error = reader.number();
      break;
    case 'meta':
      span.meta = texts(reader);
      break;
    case 'metrics':
      span.metrics = numbers(reader);
      break;
    case 'meta_struct':
      span.metaStruct = structs(reader);
      break;
    case 'span_links':
    case 'span_events': {
      const list = reader.value();
      span[key === 'span_links' ? 'links' : 'events'] = Array.isArray(list) ? list : [];
      break;
    }
  }
}

/** Some tracers write integers as floats. */
function bits(reader: MsgpackReader): bigint {
  if (reader.kind() === 'integer') return reader.uint64();
  const value = reader.number();
  return Number.isFinite(value) ? BigInt.asUintN(64, BigInt(Math.round(value))) : 0n;
}

/** What is no text becomes it, so that a tag is never lost for its type. */
function texts(reader: MsgpackReader): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let left = reader.map(); left > 0; left--) {
    const key = reader.string();
    const kind = reader.kind();
    if (kind === 'string' || kind === 'bytes') found.set(key, reader.string());
    else if (kind === 'integer' || kind === 'float')
      found.set(key, String(kind === 'integer' ? reader.integer() : reader.number()));
    else if (kind === 'boolean') found.set(key, String(reader.boolean()));
    else reader.skip();
  }
  return found;
}

function numbers(reader: MsgpackReader): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (let left = reader.map(); left > 0; left--) {
    const key = reader.string();
    const kind = reader.kind();
    if (kind === 'integer' || kind === 'float') found.set(key, reader.number());
    else reader.skip();
  }
  return found;
}

function structs(reader: MsgpackReader): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (let left = reader.map(); left > 0; left--) {
    const key = reader.string();
    if (reader.kind() === 'bytes') found.set(key, reader.bytes());
    else reader.skip();
  }
  return found;
}

function lacking(span: DatadogSpan): string {
  if (span.traceId === 0n) return 'a span without trace_id';
  return span.spanId === 0n ? 'a span without span_id' : '';
}

/** The table of a 0.5 body. */
class StringTable {
  readonly #texts: string[] = [];
  readonly #reader: MsgpackReader;
  #left: number;

  constructor(reader: MsgpackReader, bodyBytes: number) {
    this.#reader = reader;
    this.#left = Math.max(maxTextBytes, bodyBytes * 8);
    const count = reader.array();
    for (let i = 0; i < count; i++) this.#texts.push(reader.nil() ? '' : reader.string());
  }

  /** The text whose index comes next. Throws `BadInput` when there is none, or when a few bytes name too much of it. */
  next(): string {
    const index = this.#reader.integer();
    const text = this.#texts[Number(index)];
    if (text === undefined) throw new BadInput(`string ${index} is not in the table, which has ${this.#texts.length}`);
    this.#left -= text.length;
    if (this.#left < 0) throw new BadInput('the strings of the table are used too often; send fewer spans at a time');
    return text;
  }
}

const spanOfArrayLength = 12;

function spanOfArray(reader: MsgpackReader, table: StringTable): DatadogSpan | string {
  const length = reader.kind() === 'array' ? reader.array() : -1;
  if (length !== spanOfArrayLength)
    throw new BadInput(`a span of /v0.5/traces is a list of ${spanOfArrayLength} values`);
  const span = emptySpan();
  span.service = table.next();
  span.name = table.next();
  span.resource = table.next();
  span.traceId = bits(reader);
  span.spanId = bits(reader);
  span.parentId = bits(reader);
  span.startNs = bits(reader);
  span.durationNs = bits(reader);
  span.error = reader.number();
  const meta = new Map<string, string>();
  for (let left = reader.map(); left > 0; left--) {
    const key = table.next();
    meta.set(key, table.next());
  }
  span.meta = meta;
  const metrics = new Map<string, number>();
  for (let left = reader.map(); left > 0; left--) {
    const key = table.next();
    metrics.set(key, reader.number());
  }
  span.metrics = metrics;
  span.type = table.next();
  return lacking(span) || span;
}
