import type { LogItem } from '../otlp-writer.js';
import { jsonText, numberIn, objectOf, textOf, type JsonObject } from './exact-json.js';
import { spanIdOf, traceIdOf } from './ids.js';
import { timeNs } from './sentry-time.js';
import { severityOf } from './severity.js';
import { typedAttributes } from './typed-attributes.js';

/** Attributes that the resource has; in logs and metrics `server.address` is the host's own name. */
const ofTheResource = [
  'sentry.release',
  'sentry.environment',
  'sentry.sdk.name',
  'sentry.sdk.version',
  'server.address',
  'service.name',
];

/** One of the structured logs (https://develop.sentry.dev/sdk/telemetry/logs/). */
export function structuredLog(log: JsonObject, receivedNs: bigint): LogItem | string {
  const body = log.get('body');
  if (body === undefined || body === null) return 'has no body';
  const attributes = typedAttributes(objectOf(log, 'attributes'));
  for (const name of ofTheResource) attributes.delete(name);
  const parent = attributes.get('sentry.trace.parent_span_id');
  const severity = severityOf(textOf(log, 'level') ?? 'info');
  const number = numberIn(log, 'severity_number') ?? 0;
  return {
    timeNs: timeNs(log.get('timestamp')) ?? receivedNs,
    severityNumber: number >= 1 && number <= 24 ? Math.floor(number) : severity.severityNumber,
    severityText: severity.severityText,
    body: typeof body === 'string' ? body : jsonText(body),
    attributes,
    traceId: traceIdOf(log.get('trace_id')),
    spanId: spanIdOf(log.get('span_id')) ?? (typeof parent === 'string' ? spanIdOf(parent) : undefined),
  };
}
