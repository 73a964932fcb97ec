import { createHash } from 'node:crypto';
import {
  spanKind,
  statusCode,
  tracesRequest,
  valueOfJson,
  type EventItem,
  type Group,
  type SpanItem,
  type Value,
} from '../otlp-writer.js';
import type { Part } from '../parts.js';
import { spanIdOfHex, traceIdOfHex } from '../trace-id.js';
import type { ZipkinSpan } from './span.js';
import { attributesOfTags, isResourceName } from './tag-names.js';

/**
 * Zipkin's spans as an OTLP request. A span without good ids, or without any time, can not be stored and is counted.
 *
 * In Zipkin a call's client and server may report one and the same span; the server's says `shared`. They are two spans here: the server's gets an id of
 * its own, made from the id it came with, and stands under the client's; its children that came in the same request go with it.
 */
export function zipkinParts(spans: readonly ZipkinSpan[]): readonly Part[] {
  const servers = new Set(spans.filter(isSharedServer).map(span => join(serviceOf(span), span.traceId, span.id)));
  const groups = new Map<string, Group<SpanItem> & { readonly items: SpanItem[] }>();
  let rejected = 0;
  let rejectedReason = '';
  for (const span of spans) {
    const item = itemOf(span, servers);
    if (typeof item === 'string') {
      rejected += 1;
      rejectedReason ||= item;
      continue;
    }
    const { resource, scope } = sourceOf(span);
    const source = JSON.stringify([...resource, scope]);
    const group = groups.get(source) ?? { resource, items: [], ...(scope === undefined ? {} : { scope }) };
    group.items.push(item);
    groups.set(source, group);
  }
  return [{ signal: 'traces', body: tracesRequest([...groups.values()]), rejected, rejectedReason }];
}

const kinds: ReadonlyMap<string, number> = new Map([
  ['CLIENT', spanKind.client],
  ['SERVER', spanKind.server],
  ['PRODUCER', spanKind.producer],
  ['CONSUMER', spanKind.consumer],
]);

/** Tags that are told elsewhere than among the attributes. */
const statusTags: ReadonlySet<string> = new Set([
  'error',
  'otel.status_code',
  'otel.status_description',
  'otel.scope.name',
  'otel.scope.version',
  'otel.library.name',
  'otel.library.version',
]);

function itemOf(span: ZipkinSpan, servers: ReadonlySet<string>): SpanItem | string {
  const traceId = traceIdOfHex(span.traceId);
  const id = spanIdOfHex(span.id);
  if (traceId === undefined) return 'a span’s traceId is not 16 or 32 hexadecimal digits';
  if (id === undefined) return 'a span’s id is not 16 hexadecimal digits';
  const startUs = span.timestampUs || firstAnnotationUs(span);
  if (startUs === 0) return 'a span has no timestamp';
  const parent = spanIdOfHex(span.parentId);
  const isOneOfTwo = isSharedServer(span);
  const parentIsOneOfTwo = servers.has(join(serviceOf(span), span.traceId, span.parentId));
  return {
    traceId,
    spanId: isOneOfTwo ? serverSpanId(id) : id,
    parentSpanId: isOneOfTwo ? id : parent && parentIsOneOfTwo ? serverSpanId(parent) : parent,
    name: span.name || 'unknown',
    kind: kinds.get(span.kind) ?? spanKind.internal,
    startNs: BigInt(startUs) * 1000n,
    endNs: BigInt(startUs + span.durationUs) * 1000n,
    attributes: attributesOf(span),
    ...statusOf(span.tags),
    events: span.annotations.filter(({ timestampUs }) => timestampUs > 0).map(eventOf),
  };
}

function firstAnnotationUs({ annotations }: ZipkinSpan): number {
  const times = annotations.map(({ timestampUs }) => timestampUs).filter(timestampUs => timestampUs > 0);
  return times.reduce((first, timestampUs) => Math.min(first, timestampUs), times[0] ?? 0);
}

/** Parts of ids and names hold no line feed that could make two different lists alike. */
const join = (...parts: readonly string[]): string => parts.join('\n');

function isSharedServer({ shared, kind }: ZipkinSpan): boolean {
  return shared && kind === 'SERVER';
}

function serverSpanId(id: Uint8Array): Uint8Array {
  return createHash('sha256').update('zipkin shared').update(id).digest().subarray(0, 8);
}

function serviceOf({ local, tags }: ZipkinSpan): string {
  return local?.serviceName || (tags.get('service.name') ?? '');
}

function sourceOf(span: ZipkinSpan): {
  readonly resource: readonly (readonly [string, Value])[];
  readonly scope: { readonly name: string; readonly version?: string } | undefined;
} {
  const { tags } = span;
  const service = serviceOf(span);
  const named = [...tags].filter(([tag]) => isResourceName(tag) && !(tag === 'service.name' && service !== ''));
  const name = tags.get('otel.scope.name') ?? tags.get('otel.library.name');
  const version = tags.get('otel.scope.version') ?? tags.get('otel.library.version');
  return {
    resource: [...(service === '' ? [] : [['service.name', service] as const]), ...attributesOfTags(new Map(named))],
    scope: name === undefined ? undefined : { name, ...(version === undefined ? {} : { version }) },
  };
}

function attributesOf(span: ZipkinSpan): ReadonlyMap<string, Value> {
  const { tags, local, remote, kind } = span;
  const attributes = attributesOfTags(
    new Map([...tags].filter(([tag]) => !isResourceName(tag) && !statusTags.has(tag))),
  );
  const addIfNew = (name: string, value: string | number | undefined): void => {
    if (value !== undefined && value !== '' && value !== 0 && !attributes.has(name)) attributes.set(name, value);
  };
  addIfNew('service.peer.name', remote?.serviceName);
  addIfNew('network.peer.address', remote?.address);
  addIfNew('network.peer.port', remote?.port);
  // Of a call the other side is the server, of a request the client; producers and consumers both talk to a broker.
  const side = kind === 'SERVER' ? 'client' : 'server';
  if (!attributes.has(`${side}.address`)) {
    addIfNew(`${side}.address`, remote?.address);
    addIfNew(`${side}.port`, remote?.port);
  }
  addIfNew('network.local.address', local?.address);
  addIfNew('network.local.port', local?.port);
  if (span.debug) attributes.set('zipkin.debug', true);
  if (span.shared) attributes.set('zipkin.shared', true);
  return attributes;
}

/** The tag `error` says that it failed, and how; OpenTelemetry's exporters say it with `otel.status_code`. */
function statusOf(tags: ReadonlyMap<string, string>): { readonly statusCode: number; readonly statusMessage: string } {
  const code = tags.get('otel.status_code')?.toUpperCase();
  const error = tags.get('error');
  const failed = code === 'ERROR' || (code === undefined && error !== undefined && error !== 'false');
  const said = tags.get('otel.status_description') ?? error ?? '';
  return {
    statusCode: failed ? statusCode.error : code === 'OK' ? statusCode.ok : statusCode.unset,
    statusMessage: failed && said !== 'true' ? said : '',
  };
}

/** An event with attributes is written as `"name": {"key":"value"}` (https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/#events). */
function eventOf({ timestampUs, value }: { readonly timestampUs: number; readonly value: string }): EventItem {
  const timeNs = BigInt(timestampUs) * 1000n;
  const [, name, json] = /^"([^"]+)": ?(\{[^]*\})$/.exec(value) ?? [];
  if (name !== undefined && json !== undefined) {
    try {
      const attributes: unknown = JSON.parse(json);
      return {
        timeNs,
        name,
        attributes: Object.entries(attributes ?? {}).map(([key, one]) => [key, valueOfJson(one)]),
      };
    } catch {
      // It only looks like one; it is kept as it is.
    }
  }
  return { timeNs, name: value, attributes: [] };
}
