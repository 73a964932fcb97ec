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

/** Of a row of `ErrorTable`: it is of no trace. */
export const noTrace = "trace_id = toFixedString('', 16)";

/**
 * What spans alone tell, as a question: a row per error and trace without a line of it, at its first span (`began`), for as many as the trace `stands` for, which need not be a whole number.
 *
 * The same error often stands on several spans of a trace and in a line of its log. So lines count each, and spans only where there is no line, once per trace.
 */
export function tracesWithoutLine(scope: ErrorScope): string {
  const group = groupOf(scope.grouping).sql;
  const rows = errorRows(scope);
  return `SELECT fingerprint, began, stands FROM (
    SELECT ${group} AS fingerprint, if(${noTrace}, sipHash64(span_id, ts), sipHash64(trace_id)) AS place, min(ts) AS began, toFloat64(max(weight)) AS stands
    FROM error_spans WHERE ${rows} GROUP BY fingerprint, place
  )
  WHERE (fingerprint, place) NOT IN (
    SELECT ${group} AS ofLine, sipHash64(trace_id) FROM error_lines
    WHERE ${rows} AND NOT ${noTrace} AND ofLine IN (SELECT ${group} FROM error_spans WHERE ${rows})
  )`;
}

/**
 * Events of errors, as a subquery: `fingerprint`, when it was (`at`), for how many events the row stands (`n`), and the `user` it came to. Rows of spans that are no event of their own stand for none: they
 * tell of users. No name may be one that a question about it gives to a result: in ClickHouse that would stand for the result.
 */
export function occurrencesOf(scope: ErrorScope): string {
  const of = (table: ErrorTable, n: number): string =>
    `SELECT ${groupOf(scope.grouping).sql} AS fingerprint, ts AS at, toFloat64(${n}) AS n, user_id AS user FROM ${table} WHERE ${errorRows(scope)}`;
  return `(
  ${of('error_lines', 1)}
  UNION ALL
  ${of('error_spans', 0)}
  UNION ALL
  SELECT fingerprint, began AS at, stands AS n, '' AS user FROM (${tracesWithoutLine(scope)})
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
