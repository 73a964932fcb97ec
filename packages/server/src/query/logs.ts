import type {
  LogDetailAnswer,
  LogHistogramAnswer,
  LogLevel,
  LogRow,
  LogsAnswer,
  TraceLogsAnswer,
} from '@bellwether/model';
import { BadInput } from '../base/bad-input.js';
import { QueryTooSlow } from '../store/store.js';
import { type Asker, ask } from './asker.js';
import { readAttributes } from './attributes.js';
import { type Filter, searchFilter } from './compile-search.js';
import { attributePairs, readResource } from './span.js';
import { type TimeWindow, chooseSteps, inWindow, windowParams } from './time-window.js';
import type { SearchQuestion } from './trace-search.js';

const hourMs = 3_600_000;

/** The columns of a line, as `StoredLog` names them. No name may be a column's: in ClickHouse's WHERE it would stand for the alias. */
export const logColumns = `toString(id) AS lineId, toUnixTimestamp64Nano(ts) AS time, severity_number AS severity, severity_text AS severityText, service, body,
  event_name AS eventName, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, tenant_id AS tenantId, ${attributePairs} AS pairs, attr_types AS types`;

export interface StoredLog {
  readonly lineId: string;
  readonly time: string;
  readonly severity: number;
  readonly severityText: string;
  readonly service: string;
  readonly body: string;
  readonly eventName: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly tenantId: string;
  readonly pairs: readonly (readonly [string, string])[];
  readonly types: string;
}

const levels: readonly LogLevel[] = ['unset', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** OTLP: four severity numbers per level, from 1; numbers beyond 24 are taken as fatal. */
export function levelOf(severity: number): LogLevel {
  return levels[Math.min(Math.ceil(severity / 4), 6)] ?? 'unset';
}

/** A line as the API gives it: an id of zeros is none. */
export function readLog(row: StoredLog): LogRow {
  return {
    id: row.lineId,
    timeNs: row.time,
    level: levelOf(row.severity),
    severityText: row.severityText,
    service: row.service,
    body: row.body,
    eventName: row.eventName,
    traceId: /^0*$/.test(row.traceId) ? '' : row.traceId,
    spanId: /^0*$/.test(row.spanId) ? '' : row.spanId,
    tenantId: row.tenantId,
    attributes: readAttributes(row.pairs, row.types),
  };
}

/** A place in the lines: they are ordered by time, then id. */
interface LogPlace {
  readonly time: string;
  readonly id: string;
}

/** Matching lines, newest first: hour by hour backwards until the page is full. */
export async function searchLogs(
  asker: Asker,
  question: SearchQuestion & { readonly limit: number; readonly cursor: string | undefined },
): Promise<LogsAnswer> {
  const filter = await logFilter(asker, question);
  const after = question.cursor === undefined ? undefined : readCursor(question.cursor);
  const wanted = question.limit + 1;
  const found: StoredLog[] = [];
  let isPartial = false;
  let widthMs = hourMs;
  const endMs =
    after === undefined ? question.toMs : Math.min(question.toMs, Number(BigInt(after.time) / 1_000_000n) + 1);
  for (let toMs = endMs; toMs > question.fromMs && found.length < wanted;) {
    const window = { fromMs: Math.max(question.fromMs, toMs - widthMs), toMs };
    try {
      found.push(...(await newestLogs(asker, window, filter, after, wanted - found.length)));
    } catch (error) {
      if (!(error instanceof QueryTooSlow) || found.length === 0) throw error;
      isPartial = true;
      break;
    }
    toMs = window.fromMs;
    widthMs *= 2;
  }
  const page = found.slice(0, question.limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && (found.length > page.length || isPartial);
  return { logs: page.map(readLog), nextCursor: hasMore ? `${last.time}_${last.lineId}` : null, partial: isPartial };
}

/** Lines per step and level. */
export async function logHistogram(
  asker: Asker,
  question: SearchQuestion & { readonly steps: number },
): Promise<LogHistogramAnswer> {
  const filter = await logFilter(asker, question);
  const { stepMs, stepsMs } = chooseSteps(question, question.steps);
  const rows = await ask<{ step: string; level: number; n: string }>(asker, {
    sql: `SELECT intDiv(toUnixTimestamp64Milli(ts), {stepMs:Int64}) * {stepMs:Int64} AS step, least(intDiv(severity_number + 3, 4), 6) AS level, count() AS n
FROM logs
WHERE workspace = {workspace:String} AND ${inWindow()} AND ${filter.condition}
GROUP BY step, level`,
    params: { ...filter.params, ...windowParams(question), stepMs },
  });
  const counts = new Map(rows.map(row => [`${row.level} ${row.step}`, Number(row.n)]));
  const seen = [...new Set(rows.map(row => Number(row.level)))].sort((a, b) => a - b);
  return {
    stepMs,
    stepsMs: [...stepsMs],
    levels: seen.map(level => ({
      level: levels[level] ?? 'unset',
      counts: stepsMs.map(step => counts.get(`${level} ${step}`) ?? 0),
    })),
    total: rows.reduce((sum, row) => sum + Number(row.n), 0),
  };
}

const maxTraceLogs = 1000;

/** The lines of a trace, or of one of its spans, oldest first. Needs no range: the bloom filter on `trace_id` finds them. */
export async function traceLogs(asker: Asker, traceId: string, spanId: string | undefined): Promise<TraceLogsAnswer> {
  const ofSpan = spanId === undefined ? '' : ' AND span_id = toFixedString(unhex({spanId:String}), 8)';
  const rows = await ask<StoredLog>(asker, {
    sql: `SELECT ${logColumns}
FROM logs
WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16)${ofSpan}
ORDER BY ts, id
LIMIT ${maxTraceLogs + 1}`,
    params: { traceId, spanId: spanId ?? '' },
  });
  return { logs: rows.slice(0, maxTraceLogs).map(readLog), partial: rows.length > maxTraceLogs };
}

/** One line with its resource; undefined when there is none of that id at that time. */
export async function readLogDetail(asker: Asker, place: LogPlace): Promise<LogDetailAnswer | undefined> {
  const [row] = await ask<
    StoredLog & { scopeName: string; scopeVersion: string; version: string; environment: string; resourceId: string }
  >(asker, {
    sql: `SELECT ${logColumns}, scope_name AS scopeName, scope_version AS scopeVersion, version, environment, toString(resource_id) AS resourceId
FROM logs
WHERE workspace = {workspace:String} AND ${inWindow()} AND ts = fromUnixTimestamp64Nano({time:Int64}, 'UTC') AND id = {id:UInt64}
LIMIT 1`,
    params: { ...windowParams(around(place)), time: place.time, id: place.id },
  });
  if (row === undefined) return undefined;
  return {
    ...readLog(row),
    resource: await readResource(asker, row.resourceId),
    scopeName: row.scopeName,
    scopeVersion: row.scopeVersion,
    version: row.version,
    environment: row.environment,
  };
}

function around({ time }: LogPlace): TimeWindow {
  const ms = Number(BigInt(time) / 1_000_000n);
  return { fromMs: ms, toMs: ms + 1 };
}

async function newestLogs(
  asker: Asker,
  window: TimeWindow,
  filter: Filter,
  after: LogPlace | undefined,
  limit: number,
): Promise<readonly StoredLog[]> {
  return ask<StoredLog>(asker, {
    sql: `SELECT ${logColumns}
FROM logs
WHERE workspace = {workspace:String} AND ${inWindow()} AND ${filter.condition}${
      after === undefined ? '' : " AND (ts, id) < (fromUnixTimestamp64Nano({afterTime:Int64}, 'UTC'), {afterId:UInt64})"
    }
ORDER BY ts DESC, id DESC
LIMIT {limit:UInt32}`,
    params: {
      ...filter.params,
      ...windowParams(window),
      afterTime: after?.time ?? '0',
      afterId: after?.id ?? '0',
      limit,
    },
  });
}

/** The condition of a question about lines: its search and its environment. */
export async function logFilter(asker: Asker, { search, env }: SearchQuestion): Promise<Filter> {
  const filter = await searchFilter(asker, search, 'logs');
  if (env === undefined) return filter;
  return { condition: `environment = {env:String} AND ${filter.condition}`, params: { ...filter.params, env } };
}

/** `<time in ns>_<id>` of the last line of a page. */
function readCursor(cursor: string): LogPlace {
  const [, time, id] = /^(\d{1,19})_(\d{1,20})$/.exec(cursor) ?? [];
  if (time === undefined || id === undefined) {
    throw new BadInput(
      'The cursor is not one that this page gave: take nextCursor of the answer before, or leave it out.',
    );
  }
  return { time, id };
}
