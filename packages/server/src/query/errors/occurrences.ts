import type { ErrorGrouping } from '../../control/error-grouping.js';
import type { SourceMaps } from '../../source-maps/source-maps.js';
import { type Asker, type Statement, ask } from '../asker.js';
import { inWindow, type TimeWindow, windowParams } from '../time-window.js';
import { groupOf, rowsOfErrors } from './error-groups.js';
import type { EventFilter } from './search-terms.js';

/** What is kept of errors apart from all other rows: lines that are one, and spans that failed (migration 11). */
export type ErrorTable = 'error_lines' | 'error_spans';

/** Which errors are meant. */
export interface ErrorScope extends TimeWindow {
  readonly env: string | undefined;
  readonly service: string | undefined;
  /** These alone, as 16 hex digits. */
  readonly ids?: readonly string[] | undefined;
  readonly grouping: ErrorGrouping;
  /** Only events that all of these hold for. */
  readonly filters?: readonly EventFilter[] | undefined;
  /** Those that were uploaded; without, frames are as they were sent. */
  readonly maps?: SourceMaps | undefined;
}

/** A scope of one error. */
export interface OneError extends ErrorScope {
  readonly ids: readonly [string];
}

/** Parameters of `occurrencesOf`. */
export function scopeParams(scope: ErrorScope): Statement['params'] {
  return {
    ...windowParams(scope),
    ...(scope.env !== undefined && { env: scope.env }),
    ...(scope.service !== undefined && { service: scope.service }),
    ...groupOf(scope.grouping).params,
    ...(scope.ids !== undefined && rowsOfErrors(scope.grouping, scope.ids).params),
    ...Object.fromEntries((scope.filters ?? []).flatMap((filter, i) => filter.params(i))),
  };
}

/** A condition on rows of `ErrorTable`: the errors of the scope. */
export function errorRows({ env, service, ids, grouping, filters = [] }: ErrorScope): string {
  return [
    'workspace = {workspace:String}',
    inWindow(),
    ids === undefined ? 'error_fingerprint != 0' : rowsOfErrors(grouping, ids).sql,
    ...(env === undefined ? [] : ['environment = {env:String}']),
    ...(service === undefined ? [] : ['service = {service:String}']),
    ...filters.map((filter, i) => filter.sql(i)),
  ].join(' AND ');
}

/**
 * The same, of the newest `{limit:UInt32}` rows of a table alone (and those of the same instant as the last of them): their time is found first, by small columns, so that what is large is not
 * read of all rows to be sorted.
 */
export function newestErrorRows(table: ErrorTable, scope: ErrorScope): string {
  const rows = errorRows(scope);
  return `${rows} AND ts >= (SELECT min(ts) FROM (SELECT ts FROM ${table} WHERE ${rows} ORDER BY ts DESC LIMIT {limit:UInt32}))`;
}

/**
 * A row per error and trace (or line, for lines of no trace), as a subquery: `fingerprint`, `n` events, `firstAt`, `lastAt`, the last line and the last span of it, versions, services, tenants and users.
 * No name may be one that a question about it gives to a result: in ClickHouse that would stand for the result.
 *
 * The same error often stands on several spans of a trace and in a line of its log. So lines count each, and spans only where there is no line, once per trace.
 */
export function occurrencesOf(scope: ErrorScope): string {
  const columns = `${groupOf(scope.grouping).sql} AS fingerprint, ts, service, version, tenant_id AS tenant, user_id AS user`;
  return `(
  SELECT fingerprint, place, greatest(sum(line), 1) AS n, min(ts) AS firstAt, max(ts) AS lastAt, maxIf(ts, line = 1) AS lineAt, maxIf(ts, line = 0) AS spanAt,
    argMin(version, ts) AS versionBefore, argMax(version, ts) AS versionAfter, groupUniqArray(10)(service) AS serviceList,
    groupUniqArrayIf(100)(tenant, tenant != '') AS tenantList, groupUniqArrayIf(100)(user, user != '') AS userList
  FROM (
    SELECT ${columns}, if(trace_id = toFixedString('', 16), sipHash64(id, ts), sipHash64(trace_id)) AS place, 1 AS line
    FROM error_lines WHERE ${errorRows(scope)}
    UNION ALL
    SELECT ${columns}, if(trace_id = toFixedString('', 16), sipHash64(span_id, ts), sipHash64(trace_id)) AS place, 0 AS line
    FROM error_spans WHERE ${errorRows(scope)}
  )
  GROUP BY fingerprint, place
)`;
}

/**
 * What there is to count for a list of many errors, as a subquery: each line and span as a row of `fingerprint`, `ts`, `service`, `version`, `tenant` and `user`. `counts` is 1 for what is an event: each line, and
 * a further row (`isRow` = 0) at the first span of a trace without a line of the error. It tells the same as `occurrencesOf`, without a group for each trace.
 */
export function countedRows(scope: ErrorScope): string {
  const group = groupOf(scope.grouping).sql;
  const rows = errorRows(scope);
  const noTrace = "trace_id = toFixedString('', 16)";
  const columns = `${group} AS fingerprint, ts, service, version, tenant_id AS tenant, user_id AS user`;
  return `(
  SELECT ${columns}, 1 AS line, 1 AS counts, 1 AS isRow FROM error_lines WHERE ${rows}
  UNION ALL
  SELECT ${columns}, 0 AS line, 0 AS counts, 1 AS isRow FROM error_spans WHERE ${rows}
  UNION ALL
  SELECT fingerprint, min(began) AS ts, '' AS service, '' AS version, '' AS tenant, '' AS user, 0 AS line, 1 AS counts, 0 AS isRow
  FROM (SELECT ${group} AS fingerprint, ts AS began, if(${noTrace}, sipHash64(span_id, ts), sipHash64(trace_id)) AS place FROM error_spans WHERE ${rows})
  WHERE (fingerprint, place) NOT IN (
    SELECT ${group} AS ofLine, sipHash64(trace_id) FROM error_lines
    WHERE ${rows} AND NOT ${noTrace} AND ofLine IN (SELECT ${group} FROM error_spans WHERE ${rows})
  )
  GROUP BY fingerprint, place
)`;
}

/** The versions that errors came with last, of all that is kept ('' when the service tells none), by id. What is not in it never came. */
export async function lastVersionsOf(
  asker: Asker,
  grouping: ErrorGrouping,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { sql, params } = rowsOfErrors(grouping, ids);
  const group = groupOf(grouping);
  const lastIn = (table: ErrorTable): string =>
    `SELECT ${group.sql} AS grouped, max(ts) AS lastAt, argMax(version, ts) AS versionAfter FROM ${table} WHERE workspace = {workspace:String} AND ${sql} GROUP BY grouped`;
  const rows = await ask<{ id: string; version: string }>(asker, {
    sql: `SELECT lower(hex(grouped)) AS id, argMax(versionAfter, lastAt) AS version FROM (${lastIn('error_lines')} UNION ALL ${lastIn('error_spans')}) GROUP BY grouped`,
    params: { ...params, ...group.params },
  });
  return new Map(rows.map(({ id, version }) => [id.padStart(16, '0'), version]));
}
