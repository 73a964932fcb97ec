import { spanKind, statusCode } from '../otlp-writer.js';
import type { SpanItem } from '../otlp-writer.js';
import { put } from './attribute-map.js';
import { objectOf, textOf, type JsonObject } from './exact-json.js';
import { spanIdOf, traceIdOf } from './ids.js';
import { timeNs } from './sentry-time.js';
import { underTodaysNames } from './semantic-names.js';
import { kindOf, nameOf, putErrorType, statusOf } from './span-operation.js';
import { linksOf, putSampling, routeOf } from './transaction.js';
import { typedAttributes } from './typed-attributes.js';

/** Attributes that the resource has. */
const ofTheResource = ['sentry.release', 'sentry.environment', 'sentry.sdk.name', 'sentry.sdk.version', 'service.name'];

/**
 * A span of the second form (https://develop.sentry.dev/sdk/telemetry/spans/span-protocol/): sent when it ends, without a transaction. Returns what is wrong with it otherwise.
 */
export function streamedSpan(span: JsonObject, dsc: JsonObject): SpanItem | string {
  const traceId = traceIdOf(span.get('trace_id'));
  const spanId = spanIdOf(span.get('span_id'));
  if (traceId === undefined || spanId === undefined) return 'has no trace id and span id';
  const startNs = timeNs(span.get('start_timestamp'));
  const endNs = timeNs(span.get('end_timestamp'));
  if (startNs === undefined || endNs === undefined) return 'has no start and end';

  const sent = typedAttributes(objectOf(span, 'attributes'));
  for (const name of ofTheResource) sent.delete(name);
  const saidOp = sent.get('sentry.op');
  const op = typeof saidOp === 'string' ? saidOp : '';
  const kind = kindOf(op, sent.get('sentry.kind') ?? sent.get('otel.kind'));
  const isClient = kind === spanKind.client || kind === spanKind.producer;
  const attributes = underTodaysNames(sent, { isClient, isHttp: op.startsWith('http') });
  const said = textOf(span, 'name') ?? (op || 'span');
  const name = isWholeStatement(said) ? nameOf(op, said, attributes) : said;
  if (span.get('is_segment') === true) putSampling(attributes, dsc);
  const source = attributes.get('sentry.source') ?? attributes.get('sentry.segment.name.source');
  if (kind === spanKind.server && span.get('is_segment') === true && source === 'route')
    put(attributes, 'http.route', routeOf(name));

  const message = attributes.get('sentry.status.message');
  const saidStatus = textOf(span, 'status');
  const word = saidStatus === 'error' && typeof message === 'string' ? message : saidStatus;
  const status = statusOf(word, kind);
  if (status.code === statusCode.error) putErrorType(attributes, word === 'error' ? undefined : word);
  return {
    traceId,
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

/** SDKs may name a span by its statement; a summary (`SELECT orders`) has no third word. */
function isWholeStatement(name: string): boolean {
  return /^\s*(select|insert|update|delete|with|merge|create|alter|drop)\s+\S+\s+\S/i.test(name.slice(0, 500));
}
