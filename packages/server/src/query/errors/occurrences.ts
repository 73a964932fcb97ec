import type { ErrorGrouping } from '../../control/error-grouping.js';
import type { SourceMaps } from '../../source-maps/source-maps.js';
import { type Asker, type Statement, ask } from '../asker.js';
import { inWindow, type TimeWindow, windowParams } from '../time-window.js';
import { errorIdOf, groupOf, rowsOfErrors } from './error-groups.js';
import type { EventFilter } from './search-terms.js';

/** What is kept of errors apart from all other rows: lines that are one, and spans that failed (migration 11). */
export type ErrorTable = 'error_lines' | 'error_spans';

/** The same by hour (migration 13): how many rows, and the first and last time. */
export type ErrorHours = 'error_line_hours' | 'error_span_hours';

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

/** A condition on rows of `ErrorTable`, or with another condition on their time on those of `ErrorHours`: the errors of the scope. */
export function errorRows({ env, service, ids, grouping, filters = [] }: ErrorScope, within = inWindow()): string {
  return [
    'workspace = {workspace:String}',
    within,
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
 * The same error often stands on several spans of a trace and in a line of its log. So lines count each, and spans only where there is no line, once per trace: for as many as
 * the trace stands for, which need not be a whole number.
 */
export function occurrencesOf(scope: ErrorScope): string {
  const columns = `${groupOf(scope.grouping).sql} AS fingerprint, ts, service, version, tenant_id AS tenant, user_id AS user`;
  return `(
  SELECT fingerprint, place, if(sum(line) > 0, toFloat64(sum(line)), max(stands)) AS n, min(ts) AS firstAt, max(ts) AS lastAt, maxIf(ts, line = 1) AS lineAt, maxIf(ts, line = 0) AS spanAt,
    argMin(version, ts) AS versionBefore, argMax(version, ts) AS versionAfter, groupUniqArray(10)(service) AS serviceList,
    groupUniqArrayIf(100)(tenant, tenant != '') AS tenantList, groupUniqArrayIf(100)(user, user != '') AS userList
  FROM (
    SELECT ${columns}, if(trace_id = toFixedString('', 16), sipHash64(id, ts), sipHash64(trace_id)) AS place, 1 AS line, toFloat32(1) AS stands
    FROM error_lines WHERE ${errorRows(scope)}
    UNION ALL
    SELECT ${columns}, if(trace_id = toFixedString('', 16), sipHash64(span_id, ts), sipHash64(trace_id)) AS place, 0 AS line, weight AS stands
    FROM error_spans WHERE ${errorRows(scope)}
  )
  GROUP BY fingerprint, place
)`;
}

/** When each error was first seen, of all that is kept, in milliseconds since 1970; by fingerprint as decimal text. */
export async function firstTimes(
  asker: Asker,
  grouping: ErrorGrouping,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (fingerprints.length === 0) return new Map();
  const found = rowsOfErrors(grouping, fingerprints.map(errorIdOf));
  const group = groupOf(grouping);
  const firstIn = (table: ErrorHours): string =>
    `SELECT ${group.sql} AS grouped, min(first) AS firstAt FROM ${table} WHERE workspace = {workspace:String} AND ${found.sql} GROUP BY grouped`;
  const rows = await ask<{ fingerprint: string; came: string }>(asker, {
    sql: `SELECT toString(grouped) AS fingerprint, toUnixTimestamp64Milli(min(firstAt)) AS came FROM (${firstIn('error_line_hours')} UNION ALL ${firstIn('error_span_hours')}) GROUP BY grouped`,
    params: { ...found.params, ...group.params },
  });
  return new Map(rows.map(({ fingerprint, came }) => [fingerprint, Number(came)]));
}

/** The versions that errors came with last, of all that is kept ('' when the service tells none), by id. What is not in it never came. */
export async function lastVersionsOf(
  asker: Asker,
  grouping: ErrorGrouping,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { sql, params } = rowsOfErrors(grouping, ids);
  const group = groupOf(grouping);
  const lastIn = (table: ErrorHours): string =>
    `SELECT ${group.sql} AS grouped, max(last) AS lastAt, argMax(version, last) AS versionAfter FROM ${table} WHERE workspace = {workspace:String} AND ${sql} GROUP BY grouped`;
  const rows = await ask<{ id: string; version: string }>(asker, {
    sql: `SELECT lower(hex(grouped)) AS id, argMax(versionAfter, lastAt) AS version FROM (${lastIn('error_line_hours')} UNION ALL ${lastIn('error_span_hours')}) GROUP BY grouped`,
    params: { ...params, ...group.params },
  });
  return new Map(rows.map(({ id, version }) => [id.padStart(16, '0'), version]));
}
