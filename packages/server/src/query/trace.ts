import type { TraceAnswer } from '@bellwether/model';
import { type Asker, ask } from './asker.js';
import { statementShape } from './statement-shape.js';
import { inWindow, windowParams } from './time-window.js';

const maxSpans = 10_000;
const arrivingMs = 5000;
const hourMs = 3_600_000;

interface SpanRow {
  readonly id: string;
  readonly parent: string;
  readonly start: string;
  readonly duration: string;
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly status: number;
  readonly tenant: string;
  readonly user: string;
  readonly version: string;
  readonly environment: string;
  readonly httpStatus: string;
  /** db.system, database, messaging system, destination, peer service, server address, server port, summary, statement. */
  readonly target: readonly [string, string, string, string, string, string, string, string, string];
  readonly received: string;
}

/** The new name of an attribute, or the older one. */
const either = (...keys: readonly string[]): string =>
  keys.reduceRight(
    (rest, key) => (rest === '' ? `attrs['${key}']` : `if(attrs['${key}'] != '', attrs['${key}'], ${rest})`),
    '',
  );

/**
 * A trace as columns, found by its id alone, wherever in time it is: the bloom filter on `trace_id` makes the range needless.
 * Undefined when no span of it is here.
 */
export async function readTrace(asker: Asker, traceId: string, nowMs: number): Promise<TraceAnswer | undefined> {
  const [rows, counts, logs] = await Promise.all([
    ask<SpanRow>(asker, {
      sql: `SELECT lower(hex(span_id)) AS id, lower(hex(parent_span_id)) AS parent, toUnixTimestamp64Nano(ts) AS start, duration_ns AS duration,
  service, name, kind, status_code AS status, tenant_id AS tenant, version, environment,
  ${either('user.id', 'enduser.id')} AS user, ${either('http.response.status_code', 'http.status_code')} AS httpStatus,
  (${either('db.system.name', 'db.system')}, ${either('db.namespace', 'db.name')}, attrs['messaging.system'], ${either('messaging.destination.name', 'messaging.destination')},
   ${either('service.peer.name', 'peer.service')}, ${either('server.address', 'net.peer.name')}, ${either('server.port', 'net.peer.port')},
   attrs['db.query.summary'], ${either('db.query.text', 'db.statement')}) AS target
FROM spans
WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16)
ORDER BY ts, span_id
LIMIT ${maxSpans}`,
      params: { traceId },
    }),
    ask<{ n: string }>(asker, {
      sql: 'SELECT count() AS n\nFROM spans\nWHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16)',
      params: { traceId },
    }),
    ask<{ span: string; n: string }>(asker, {
      sql: `SELECT lower(hex(span_id)) AS span, count() AS n
FROM logs
WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16)
GROUP BY span`,
      params: { traceId },
    }),
  ]);
  const first = rows[0];
  if (first === undefined) return undefined;

  const spanCount = Number(counts[0]?.n ?? rows.length);
  const startNs = BigInt(first.start);
  const indexOf = new Map(rows.map((row, i) => [row.id, i]));
  const parents = rows.map(row => (isZero(row.parent) ? -1 : (indexOf.get(row.parent) ?? -2)));
  const rootIndex = Math.max(parents.indexOf(-1), 0);
  const root = rows[rootIndex] ?? first;
  const services = new Names();
  const names = new Names();
  const logsOf = new Map(logs.map(row => [row.span, Number(row.n)]));
  const endsNs = rows.map(row => BigInt(row.start) + BigInt(row.duration));
  const endNs = endsNs.reduce((a, b) => (a > b ? a : b));

  return {
    traceId,
    startNs: first.start,
    durationUs: Number(endNs - startNs) / 1000,
    spanCount,
    truncated: spanCount > rows.length,
    arriving: nowMs - Number(endNs / 1_000_000n) < arrivingMs || parents.includes(-2) || !parents.includes(-1),
    spans: {
      id: rows.map(row => row.id),
      parent: withoutCycles(parents),
      service: rows.map(row => services.indexOf(row.service)),
      name: rows.map(row => names.indexOf(row.name)),
      kind: rows.map(row => row.kind),
      status: rows.map(row => row.status),
      startUs: rows.map(row => Number(BigInt(row.start) - startNs) / 1000),
      durationUs: rows.map(row => Number(row.duration) / 1000),
      httpStatus: rows.map(row => row.httpStatus),
      peer: rows.map(peerOf),
      group: rows.map(groupOf),
      logCount: rows.map(row => logsOf.get(row.id) ?? 0),
    },
    services: services.all,
    names: names.all,
    facts: {
      rootIndex,
      tenantId: root.tenant === '' ? (rows.find(row => row.tenant !== '')?.tenant ?? '') : root.tenant,
      userId: root.user === '' ? (rows.find(row => row.user !== '')?.user ?? '') : root.user,
      version: root.version,
      environment: root.environment,
      usualMs: await usualMs(asker, root),
    },
  };
}

const isZero = (id: string): boolean => /^0*$/.test(id);

/** Each text once, in order of first sight. */
class Names {
  readonly all: string[] = [];
  readonly #index = new Map<string, number>();

  indexOf(name: string): number {
    const known = this.#index.get(name);
    if (known !== undefined) return known;
    this.#index.set(name, this.all.length);
    return this.all.push(name) - 1;
  }
}

/** Broken senders make spans that are their own ancestors: one of each ring becomes a span without its parent. */
function withoutCycles(parents: readonly number[]): number[] {
  const result = [...parents];
  /** The start of the walk that saw a span; a walk that meets itself has found a ring. */
  const seenBy = result.map(() => -1);
  for (const start of result.keys()) {
    let at = start;
    let before = start;
    while (at >= 0 && seenBy[at] === -1) {
      seenBy[at] = start;
      before = at;
      at = result[at] ?? -1;
    }
    if (at >= 0 && seenBy[at] === start) result[before] = -2;
  }
  return result;
}

/** What a client or producer span calls, named as the service's dependencies are. */
function peerOf({ kind, target }: SpanRow): string {
  if (kind !== 3 && kind !== 4) return '';
  const [database, namespace, messaging, destination, service, address, port] = target;
  if (database !== '') return [database, namespace].filter(text => text !== '').join(' ');
  if (messaging !== '') return [messaging, destination].filter(text => text !== '').join(' ');
  if (service !== '') return service;
  return port === '' ? address : `${address}:${port}`;
}

/** Siblings that do the same work fold together; the same statement with other values is the same work. */
function groupOf({ name, target }: SpanRow): string {
  const summary = target[7];
  const statement = target[8];
  if (summary !== '') return summary;
  return statement === '' ? name : statementShape(statement);
}

/** Median duration of the root's operation in the hour before the trace. */
async function usualMs(asker: Asker, root: SpanRow): Promise<number | null> {
  const startMs = Number(BigInt(root.start) / 1_000_000n);
  const [row] = await ask<{ n: string; median: number }>(asker, {
    sql: `SELECT count() AS n, quantileDeterministic(0.5)(duration_ns, cityHash64(span_id)) AS median
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND service = {service:String} AND name = {name:String} AND kind = {kind:UInt8}`,
    params: {
      ...windowParams({ fromMs: startMs - hourMs, toMs: startMs }),
      service: root.service,
      name: root.name,
      kind: root.kind,
    },
  });
  return row === undefined || Number(row.n) === 0 ? null : row.median / 1e6;
}
