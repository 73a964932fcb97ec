import type { ErrorAnswer, ErrorEvent, ErrorEventAnswer, ErrorTag, SuspectRelease } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { readAttributes } from '../attributes.js';
import { attributePairs } from '../span.js';
import { chooseSteps } from '../time-window.js';
import type { ErrorDecisions } from '../../control/error-decisions.js';
import { errorVariants } from './error-variants.js';
import { hurtByError } from './hurt-by-error.js';
import { readError } from './list-errors.js';
import {
  type ErrorScope,
  type ErrorTable,
  type OneError,
  errorRows,
  newestErrorRows,
  occurrencesOf,
  scopeParams,
} from './occurrences.js';
import { suspectRelease } from './suspect-release.js';
import { eventId, isTag, readErrorEvent, readEventId } from './read-error-event.js';

const histogramSteps = 60;
const listedEvents = 100;
const taggedEvents = 500;
const shownTags = 40;

interface ListedEvent {
  readonly time: string;
  readonly isLine: number;
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  readonly traceId: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly message: string;
}

/** What is known of an error from its events alone. */
export type SeenError = Omit<ErrorAnswer, 'parts' | 'isSplit' | 'activity' | 'suspect'> & {
  readonly suspect: Omit<SuspectRelease, 'url' | 'commits'> | undefined;
};

interface AskedEvent {
  /** The newest when it is undefined. */
  readonly event: string | undefined;
  readonly nowMs: number;
}

/** One error in a range with one event of it; undefined when it did not come in the range, or that event is not there. */
export async function readErrorIssue(
  asker: Asker,
  scope: OneError,
  asked: AskedEvent,
  decisions: ErrorDecisions,
): Promise<SeenError | undefined> {
  const reading = readError(asker, scope, decisions, asked.nowMs);
  const [first, tags, variants, hurt, suspect] = await Promise.all([
    readFirst(asker, scope, asked, reading),
    errorTags(asker, scope),
    errorVariants(asker, scope),
    hurtByError(asker, scope),
    reading.then(found => found && suspectRelease(asker, scope, { services: found.services, nowMs: asked.nowMs })),
  ]);
  return first && { ...first, variants, suspect, ...hurt, tags: tags.tags, taggedEvents: tags.events };
}

/** The same without who was hurt, tags, variants and suspect: what its page paints first, a third of the work. */
export function readEventOfError(
  asker: Asker,
  scope: OneError,
  asked: AskedEvent,
  decisions: ErrorDecisions,
): Promise<ErrorEventAnswer | undefined> {
  return readFirst(asker, scope, asked, readError(asker, scope, decisions, asked.nowMs));
}

async function readFirst(
  asker: Asker,
  scope: OneError,
  { event: wanted }: AskedEvent,
  reading: Promise<ErrorEventAnswer['error'] | undefined>,
): Promise<ErrorEventAnswer | undefined> {
  const listing = newestEvents(asker, scope);
  const [error, events, event, histogram] = await Promise.all([
    reading,
    listing,
    wanted === undefined ? listing.then(found => newestOf(asker, scope, found)) : namedEvent(asker, scope, wanted),
    errorHistogram(asker, scope),
  ]);
  if (error === undefined || event === undefined) return undefined;
  return {
    error,
    event,
    histogram,
    events: events.map(row => ({
      id: eventId(row.isLine === 1, row.time),
      timeNs: row.time,
      service: row.service,
      version: row.version,
      traceId: /^0*$/.test(row.traceId) ? '' : row.traceId,
      tenantId: row.tenantId,
      userId: row.userId,
      message: row.message,
    })),
  };
}

async function newestOf(
  asker: Asker,
  scope: OneError,
  [newest]: readonly ListedEvent[],
): Promise<ErrorEvent | undefined> {
  return newest && readErrorEvent(asker, scope, { isLine: newest.isLine === 1, timeNs: newest.time });
}

async function namedEvent(asker: Asker, scope: OneError, name: string): Promise<ErrorEvent | undefined> {
  const place = readEventId(name);
  return place && readErrorEvent(asker, scope, place);
}

/** Lines, and spans of traces that have no line of it: what counts as an event. */
async function newestEvents(asker: Asker, scope: ErrorScope): Promise<readonly ListedEvent[]> {
  const facts = `toUnixTimestamp64Nano(ts) AS time, service, version, environment, lower(hex(trace_id)) AS traceId, tenant_id AS tenantId, user_id AS userId`;
  const params = { ...scopeParams(scope), limit: listedEvents };
  const [lines, spans] = await Promise.all([
    ask<ListedEvent>(asker, {
      sql: `SELECT ${facts}, 1 AS isLine, substring(if(attrs['exception.message'] != '', attrs['exception.message'], body), 1, 300) AS message
FROM error_lines WHERE ${newestErrorRows('error_lines', scope)} ORDER BY ts DESC LIMIT {limit:UInt32}`,
      params,
    }),
    ask<ListedEvent>(asker, {
      sql: `SELECT ${facts}, 0 AS isLine, substring(status_message, 1, 300) AS message
FROM error_spans WHERE ${errorRows(scope)}
  AND (trace_id = toFixedString('', 16) OR trace_id NOT IN (SELECT trace_id FROM error_lines WHERE ${errorRows(scope)}))
ORDER BY ts DESC LIMIT 1 BY trace_id LIMIT {limit:UInt32}`,
      params,
    }),
  ]);
  const byTime = (a: ListedEvent, b: ListedEvent): number => (BigInt(a.time) < BigInt(b.time) ? 1 : -1);
  return [...lines, ...spans].sort(byTime).slice(0, listedEvents);
}

async function errorHistogram(asker: Asker, scope: ErrorScope): Promise<ErrorAnswer['histogram']> {
  const { stepMs, stepsMs } = chooseSteps(scope, histogramSteps);
  const rows = await ask<{ step: string; events: number }>(asker, {
    sql: `SELECT intDiv(toUnixTimestamp64Milli(at), {stepMs:Int64}) * {stepMs:Int64} AS step, round(sum(n)) AS events
FROM ${occurrencesOf(scope)}
GROUP BY step`,
    params: { ...scopeParams(scope), stepMs },
  });
  const counts = new Map(rows.map(({ step, events }) => [Number(step), events]));
  return { stepMs, stepsMs: [...stepsMs], counts: stepsMs.map(step => counts.get(step) ?? 0) };
}

interface TaggedEvent {
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly pairs: readonly (readonly [string, string])[];
  readonly types: string;
}

/** How the values of each attribute are distributed over the newest events; attributes that every event has a value of its own for are left out. */
async function errorTags(
  asker: Asker,
  scope: ErrorScope,
): Promise<{ readonly tags: ErrorTag[]; readonly events: number }> {
  const facts = `service, version, environment, tenant_id AS tenantId, user_id AS userId, ${attributePairs} AS pairs, attr_types AS types`;
  const from = (table: ErrorTable): Promise<readonly TaggedEvent[]> =>
    ask<TaggedEvent>(asker, {
      sql: `SELECT ${facts} FROM ${table} WHERE ${newestErrorRows(table, scope)} ORDER BY ts DESC LIMIT {limit:UInt32}`,
      params: { ...scopeParams(scope), limit: taggedEvents },
    });
  const lines = await from('error_lines');
  const rows = lines.length > 0 ? lines : await from('error_spans');
  const counts = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const facts = [
      { key: 'service.name', value: row.service },
      { key: 'service.version', value: row.version },
      { key: 'deployment.environment.name', value: row.environment },
      { key: 'tenant.id', value: row.tenantId },
      { key: 'user.id', value: row.userId },
    ].map(fact => ({ ...fact, type: 'string' as const }));
    const own = readAttributes(row.pairs, row.types);
    const seen = new Map([...own, ...facts].filter(isTag).map(({ key, value }) => [key, value]));
    for (const [key, value] of seen) {
      let values = counts.get(key);
      if (values === undefined) counts.set(key, (values = new Map()));
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
  const tags = [...counts].map(([key, values]) => ({
    key,
    count: [...values.values()].reduce((sum, n) => sum + n, 0),
    distinct: values.size,
    values: [...values]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, 10),
  }));
  const telling = tags.filter(({ count, distinct }) => distinct < Math.max(count * 0.8, 3));
  telling.sort((a, b) => b.count - a.count || a.distinct - b.distinct || (a.key < b.key ? -1 : 1));
  return {
    tags: telling.slice(0, shownTags).map(({ key, count, values }) => ({ key, count, values })),
    events: rows.length,
  };
}
