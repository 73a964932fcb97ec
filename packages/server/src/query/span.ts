import type { SpanAnswer, SpanEvent, SpanLink } from '@bellwether/model';
import { z } from 'zod';
import { type Asker, ask } from './asker.js';
import { readAttributes } from './attributes.js';

/** Attributes inside events and links: [key, type character, value], in the order they were sent. */
const storedAttributes = z.array(z.tuple([z.string(), z.string(), z.string()]));
const storedEvents = z.array(z.object({ t: z.string(), n: z.string(), a: storedAttributes.default([]) }));
const storedLinks = z.array(
  z.object({ t: z.string(), s: z.string(), st: z.string().default(''), a: storedAttributes.default([]) }),
);

interface SpanRow {
  readonly parent: string;
  readonly traceState: string;
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly status: number;
  readonly message: string;
  readonly start: string;
  readonly end: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly pairs: readonly (readonly [string, string])[];
  readonly types: string;
  readonly events: string;
  readonly links: string;
  readonly resourceId: string;
}

/** One span with everything that was sent with it; undefined when it is not here. */
export async function readSpan(asker: Asker, traceId: string, spanId: string): Promise<SpanAnswer | undefined> {
  const [row] = await ask<SpanRow>(asker, {
    sql: `SELECT lower(hex(parent_span_id)) AS parent, trace_state AS traceState, service, name, kind, status_code AS status, status_message AS message,
  toUnixTimestamp64Nano(ts) AS start, toUnixTimestamp64Nano(ts) + toInt64(duration_ns) AS end, scope_name AS scopeName, scope_version AS scopeVersion,
  ${attributePairs} AS pairs, attr_types AS types, events, links, toString(resource_id) AS resourceId
FROM spans
WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16) AND span_id = toFixedString(unhex({spanId:String}), 8)
LIMIT 1`,
    params: { traceId, spanId },
  });
  if (row === undefined) return undefined;
  return {
    traceId,
    spanId,
    parentSpanId: /^0*$/.test(row.parent) ? '' : row.parent,
    traceState: row.traceState,
    service: row.service,
    name: row.name,
    kind: row.kind,
    status: row.status,
    statusMessage: row.message,
    startNs: row.start,
    endNs: row.end,
    scopeName: row.scopeName,
    scopeVersion: row.scopeVersion,
    attributes: readAttributes(row.pairs, row.types),
    resource: await readResource(asker, row.resourceId),
    events: readEvents(row.events),
    links: readLinks(row.links),
  };
}

/** A map as pairs: a JSON object would move keys that look like numbers to the front. */
export const attributePairs = "CAST(attrs, 'Array(Tuple(String, String))')";

/** The attributes of a resource; empty when its row has not arrived yet. */
export async function readResource(asker: Asker, resourceId: string): Promise<SpanAnswer['resource']> {
  const [row] = await ask<{ pairs: readonly (readonly [string, string])[]; types: string }>(asker, {
    sql: `SELECT ${attributePairs} AS pairs, attr_types AS types
FROM resources
WHERE workspace = {workspace:String} AND id = {resourceId:UInt64}
LIMIT 1`,
    params: { resourceId },
  });
  return row === undefined ? [] : readAttributes(row.pairs, row.types);
}

/** Events as the table keeps them: JSON, or nothing. */
export function readEvents(text: string): SpanEvent[] {
  if (text === '') return [];
  return storedEvents.parse(JSON.parse(text)).map(({ t, n, a }) => ({ timeNs: t, name: n, attributes: inner(a) }));
}

/** Links as the table keeps them: JSON, or nothing. */
export function readLinks(text: string): SpanLink[] {
  if (text === '') return [];
  return storedLinks
    .parse(JSON.parse(text))
    .map(({ t, s, st, a }) => ({ traceId: t, spanId: s, traceState: st, attributes: inner(a) }));
}

function inner(stored: z.infer<typeof storedAttributes>): SpanEvent['attributes'] {
  return readAttributes(
    stored.map(([key, , value]) => [key, value]),
    stored.map(([, type]) => type).join(''),
  );
}
