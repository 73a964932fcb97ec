import { spanKind, statusCode } from '../otlp-writer.js';
import type { LinkItem, SpanItem, Value } from '../otlp-writer.js';
import { put, putAll, valueOf, type AttributeMap } from './attribute-map.js';
import { isObject, listOf, numberIn, objectOf, textOf, type JsonObject } from './exact-json.js';
import { putContexts, putRequest, putTags, putUser } from './event-scope.js';
import { spanIdOf, traceIdOf } from './ids.js';
import { timeNs } from './sentry-time.js';
import { underTodaysNames } from './semantic-names.js';
import { kindOf, nameOf, putErrorType, statusOf } from './span-operation.js';
import { typedAttributes } from './typed-attributes.js';

/** Children past it are refused; Sentry's SDKs stop at 1,000. */
const maxSpans = 20_000;

/** The spans of one transaction, or why it is none. `lost` are children that are no spans. */
export interface TransactionSpans {
  readonly spans: readonly SpanItem[];
  readonly lost: number;
}

/**
 * A transaction (https://develop.sentry.dev/sdk/foundations/transport/event-payloads/transaction/) and its children. The transaction's own span has
 * what the whole event has besides: user, tags, request, contexts, measurements. Returns a sentence when it can not be kept.
 */
export function transactionSpans(event: JsonObject, dsc: JsonObject): TransactionSpans | string {
  const contexts = objectOf(event, 'contexts');
  const trace = objectOf(contexts, 'trace');
  const root = spanOf(trace, {
    startNs: timeNs(event.get('start_timestamp')),
    endNs: timeNs(event.get('timestamp')),
    description: textOf(event, 'transaction') ?? textOf(trace, 'description') ?? '',
    traceId: undefined,
    isRoot: true,
  });
  if (typeof root === 'string') return `a transaction ${root}`;

  const attributes: AttributeMap = new Map(root.attributes);
  const source = textOf(objectOf(event, 'transaction_info'), 'source');
  put(attributes, 'sentry.source', source);
  if (source === 'route') put(attributes, 'http.route', routeOf(root.name));
  put(attributes, 'sentry.event_id', textOf(event, 'event_id'));
  putSampling(attributes, dsc);
  putMeasurements(attributes, objectOf(event, 'measurements'));
  putRequest(attributes, objectOf(event, 'request'));
  putUser(attributes, objectOf(event, 'user'));
  putContexts(attributes, contexts);
  putTags(attributes, event.get('tags'));
  putAll(attributes, 'sentry.extra.', objectOf(event, 'extra'));

  const spans: SpanItem[] = [{ ...root, attributes }];
  const children = listOf(event, 'spans');
  for (const child of children.slice(0, maxSpans)) {
    const span = isObject(child) ? childSpan(child, root.traceId) : 'is no object';
    if (typeof span !== 'string') spans.push(span);
  }
  return { spans, lost: children.length + 1 - spans.length };
}

/** One span of the first form: a transaction's child, or one that was sent on its own. Returns what is wrong with it otherwise. */
export function childSpan(span: JsonObject, traceId: Uint8Array | undefined): SpanItem | string {
  return spanOf(span, {
    startNs: timeNs(span.get('start_timestamp')),
    endNs: timeNs(span.get('timestamp')),
    description: textOf(span, 'description') ?? '',
    traceId,
    isRoot: false,
  });
}

interface SpanFacts {
  readonly startNs: bigint | undefined;
  readonly endNs: bigint | undefined;
  readonly description: string;
  readonly traceId: Uint8Array | undefined;
  readonly isRoot: boolean;
}

function spanOf(span: JsonObject, { startNs, endNs, description, traceId, isRoot }: SpanFacts): SpanItem | string {
  const ownTraceId = traceIdOf(span.get('trace_id')) ?? traceId;
  const spanId = spanIdOf(span.get('span_id'));
  if (ownTraceId === undefined || spanId === undefined) return 'has no trace id and span id';
  if (startNs === undefined || endNs === undefined) return 'has no start and end';

  const sent = new Map<string, Value>();
  putAll(sent, '', objectOf(span, 'data'));
  const op = textOf(span, 'op') ?? textOf(objectOf(span, 'data'), 'sentry.op') ?? '';
  const kind = kindOf(op, sent.get('otel.kind') ?? sent.get('sentry.kind'));
  const isClient = kind === spanKind.client || kind === spanKind.producer;
  const attributes = underTodaysNames(sent, { isClient, isHttp: op.startsWith('http') });
  put(attributes, 'sentry.op', op || undefined);
  put(attributes, 'sentry.origin', textOf(span, 'origin'));
  const name = isRoot ? description || op || 'transaction' : nameOf(op, description, attributes) || 'span';
  const said = textOf(span, 'status');
  const status = statusOf(said, kind);
  if (said !== undefined && said !== 'ok') put(attributes, 'sentry.status', said);
  if (status.code === statusCode.error) putErrorType(attributes, said);
  putTags(attributes, span.get('tags'));
  putMeasurements(attributes, objectOf(span, 'measurements'));
  return {
    traceId: ownTraceId,
    spanId,
    parentSpanId: spanIdOf(span.get('parent_span_id')),
    name,
    kind,
    startNs,
    endNs: endNs < startNs ? startNs : endNs,
    attributes,
    statusCode: status.code,
    statusMessage: status.message,
    links: linksOf(span),
  };
}

/** Links with plain attributes, or with typed ones as streamed spans have them. */
export function linksOf(span: JsonObject): readonly LinkItem[] {
  return listOf(span, 'links').flatMap((link): readonly LinkItem[] => {
    if (!isObject(link)) return [];
    const traceId = traceIdOf(link.get('trace_id'));
    const spanId = spanIdOf(link.get('span_id'));
    if (traceId === undefined || spanId === undefined) return [];
    const attributes = typedAttributes(objectOf(link, 'attributes'));
    put(attributes, 'sentry.sampled', valueOf(link.get('sampled')));
    return [{ traceId, spanId, attributes }];
  });
}

/** How the trace was sampled, from the envelope's `trace` header (https://develop.sentry.dev/sdk/telemetry/traces/dynamic-sampling-context/). */
export function putSampling(attributes: AttributeMap, dsc: JsonObject): void {
  put(attributes, 'sentry.sample_rate', numberIn(dsc, 'sample_rate'));
  put(attributes, 'sentry.sample_rand', numberIn(dsc, 'sample_rand'));
  put(attributes, 'sentry.trace.transaction', textOf(dsc, 'transaction'));
}

function putMeasurements(attributes: AttributeMap, measurements: JsonObject): void {
  for (const [name, measurement] of measurements) {
    const value = isObject(measurement) ? numberIn(measurement, 'value') : undefined;
    if (value === undefined || !isObject(measurement)) continue;
    put(attributes, `sentry.measurement.${name}`, { double: value });
    const unit = textOf(measurement, 'unit');
    if (unit !== 'none') put(attributes, `sentry.measurement.${name}.unit`, unit);
  }
}

/** `/orders/:id` of `GET /orders/:id`. */
export function routeOf(transaction: string): string | undefined {
  return /^(?:[A-Z]{3,10} )?(\/\S*)$/.exec(transaction)?.[1];
}
