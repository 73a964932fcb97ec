import { BadInput } from '../../base/bad-input.js';
import { MsgpackReader } from '../msgpack.js';
import { spanKind, statusCode, type EventItem, type SpanItem, type Value } from '../otlp-writer.js';
import type { DatadogSpan } from './datadog-span.js';
import { linksAndEvents } from './links-and-events.js';
import { valueOfMsgpack } from './msgpack-attribute.js';
import { tagAttribute, type TagAttribute } from './tag-attribute.js';
import { databases, systemsByWord } from './tag-names.js';

/** What holds for all spans of a chunk. */
export interface ChunkFacts {
  /** The upper 64 bits of the trace's id; 0 for one of 64 bits. */
  readonly traceIdHigh: bigint;
  /** The process's service. */
  readonly service: string;
}

/** The upper half of the chunk's trace id: 16 hex digits in one span's `_dd.p.tid`, mostly the first's. */
export function traceIdHighOf(spans: readonly DatadogSpan[]): bigint {
  for (const { meta } of spans) {
    const tid = meta.get('_dd.p.tid');
    if (tid !== undefined && /^[0-9a-f]{16}$/i.test(tid)) return BigInt(`0x${tid}`);
  }
  return 0n;
}

/** A span of a Datadog tracer, as one of OpenTelemetry's would have written it. */
export function otlpSpan(span: DatadogSpan, { traceIdHigh, service }: ChunkFacts): SpanItem {
  const { links, events, unread } = linksAndEvents(span);
  const kind = kindOf(span);
  const attributes = attributesOf(span, kind);
  if (span.service !== '' && span.service !== service) attributes.set('datadog.service', span.service);
  for (const [name, text] of unread) attributes.set(name, text);
  const endNs = span.startNs + (span.durationNs < 2n ** 63n ? span.durationNs : 0n);
  const isError = span.error !== 0;
  return {
    traceId: traceIdOf(traceIdHigh, span.traceId),
    spanId: id(span.spanId),
    parentSpanId: span.parentId === 0n ? undefined : id(span.parentId),
    traceState: span.meta.get('w3c.tracestate'),
    name: nameOf(span, kind, attributes),
    kind,
    startNs: span.startNs,
    endNs,
    attributes,
    statusCode: isError ? statusCode.error : statusCode.unset,
    statusMessage: isError ? errorMessage(span) : undefined,
    events: [...events, ...exceptionEvent(span, events, endNs)],
    links,
  };
}

function traceIdOf(high: bigint, low: bigint): Uint8Array {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeBigUInt64BE(high);
  bytes.writeBigUInt64BE(low, 8);
  return bytes;
}

function id(half: bigint): Uint8Array {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(half);
  return bytes;
}

/** Older tracers do not say it; then what the span is of does. */
function kindOf({ meta, type, parentId }: DatadogSpan): number {
  switch (meta.get('span.kind')) {
    case 'server':
      return spanKind.server;
    case 'client':
      return spanKind.client;
    case 'producer':
      return spanKind.producer;
    case 'consumer':
      return spanKind.consumer;
    case 'internal':
      return spanKind.internal;
  }
  if (type === 'web' && (parentId === 0n || meta.has('http.method'))) return spanKind.server;
  if (type === 'http' || databaseTypes.has(type)) return spanKind.client;
  return spanKind.internal;
}

const databaseTypes = new Set([
  'sql',
  'db',
  'redis',
  'valkey',
  'memcached',
  'mongodb',
  'cassandra',
  'elasticsearch',
  'opensearch',
  'cache',
]);

/** Types of spans whose resource is the statement itself. */
const statementTypes = new Set(['sql', 'db', 'cassandra']);

function attributesOf(span: DatadogSpan, kind: number): Map<string, Value> {
  const { meta, metrics, type } = span;
  const attributes = new Map<string, Value>();
  const set = (name: string, value: Value): void => {
    if (value !== undefined && !attributes.has(name)) attributes.set(name, value);
  };
  for (const [tag, text] of meta) {
    const to = tagAttribute(tag);
    if (to !== undefined && (text !== '' || to.name === tag)) set(to.name, textAs(to.as, text));
  }
  for (const [tag, number] of metrics) {
    const to = tagAttribute(tag);
    if (to !== undefined) set(to.name, numberAs(to.as, number));
  }
  for (const [name, bytes] of span.metaStruct) set(`datadog.${name.replace(/^_dd\./, '')}`, structValue(bytes));
  setUrl(meta.get('http.url'), kind, set);
  setSystem(span, set);
  if (span.error !== 0) set('error.type', meta.get('error.type') || failedStatus(attributes));

  if (
    statementTypes.has(type) &&
    span.resource !== '' &&
    span.resource !== span.name &&
    attributes.has('db.system.name')
  )
    set('db.query.text', span.resource);
  set('datadog.operation', span.name);
  if (type !== '') set('datadog.type', type);
  return attributes;
}

/** The status of an answer that made the span an error. */
function failedStatus(attributes: ReadonlyMap<string, Value>): string | undefined {
  const status = attributes.get('http.response.status_code');
  return typeof status === 'number' && status >= 400 ? String(status) : undefined;
}

function textAs(as: TagAttribute['as'], text: string): Value {
  switch (as) {
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'list of one':
      return [text];
    case 'list':
      return text.split(',');
    case 'lower case':
      return text.toLowerCase();
    default:
      return text;
  }
}

function numberAs(as: TagAttribute['as'], number: number): Value {
  if (as === 'flag') return number !== 0;
  return as === 'text' ? String(number) : number;
}

function structValue(bytes: Uint8Array): Value {
  try {
    return valueOfMsgpack(new MsgpackReader(bytes).value());
  } catch (error) {
    if (error instanceof BadInput) return bytes;
    throw error;
  }
}

/** A server's attributes name the parts of an URL, a client's the whole. */
function setUrl(text: string | undefined, kind: number, set: (name: string, value: Value) => void): void {
  if (text === undefined || text === '') return;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || kind !== spanKind.server) {
    set('url.full', text);
  } else {
    set('url.scheme', url.protocol.slice(0, -1));
    set('url.path', url.pathname);
    if (url.search !== '') set('url.query', url.search.slice(1));
  }
  if (url === undefined || url.hostname === '') return;
  set('server.address', url.hostname.replaceAll(/[[\]]/g, ''));
  const port = url.port || defaultPorts.get(url.protocol);
  if (port !== undefined) set('server.port', Number(port));
}

const defaultPorts: ReadonlyMap<string, string> = new Map([
  ['http:', '80'],
  ['https:', '443'],
]);

function setSystem({ meta, name, type }: DatadogSpan, set: (name: string, value: Value) => void): void {
  const said = meta.get('db.system') ?? meta.get('db.type');
  const component = meta.get('component') ?? '';
  const known = systemsByWord.get(component) ?? systemsByWord.get(name.split('.')[0] ?? '');
  if (said !== undefined && said !== '') set('db.system.name', databases.get(said.toLowerCase()) ?? said.toLowerCase());
  else if (known?.db !== undefined && databaseTypes.has(type)) set('db.system.name', known.db);
  if (
    known?.messaging !== undefined &&
    (type === 'queue' || type === 'worker' || type === 'message' || meta.has('kafka.topic'))
  )
    set('messaging.system', known.messaging);
}

/**
 * OpenTelemetry's rules for names: a server's is `GET /orders/:id`, a client's `GET`, a broker's `send orders`. A database's is its statement, which is stored under the
 * statement's short name. Any other span is called by its operation; its resource becomes an attribute.
 */
function nameOf(span: DatadogSpan, kind: number, attributes: Map<string, Value>): string {
  const { name, resource, type } = span;
  const text = (key: string): string => {
    const value = attributes.get(key);
    return typeof value === 'string' ? value : '';
  };
  if (text('rpc.method') !== '') return text('rpc.method').replace(/^\//, '');
  if (type === 'web' || attributes.has('http.request.method')) return resource || name;
  if (text('db.system.name') !== '') {
    if (text('db.query.text') !== '' && text('db.query.text') === resource) return resource;
    if (type === 'redis' || type === 'valkey' || type === 'memcached' || type === 'cache') return resource || name;
    const words = resource.split(' ', 2);
    if (type === 'mongodb' && words.length === 2) return words.join(' ');
  } else if (text('messaging.destination.name') !== '') {
    const operation = text('messaging.operation.name') || operations.get(kind);
    if (resource !== text('messaging.destination.name')) attributes.set('datadog.resource', resource);
    if (operation !== undefined) return `${operation} ${text('messaging.destination.name')}`;
  } else if (text('graphql.operation.type') !== '') {
    attributes.set('datadog.resource', resource);
    return `${text('graphql.operation.type')} ${text('graphql.operation.name')}`.trim();
  }
  if (resource !== '' && resource !== name && resource !== text('db.query.text'))
    attributes.set('datadog.resource', resource);
  return name || resource;
}

const operations: ReadonlyMap<number, string> = new Map([
  [spanKind.producer, 'send'],
  [spanKind.consumer, 'process'],
]);

function errorMessage({ meta }: DatadogSpan): string {
  return meta.get('error.message') ?? meta.get('error.msg') ?? '';
}

/** What was thrown, as OpenTelemetry records it; not when the application recorded it itself. */
function exceptionEvent(span: DatadogSpan, events: readonly EventItem[], endNs: bigint): readonly EventItem[] {
  const type = span.meta.get('error.type') ?? '';
  const stack = span.meta.get('error.stack') ?? '';
  const message = errorMessage(span);
  if (type === '' && stack === '' && message === '') return [];
  if (events.some(({ name }) => name === 'exception')) return [];
  const attributes: (readonly [string, Value])[] = [];
  if (type !== '') attributes.push(['exception.type', type]);
  if (message !== '') attributes.push(['exception.message', message]);
  if (stack !== '') attributes.push(['exception.stacktrace', stack]);
  return [{ name: 'exception', timeNs: endNs, attributes }];
}
