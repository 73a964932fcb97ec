import { numberIn, objectOf, textOf, type JsonObject } from './exact-json.js';
import type { Measurement, PointKind } from './metric-points.js';
import { timeNs } from './sentry-time.js';
import { typedAttributes } from './typed-attributes.js';
import { unitOf } from './units.js';

/**
 * Attributes that would make a series of every user or of every single measurement, and those that the resource has. A metric is stored as series; who
 * wants to know which user it was asks the trace.
 */
const leftOut =
  /^(user\.(id|email|name|full_name|ip_address)|sentry\.(timestamp\.sequence|trace\.parent_span_id|replay_id|release|environment|sdk\..+)|server\.address|service\.name)$/;

const kinds: ReadonlyMap<string, PointKind> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['distribution', 'distribution'],
]);

/** One measurement of the application's (https://develop.sentry.dev/sdk/telemetry/metrics/), or what is wrong with it. */
export function traceMetric(
  metric: JsonObject,
  resource: Measurement['resource'],
  receivedNs: bigint,
): Measurement | string {
  const name = textOf(metric, 'name');
  const type = textOf(metric, 'type') ?? '';
  const kind = kinds.get(type);
  const value = numberIn(metric, 'value');
  if (name === undefined) return 'has no name';
  if (kind === undefined) return 'has a type that is none of counter, gauge and distribution';
  if (value === undefined) return 'has no value that is a number';
  const attributes = typedAttributes(objectOf(metric, 'attributes'));
  for (const key of attributes.keys()) if (leftOut.test(key)) attributes.delete(key);
  return {
    resource,
    name,
    kind,
    unit: unitOf(textOf(metric, 'unit')),
    attributes,
    timeNs: timeNs(metric.get('timestamp')) ?? receivedNs,
    value,
  };
}
