import { type Asker, ask } from '../asker.js';
import { inWindow, type TimeWindow, windowParams } from '../time-window.js';

/** Which errors are meant. */
export interface ErrorScope extends TimeWindow {
  readonly env: string | undefined;
  readonly service: string | undefined;
  /** One error alone, as 16 hex digits. */
  readonly id?: string;
}

/** Parameters of `occurrencesOf`. */
export function scopeParams(scope: ErrorScope): Readonly<Record<string, string | number>> {
  return {
    ...windowParams(scope),
    ...(scope.env !== undefined && { env: scope.env }),
    ...(scope.service !== undefined && { service: scope.service }),
    ...(scope.id !== undefined && { fingerprint: BigInt(`0x${scope.id}`).toString() }),
  };
}

/** A condition on rows of spans or logs: the errors of the scope. */
export function errorRows({ env, service, id }: ErrorScope): string {
  return [
    'workspace = {workspace:String}',
    inWindow(),
    id === undefined ? 'error_fingerprint != 0' : 'error_fingerprint = {fingerprint:UInt64}',
    ...(env === undefined ? [] : ['environment = {env:String}']),
    ...(service === undefined ? [] : ['service = {service:String}']),
  ].join(' AND ');
}

/**
 * A row per error and trace (or line, for lines of no trace), as a subquery: `fingerprint`, `n` events, `firstAt`, `lastAt`, the last line and the last span of it, versions, services, tenants and users.
 * No name may be one that a question about it gives to a result: in ClickHouse that would stand for the result.
 *
 * The same error often stands on several spans of a trace and in a line of its log. So lines count each, and spans only where there is no line, once per trace.
 */
export function occurrencesOf(scope: ErrorScope): string {
  const columns = 'error_fingerprint AS fingerprint, ts, service, version, tenant_id AS tenant, user_id AS user';
  return `(
  SELECT fingerprint, place, greatest(sum(line), 1) AS n, min(ts) AS firstAt, max(ts) AS lastAt, maxIf(ts, line = 1) AS lineAt, maxIf(ts, line = 0) AS spanAt,
    argMin(version, ts) AS versionBefore, argMax(version, ts) AS versionAfter, groupUniqArray(10)(service) AS serviceList,
    groupUniqArrayIf(100)(tenant, tenant != '') AS tenantList, groupUniqArrayIf(100)(user, user != '') AS userList
  FROM (
    SELECT ${columns}, if(trace_id = toFixedString('', 16), sipHash64(id, ts), sipHash64(trace_id)) AS place, 1 AS line
    FROM logs WHERE ${errorRows(scope)}
    UNION ALL
    SELECT ${columns}, if(trace_id = toFixedString('', 16), sipHash64(span_id, ts), sipHash64(trace_id)) AS place, 0 AS line
    FROM spans WHERE ${errorRows(scope)}
  )
  GROUP BY fingerprint, place
)`;
}

const lastIn = (table: 'logs' | 'spans'): string =>
  `SELECT max(ts) AS lastAt, argMax(version, ts) AS versionAfter FROM ${table} WHERE workspace = {workspace:String} AND error_fingerprint = {fingerprint:UInt64} HAVING count() > 0`;

/** The version that an error came with last, of all that is kept ('' when the service tells none); undefined when it never came. */
export async function lastVersionOf(asker: Asker, id: string): Promise<string | undefined> {
  const rows = await ask<{ version: string }>(asker, {
    sql: `SELECT versionAfter AS version FROM (${lastIn('logs')} UNION ALL ${lastIn('spans')}) ORDER BY lastAt DESC LIMIT 1`,
    params: { fingerprint: BigInt(`0x${id}`).toString() },
  });
  return rows[0]?.version;
}
