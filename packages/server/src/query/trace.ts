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
  readonly version: string;
  readonly environment: string;
  readonly httpStatus: string;
  /** The few attributes that a row of the waterfall tells of. */
  readonly facts: Readonly<Record<string, string>>;
}

/** New names first, then what OpenTelemetry called them before. */
const factKeys = {
  user: ['user.id', 'enduser.id'],
  database: ['db.system.name', 'db.system'],
  namespace: ['db.namespace', 'db.name'],
  messaging: ['messaging.system'],
  destination: ['messaging.destination.name', 'messaging.destination'],
  service: ['service.peer.name', 'peer.service'],
  address: ['server.address', 'net.peer.name'],
  port: ['server.port', 'net.peer.port'],
  summary: ['db.query.summary'],
  statement: ['db.query.text', 'db.statement'],
} as const;

type Fact = keyof typeof factKeys;

const keyList = Object.values(factKeys)
  .flat()
  .map(key => `'${key}'`)
  .join(', ');

/** `peer.service` or `server.address`, ..., as the span has it; '' when it has none of the names. */
function fact({ facts }: SpanRow, name: Fact): string {
  for (const key of factKeys[name]) {
    const value = facts[key];
    if (value !== undefined && value !== '') return value;
  }
  return '';
}

/**
 * A trace as columns, found by its id alone, wherever in time it is: the bloom filter on `trace_id` makes the range needless.
 * Undefined when no span of it is here.
 */
export async function readTrace(asker: Asker, traceId: string, nowMs: number): Promise<TraceAnswer | undefined> {
  const [rows, logs] = await Promise.all([
    ask<SpanRow>(asker, {
      sql: `SELECT lower(hex(span_id)) AS id, lower(hex(parent_span_id)) AS parent, toUnixTimestamp64Nano(ts) AS start, duration_ns AS duration,
  service, name, kind, status_code AS status, tenant_id AS tenant, version, environment, http_status AS httpStatus,
  mapFilter((k, v) -> k IN (${keyList}), attrs) AS facts
FROM spans
WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16)
ORDER BY ts, span_id
LIMIT ${maxSpans}`,
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

  const spanCount = rows.length < maxSpans ? rows.length : await countSpans(asker, traceId);
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
      peer: peersOf(rows, parents),
      group: rows.map(groupOf),
      logCount: rows.map(row => logsOf.get(row.id) ?? 0),
    },
    services: services.all,
    names: names.all,
    facts: {
      rootIndex,
      tenantId: root.tenant === '' ? (rows.find(row => row.tenant !== '')?.tenant ?? '') : root.tenant,
      userId: [root, ...rows].map(row => fact(row, 'user')).find(user => user !== '') ?? '',
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

/** A call's peer is the service whose span answered it; else what the call says itself. */
function peersOf(rows: readonly SpanRow[], parents: readonly number[]): string[] {
  const peers = rows.map(peerOf);
  for (const [i, row] of rows.entries()) {
    const parent = parents[i] ?? -1;
    if (row.kind === 2 && rows[parent]?.kind === 3) peers[parent] = row.service;
  }
  return peers;
}

/** What a client or producer span calls, named as the service's dependencies are. */
function peerOf(row: SpanRow): string {
  if (row.kind !== 3 && row.kind !== 4) return '';
  const joined = (...names: readonly Fact[]): string =>
    names
      .map(name => fact(row, name))
      .filter(text => text !== '')
      .join(' ');
  if (fact(row, 'database') === 'redis') return 'redis';
  if (fact(row, 'database') !== '') return joined('database', 'namespace');
  if (fact(row, 'messaging') !== '') return joined('messaging', 'destination');
  if (fact(row, 'service') !== '') return fact(row, 'service');
  const port = fact(row, 'port');
  return port === '' ? fact(row, 'address') : `${fact(row, 'address')}:${port}`;
}

/** Siblings that do the same work fold together; the same statement with other values is the same work. */
function groupOf(row: SpanRow): string {
  const summary = fact(row, 'summary');
  if (summary !== '') return summary;
  const statement = fact(row, 'statement');
  return statement === '' ? row.name : statementShape(statement);
}

async function countSpans(asker: Asker, traceId: string): Promise<number> {
  const [row] = await ask<{ n: string }>(asker, {
    sql: 'SELECT count() AS n\nFROM spans\nWHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16)',
    params: { traceId },
  });
  return Number(row?.n ?? 0);
}

/** Median duration of the root's operation in the hour before the trace, of all that came, not only of those that sampling kept. */
async function usualMs(asker: Asker, root: SpanRow): Promise<number | null> {
  const startMs = Number(BigInt(root.start) / 1_000_000n);
  const [row] = await ask<{ n: string; median: number }>(asker, {
    sql: `SELECT count() AS n, quantileExactWeighted(0.5)(toFloat64(duration_ns), toUInt32(round(weight))) AS median
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
