import type { Measurement } from './metric-points.js';
import { isObject, listOf, numberIn, textOf, type JsonObject } from './exact-json.js';
import { timeNs } from './sentry-time.js';

/**
 * Release health (https://develop.sentry.dev/sdk/telemetry/sessions/) as the counter `sentry.sessions` by `sentry.session.status`:
 * `started` counts every session once, each other status those that ended so. The share without a crash is 1 - crashed / started.
 */
type Resource = Measurement['resource'];

const endings = new Set(['exited', 'errored', 'crashed', 'abnormal', 'unhandled']);

/** One update of a session. `ok` means that it goes on. */
export function sessionUpdate(
  session: JsonObject,
  resource: Resource,
  receivedNs: bigint,
): readonly Measurement[] | string {
  const status = textOf(session, 'status') ?? 'ok';
  if (status !== 'ok' && !endings.has(status)) return 'has a status that is not known';
  const found: Measurement[] = [];
  const started = timeNs(session.get('started')) ?? receivedNs;
  if (session.get('init') === true) found.push(count(resource, 'started', 1, started));
  if (status !== 'ok') {
    const ended = status === 'exited' && (numberIn(session, 'errors') ?? 0) > 0 ? 'errored' : status;
    found.push(count(resource, ended, 1, timeNs(session.get('timestamp')) ?? receivedNs));
  }
  return found;
}

/** Many sessions of a server, counted by minute in the SDK. */
export function sessionAggregates(
  sessions: JsonObject,
  resource: Resource,
  receivedNs: bigint,
): readonly Measurement[] | string {
  const found: Measurement[] = [];
  for (const aggregate of listOf(sessions, 'aggregates')) {
    if (!isObject(aggregate)) return 'has an aggregate that is no object';
    const startedNs = timeNs(aggregate.get('started')) ?? receivedNs;
    let started = 0;
    for (const status of endings) {
      const number = numberIn(aggregate, status) ?? 0;
      if (number <= 0) continue;
      started += number;
      found.push(count(resource, status, number, startedNs));
    }
    if (started > 0) found.push(count(resource, 'started', started, startedNs));
  }
  return found;
}

function count(resource: Resource, status: string, value: number, timeNs: bigint): Measurement {
  return {
    resource,
    name: 'sentry.sessions',
    kind: 'counter',
    unit: '{session}',
    attributes: new Map([['sentry.session.status', status]]),
    timeNs,
    value,
  };
}
