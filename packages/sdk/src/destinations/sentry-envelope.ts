import {
  type OtlpAttributes,
  type OtlpLog,
  type OtlpSpan,
  type OtlpValue,
  readLogs,
  readSpans,
} from './otlp-reader.js';

type Json = Record<string, unknown>;

const sdk = { name: 'sentry.javascript.bellwether', version: '1.0.0' } as const;

/** Sentry takes no longer value of a tag. */
const maxTagChars = 200;
const maxTags = 100;

/**
 * Errors and messages as Sentry's envelopes, one each (https://develop.sentry.dev/sdk/foundations/envelopes/). Other log records are left out: they are not what people keep
 * Sentry for, and its quota is counted in events.
 */
export function sentryEvents(body: Buffer, publicKey: string): readonly Buffer[] {
  const { resource, items } = readLogs(body);
  return items.filter(isReport).map(log => {
    const event = eventOf(log, resource);
    const trace = log.traceId === '' ? {} : { trace: traceHeader(log.traceId, publicKey, resource) };
    return envelope({ event_id: event['event_id'], ...trace }, [[{ type: 'event' }, event]]);
  });
}

/** Spans as items of the second span protocol (https://develop.sentry.dev/sdk/telemetry/spans/span-protocol/), an envelope per trace. */
export function sentrySpans(body: Buffer, publicKey: string): readonly Buffer[] {
  const { resource, items } = readSpans(body);
  const traces = new Map<string, OtlpSpan[]>();
  for (const span of items) {
    const spans = traces.get(span.traceId);
    if (spans === undefined) traces.set(span.traceId, [span]);
    else spans.push(span);
  }
  return [...traces].map(([traceId, spans]) =>
    envelope({ trace: traceHeader(traceId, publicKey, resource) }, [
      [
        { type: 'span', item_count: spans.length, content_type: 'application/vnd.sentry.items.span.v2+json' },
        { version: 2, items: spans.map(span => spanOf(span, resource)) },
      ],
    ]),
  );
}

/** The dynamic sampling context (https://develop.sentry.dev/sdk/telemetry/traces/dynamic-sampling-context/), which spans are not taken without. */
function traceHeader(traceId: string, publicKey: string, resource: OtlpAttributes): Json {
  return { trace_id: traceId, public_key: publicKey, ...releaseFacts(resource) };
}

function isReport({ eventName, attributes }: OtlpLog): boolean {
  return (eventName === 'exception' || eventName === 'message') && attributes.has('sentry.event_id');
}

/** Without `sent_at`: what is sent again has to be the same to the byte, so that it is known. */
function envelope(header: Json, items: readonly (readonly [Json, Json])[]): Buffer {
  const lines = [JSON.stringify({ ...header, sdk })];
  for (const [itemHeader, payload] of items) {
    const text = JSON.stringify(payload);
    lines.push(JSON.stringify({ ...itemHeader, length: Buffer.byteLength(text) }), text);
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}

function eventOf(log: OtlpLog, resource: OtlpAttributes): Json {
  const { attributes } = log;
  const isException = log.eventName === 'exception';
  const contexts: Json = { runtime: { name: 'node', version: plain(resource.get('process.runtime.version')) } };
  if (log.traceId !== '') contexts['trace'] = { trace_id: log.traceId, span_id: log.spanId };
  const tags: Record<string, string> = {};
  const service = plain(resource.get('service.name'));
  if (service !== undefined) tags['service.name'] = service;
  const user: Json = {};
  const extra: Json = {};
  for (const [name, value] of attributes) {
    if (isPlaced(name)) continue;
    if (name.startsWith('user.')) user[name === 'user.name' ? 'username' : name.slice('user.'.length)] = value;
    else if (name.startsWith('sentry.extra.')) extra[name.slice('sentry.extra.'.length)] = value;
    else if (typeof value === 'object' || Object.keys(tags).length >= maxTags) extra[name] = value;
    else tags[name.replace(/^sentry\.tag\./, '')] = String(value).slice(0, maxTagChars);
  }
  const fingerprint = attributes.get('sentry.fingerprint');
  const route = plain(attributes.get('http.route'));
  const method = plain(attributes.get('http.request.method'));
  return {
    event_id: attributes.get('sentry.event_id'),
    timestamp: Number(log.timeNs / 1_000_000n) / 1000,
    platform: 'node',
    level: log.severityText === '' ? undefined : log.severityText.toLowerCase(),
    ...releaseFacts(resource),
    server_name: plain(resource.get('host.name')),
    ...(isException ? { exception: { values: exceptionsOf(attributes) } } : { message: plain(log.body) }),
    ...(route === undefined
      ? {}
      : { transaction: method === undefined ? route : `${method} ${route}`, transaction_info: { source: 'route' } }),
    ...(Array.isArray(fingerprint) ? { fingerprint } : {}),
    ...(Object.keys(user).length === 0 ? {} : { user }),
    request: requestOf(attributes),
    breadcrumbs: parsed(attributes.get('sentry.breadcrumbs')),
    contexts,
    tags,
    extra,
    sdk,
  };
}

/** What an event has a place of its own for. */
function isPlaced(name: string): boolean {
  return placed.has(name) || name.startsWith('sentry.mechanism.') || name.startsWith('exception.');
}

const placed = new Set([
  'sentry.event_id',
  'sentry.exception',
  'sentry.breadcrumbs',
  'sentry.fingerprint',
  'http.request.method',
  'url.full',
  'url.path',
  'http.route',
]);

function exceptionsOf(attributes: OtlpAttributes): readonly unknown[] {
  const detailed = parsed(attributes.get('sentry.exception'));
  if (Array.isArray(detailed)) return detailed;
  return [
    {
      type: plain(attributes.get('exception.type')),
      value: plain(attributes.get('exception.message')),
      mechanism: {
        type: plain(attributes.get('sentry.mechanism.type')) ?? 'generic',
        handled: attributes.get('sentry.mechanism.handled') === true,
      },
    },
  ];
}

function requestOf(attributes: OtlpAttributes): Json | undefined {
  const method = plain(attributes.get('http.request.method'));
  const url = plain(attributes.get('url.full')) ?? plain(attributes.get('url.path'));
  return method === undefined && url === undefined ? undefined : { method, url };
}

/** `shop@1.4.2`, as Sentry wants releases to be named. */
function releaseFacts(resource: OtlpAttributes): {
  readonly release: string | undefined;
  readonly environment: string | undefined;
} {
  const [name, version] = [plain(resource.get('service.name')), plain(resource.get('service.version'))];
  return {
    release: name === undefined || version === undefined ? version : `${name}@${version}`,
    environment: plain(resource.get('deployment.environment.name')),
  };
}

function spanOf(span: OtlpSpan, resource: OtlpAttributes): Json {
  const attributes: Json = {};
  const put = (name: string, value: OtlpValue): void => {
    if (typeof value === 'string') attributes[name] = { type: 'string', value };
    else if (typeof value === 'boolean') attributes[name] = { type: 'boolean', value };
    else if (typeof value === 'number')
      attributes[name] = { type: Number.isInteger(value) ? 'integer' : 'double', value };
    else if (value !== undefined) attributes[name] = { type: 'string', value: JSON.stringify(value) };
  };
  for (const [name, value] of span.attributes) put(name, value);
  put('service.name', resource.get('service.name'));
  const { release, environment } = releaseFacts(resource);
  put('sentry.release', release);
  put('sentry.environment', environment);
  put('sentry.kind', ['', 'internal', 'server', 'client', 'producer', 'consumer'][span.kind]);
  if (span.attributes.has('http.route')) put('sentry.source', 'route');
  const isSegment = span.kind === 2 || span.kind === 5 || span.parentId === '';
  if (isSegment) {
    put('sentry.segment.id', span.spanId);
    put('sentry.segment.name', span.name);
  }
  if (span.isError && span.statusMessage !== '') put('sentry.status.message', span.statusMessage);
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    ...(span.parentId === '' ? {} : { parent_span_id: span.parentId }),
    name: span.name,
    status: span.isError ? 'error' : 'ok',
    is_segment: isSegment,
    start_timestamp: seconds(span.startNs),
    end_timestamp: seconds(span.endNs),
    attributes,
    links: span.links.map(link => ({ trace_id: link.traceId, span_id: link.spanId })),
  };
}

/** A double holds microseconds of today's times. */
function seconds(ns: bigint): number {
  return Number(ns / 1000n) / 1e6;
}

function plain(value: OtlpValue): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function parsed(value: OtlpValue): unknown {
  if (typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
