import { MsgpackWriter } from './msgpack-writer.js';
import { type OtlpAttributes, type OtlpSpan, type OtlpValue, readSpans } from './otlp-reader.js';

const kinds = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

/** Tags that Datadog's pages look for under another name than OpenTelemetry's. */
const tagNames: ReadonlyMap<string, string> = new Map([
  ['http.request.method', 'http.method'],
  ['http.response.status_code', 'http.status_code'],
  ['url.full', 'http.url'],
  ['user_agent.original', 'http.useragent'],
  ['db.system.name', 'db.system'],
  ['db.namespace', 'db.name'],
  ['db.operation.name', 'db.operation'],
  ['db.collection.name', 'db.sql.table'],
  ['db.response.returned_rows', 'db.row_count'],
  ['server.address', 'out.host'],
]);

/**
 * Spans as the trace API of Datadog's agent takes them (`PUT /v0.4/traces`): a list of traces, each a list of spans
 * (https://docs.datadoghq.com/tracing/guide/send_traces_to_agent_by_api/). Ids there have 64 bits; the upper half of a trace's is the tag `_dd.p.tid`.
 */
export function datadogTraces(body: Buffer): { readonly body: Buffer; readonly traces: number } {
  const { resource, items } = readSpans(body);
  const traces = new Map<string, OtlpSpan[]>();
  for (const span of items) {
    const spans = traces.get(span.traceId);
    if (spans === undefined) traces.set(span.traceId, [span]);
    else spans.push(span);
  }
  const out = new MsgpackWriter();
  out.array(traces.size);
  for (const spans of traces.values()) {
    out.array(spans.length);
    for (const span of spans) writeSpan(out, span, resource);
  }
  return { body: out.take(), traces: traces.size };
}

function writeSpan(out: MsgpackWriter, span: OtlpSpan, resource: OtlpAttributes): void {
  const { meta, metrics } = tagsOf(span, resource);
  const text = (name: string): string => plainText(span.attributes.get(name)) ?? '';
  const fields: readonly (readonly [string, () => void])[] = [
    ['trace_id', () => out.unsigned64(half(span.traceId.slice(16)))],
    ['span_id', () => out.unsigned64(half(span.spanId))],
    ['parent_id', () => out.unsigned64(half(span.parentId))],
    ['name', () => out.text(operationOf(span, text))],
    ['resource', () => out.text(text('db.query.text') || span.name)],
    ['service', () => out.text(plainText(resource.get('service.name')) ?? 'unknown')],
    ['type', () => out.text(typeOf(span, text))],
    ['start', () => out.signed64(span.startNs)],
    ['duration', () => out.signed64(span.endNs > span.startNs ? span.endNs - span.startNs : 0n)],
    ['error', () => out.signed64(span.isError ? 1n : 0n)],
    ['meta', () => writeMap(out, meta, value => out.text(value))],
    ['metrics', () => writeMap(out, metrics, value => out.double(value))],
  ];
  out.map(fields.length);
  for (const [name, write] of fields) {
    out.text(name);
    write();
  }
}

function writeMap<Value>(out: MsgpackWriter, map: ReadonlyMap<string, Value>, write: (value: Value) => void): void {
  out.map(map.size);
  for (const [name, value] of map) {
    out.text(name);
    write(value);
  }
}

function tagsOf(
  span: OtlpSpan,
  resource: OtlpAttributes,
): { readonly meta: ReadonlyMap<string, string>; readonly metrics: ReadonlyMap<string, number> } {
  const meta = new Map<string, string>([
    ['language', 'javascript'],
    ['span.kind', kinds[span.kind] ?? 'internal'],
    ['_dd.p.tid', span.traceId.slice(0, 16)],
  ]);
  const metrics = new Map<string, number>([['_sampling_priority_v1', 1]]);
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') meta.set(name, value);
  };
  put('env', plainText(resource.get('deployment.environment.name')));
  put('version', plainText(resource.get('service.version')));
  put('runtime-id', plainText(resource.get('service.instance.id')));
  put('_dd.git.commit.sha', plainText(resource.get('vcs.ref.head.revision')));
  put('w3c.tracestate', span.traceState);
  for (const [key, value] of span.attributes) {
    const name = tagNames.get(key) ?? key;
    // A status is text there.
    if (typeof value === 'number' && name !== 'http.status_code') metrics.set(name, value);
    else put(name, plainText(value));
  }
  if (!meta.has('http.url')) put('http.url', serverUrl(span));
  const pid = resource.get('process.pid');
  if (typeof pid === 'number') metrics.set('process_id', pid);
  const thrown = span.events.find(event => event.name === 'exception')?.attributes;
  if (span.isError) {
    put('error.message', plainText(thrown?.get('exception.message')) ?? span.statusMessage);
    put('error.type', plainText(thrown?.get('exception.type')) ?? plainText(span.attributes.get('error.type')));
    put('error.stack', plainText(thrown?.get('exception.stacktrace')));
  }
  const others = span.events.filter(event => !(span.isError && event.attributes === thrown));
  if (others.length > 0)
    put(
      'events',
      JSON.stringify(
        others.map(({ name, timeNs, attributes }) => ({
          name,
          time_unix_nano: Number(timeNs),
          attributes: Object.fromEntries(attributes),
        })),
      ),
    );
  if (span.links.length > 0)
    put(
      '_dd.span_links',
      JSON.stringify(
        span.links.map(({ traceId, spanId, attributes }) => ({
          trace_id: traceId,
          span_id: spanId,
          attributes: Object.fromEntries([...attributes].map(([key, value]) => [key, plainText(value) ?? ''])),
        })),
      ),
    );
  return { meta, metrics };
}

/** Of an incoming request, whose parts OpenTelemetry has as attributes of their own. */
function serverUrl({ attributes }: OtlpSpan): string | undefined {
  const text = (name: string): string => plainText(attributes.get(name)) ?? '';
  const [path, query, address, port] = ['url.path', 'url.query', 'server.address', 'server.port'].map(text);
  if (path === undefined || path === '') return undefined;
  const origin = address === '' ? '' : `${text('url.scheme') || 'http'}://${address}${port === '' ? '' : `:${port}`}`;
  return `${origin}${path}${query === '' ? '' : `?${query}`}`;
}

/** Datadog's name for a kind of work: one of a few, the same for all routes and statements. */
function operationOf(span: OtlpSpan, text: (name: string) => string): string {
  if (text('db.system.name') !== '') return `${text('db.system.name')}.query`;
  if (text('messaging.system') !== '') return `${text('messaging.system')}.${span.kind === 4 ? 'send' : 'process'}`;
  if (text('rpc.system') !== '') return `grpc.${span.kind === 2 ? 'server' : 'client'}.request`;
  if (text('http.request.method') !== '') return `http.${span.kind === 2 ? 'server' : 'client'}.request`;
  return span.name;
}

function typeOf(span: OtlpSpan, text: (name: string) => string): string {
  const system = text('db.system.name');
  if (system === 'redis' || system === 'memcached' || system === 'mongodb') return system;
  if (system !== '') return 'sql';
  if (text('messaging.system') !== '') return 'queue';
  if (span.kind === 2) return 'web';
  return text('http.request.method') === '' ? 'custom' : 'http';
}

/** 16 hex digits as a number; an empty text is 0. */
function half(hex: string): bigint {
  return BigInt(`0x${hex === '' ? '0' : hex}`);
}

function plainText(value: OtlpValue): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
