import type { Attribute } from '@bellwether/model';
import { type Asker, ask } from './asker.js';
import { attributePairs, readEvents, readLinks } from './span.js';
import { readAttributes } from './attributes.js';
import { groupBy } from './group-by.js';
import { type TimeWindow, inWindow, windowParams } from './time-window.js';

/** Names and kinds of a service's spans. */
export interface Operation {
  readonly name: string;
  /** 'server', 'client', ... or '' when unspecified. */
  readonly spanKind: string;
}

export interface JaegerTag {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  readonly value: string | boolean | number;
}

export interface JaegerReference {
  readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  readonly traceID: string;
  readonly spanID: string;
}

/** A span as Jaeger's query API gives it. Times are microseconds. */
export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly flags: number;
  readonly operationName: string;
  readonly references: JaegerReference[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: JaegerTag[];
  readonly logs: { readonly timestamp: number; readonly fields: JaegerTag[] }[];
  readonly processID: string;
  readonly warnings: null;
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: JaegerSpan[];
  readonly processes: Record<string, { readonly serviceName: string; readonly tags: JaegerTag[] }>;
  readonly warnings: null;
}

const maxSpans = 20_000;
const kindNames = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

/** Services that sent spans in the window. */
export async function jaegerServices(asker: Asker, window: TimeWindow): Promise<string[]> {
  const rows = await ask<{ service: string }>(asker, {
    sql: `SELECT DISTINCT service\nFROM operation_minutes\nWHERE workspace = {workspace:String} AND ${inWindow('minute')}\nORDER BY service`,
    params: windowParams(window),
  });
  return rows.map(row => row.service);
}

export async function jaegerOperations(asker: Asker, service: string, window: TimeWindow): Promise<Operation[]> {
  const rows = await ask<{ name: string; kind: number }>(asker, {
    sql: `SELECT DISTINCT name, kind
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND service = {service:String}
ORDER BY name, kind
LIMIT 2000`,
    params: { ...windowParams(window), service },
  });
  return rows.map(row => ({ name: row.name, spanKind: kindNames[row.kind] ?? '' }));
}

interface JaegerRow {
  readonly trace: string;
  readonly span: string;
  readonly parent: string;
  readonly traceState: string;
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly status: number;
  readonly message: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly start: string;
  readonly duration: string;
  readonly pairs: readonly (readonly [string, string])[];
  readonly types: string;
  readonly events: string;
  readonly links: string;
  readonly resourceId: string;
}

/** Whole traces in the order of the ids; those that are not here are left out. */
export async function jaegerTraces(asker: Asker, traceIds: readonly string[]): Promise<JaegerTrace[]> {
  if (traceIds.length === 0) return [];
  const rows = await ask<JaegerRow>(asker, {
    sql: `SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, lower(hex(parent_span_id)) AS parent, trace_state AS traceState, service, name, kind,
  status_code AS status, status_message AS message, scope_name AS scopeName, scope_version AS scopeVersion, toUnixTimestamp64Nano(ts) AS start,
  duration_ns AS duration, ${attributePairs} AS pairs, attr_types AS types, events, links, toString(resource_id) AS resourceId
FROM spans
WHERE workspace = {workspace:String} AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
ORDER BY ts, span_id
LIMIT ${maxSpans}`,
    params: { ids: traceIds },
  });
  const resources = await jaegerResources(asker, [...new Set(rows.map(row => row.resourceId))]);
  const byTrace = groupBy(rows, row => row.trace);
  return traceIds.flatMap(traceID => {
    const spans = byTrace.get(traceID);
    if (spans === undefined) return [];
    const processes = new Map<
      string,
      { readonly id: string; readonly serviceName: string; readonly tags: JaegerTag[] }
    >();
    for (const { service, resourceId } of spans) {
      const key = `${resourceId} ${service}`;
      if (processes.has(key)) continue;
      const tags = (resources.get(resourceId) ?? []).filter(tag => tag.key !== 'service.name');
      processes.set(key, { id: `p${processes.size + 1}`, serviceName: service, tags });
    }
    return [
      {
        traceID,
        spans: spans.map(row => jaegerSpan(row, processes.get(`${row.resourceId} ${row.service}`)?.id ?? 'p1')),
        processes: Object.fromEntries(
          [...processes.values()].map(({ id, serviceName, tags }) => [id, { serviceName, tags }]),
        ),
        warnings: null,
      },
    ];
  });
}

async function jaegerResources(asker: Asker, ids: readonly string[]): Promise<ReadonlyMap<string, JaegerTag[]>> {
  if (ids.length === 0) return new Map();
  const rows = await ask<{ resourceId: string; pairs: readonly (readonly [string, string])[]; types: string }>(asker, {
    sql: `SELECT toString(id) AS resourceId, ${attributePairs} AS pairs, attr_types AS types
FROM resources
WHERE workspace = {workspace:String} AND id IN {ids:Array(UInt64)}
LIMIT 1 BY id`,
    params: { ids: ids.map(BigInt) },
  });
  return new Map(rows.map(row => [row.resourceId, readAttributes(row.pairs, row.types).map(jaegerTag)]));
}

const text = (key: string, value: string): JaegerTag[] => (value === '' ? [] : [{ key, type: 'string', value }]);

function jaegerSpan(row: JaegerRow, processID: string): JaegerSpan {
  const isRoot = /^0*$/.test(row.parent);
  return {
    traceID: row.trace,
    spanID: row.span,
    flags: 1,
    operationName: row.name,
    references: [
      ...(isRoot ? [] : [{ refType: 'CHILD_OF' as const, traceID: row.trace, spanID: row.parent }]),
      ...readLinks(row.links).map(link => ({
        refType: 'FOLLOWS_FROM' as const,
        traceID: link.traceId,
        spanID: link.spanId,
      })),
    ],
    startTime: Number(BigInt(row.start) / 1000n),
    duration: Math.round(Number(row.duration) / 1000),
    tags: [
      ...readAttributes(row.pairs, row.types).map(jaegerTag),
      ...text('span.kind', kindNames[row.kind] ?? ''),
      ...text('otel.scope.name', row.scopeName),
      ...text('otel.scope.version', row.scopeVersion),
      ...text('w3c.tracestate', row.traceState),
      ...text('otel.status_code', ['', 'OK', 'ERROR'][row.status] ?? ''),
      ...text('otel.status_description', row.message),
      ...(row.status === 2 ? [{ key: 'error', type: 'bool' as const, value: true }] : []),
    ],
    logs: readEvents(row.events).map(event => ({
      timestamp: Number(BigInt(event.timeNs) / 1000n),
      fields: [{ key: 'event', type: 'string' as const, value: event.name }, ...event.attributes.map(jaegerTag)],
    })),
    processID,
    warnings: null,
  };
}

/** Whole numbers beyond 2^53 stay text: a JSON number would lose digits. */
function jaegerTag({ key, value, type }: Attribute): JaegerTag {
  switch (type) {
    case 'bool':
      return { key, type: 'bool', value: value === 'true' };
    case 'int':
      return Number.isSafeInteger(Number(value))
        ? { key, type: 'int64', value: Number(value) }
        : { key, type: 'string', value };
    case 'double':
      return Number.isFinite(Number(value))
        ? { key, type: 'float64', value: Number(value) }
        : { key, type: 'string', value };
    case 'bytes':
      return { key, type: 'binary', value };
    default:
      return { key, type: 'string', value };
  }
}

export interface JaegerDependency {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

const maxJoinedSpans = 1_000_000;

/**
 * Which service calls which. Every entry span is matched with its parent; in a window of more than a million spans only one trace of n is looked at,
 * and the counts are n-fold.
 */
export async function jaegerDependencies(asker: Asker, window: TimeWindow): Promise<JaegerDependency[]> {
  const [size] = await ask<{ n: string }>(asker, {
    sql: `SELECT sum(count) AS n\nFROM operation_minutes\nWHERE workspace = {workspace:String} AND ${inWindow('minute')}`,
    params: windowParams(window),
  });
  const oneOf = Math.max(1, Math.ceil(Number(size?.n ?? 0) / maxJoinedSpans));
  const where = `workspace = {workspace:String} AND ${inWindow()} AND cityHash64(trace_id) % {oneOf:UInt32} = 0`;
  const rows = await ask<{ parent: string; child: string; n: string }>(asker, {
    sql: `SELECT caller.service AS parent, called.service AS child, sum(called.weight) AS n
FROM (SELECT trace_id, parent_span_id, service, weight FROM spans WHERE ${where} AND kind IN (2, 5)) AS called
INNER JOIN (SELECT trace_id, span_id, service FROM spans WHERE ${where} AND kind IN (3, 4)) AS caller
ON called.trace_id = caller.trace_id AND called.parent_span_id = caller.span_id
WHERE parent != child
GROUP BY parent, child
ORDER BY parent, child`,
    params: { ...windowParams(window), oneOf },
  });
  return rows.map(row => ({ parent: row.parent, child: row.child, callCount: Math.round(Number(row.n) * oneOf) }));
}
