import type { Statement } from '../asker.js';
import { type TimeWindow, windowParams } from '../time-window.js';
import { groupOf } from './error-groups.js';
import { type ErrorScope, errorRows, scopeParams, tracesWithoutLine } from './occurrences.js';

/** An error as it is counted in a scope; times are nanoseconds since 1970, the epoch where there is none. */
export interface CountedError {
  /** The fingerprint as decimal text. */
  readonly id: string;
  readonly events: number;
  readonly first: string;
  readonly last: string;
  readonly lastLine: string;
  readonly lastSpan: string;
  readonly firstVersion: string;
  readonly lastVersion: string;
  readonly services: readonly string[];
  readonly steps: readonly (readonly [step: string, n: number])[];
  /** How many errors there are. */
  readonly total: string;
}

const hourMs = 3_600_000;
/** Under so many whole hours rows are read one by one. */
const leastHours = 6;

/** What a row of the inner questions is: of spans, of lines, or the events of traces without a line. */
const ofSpans = 0;
const ofLines = 1;
const ofTraces = 2;

/**
 * The errors of a scope, those with the most events first; in steps of `stepMs`.
 *
 * Lines count each; spans, where a trace has no line of the error, once per trace, for as many as it stands for: the same as `occurrencesOf` tells.
 * Where steps are whole hours, and no attribute is asked for, whole hours come from the rows by hour, and only what is left at both ends from the rows themselves.
 */
export function countedErrors(scope: ErrorScope, stepMs: number, limit: number): Statement {
  const group = groupOf(scope.grouping).sql;
  const rows = errorRows(scope);
  const whole = wholeHours(scope, stepMs);
  const rowSums = (table: string, kind: number, within: string): string =>
    `SELECT ${group} AS fingerprint, service AS origin, version AS release, intDiv(toUnixTimestamp64Milli(ts), {stepMs:Int64}) * {stepMs:Int64} AS step, ${kind} AS kind, toFloat64(count()) AS n, min(ts) AS firstAt, max(ts) AS lastAt
  FROM ${table} WHERE ${rows}${within} GROUP BY fingerprint, origin, release, step`;
  const hourSums = (table: string, kind: number): string =>
    `SELECT ${group} AS fingerprint, service AS origin, version AS release, intDiv(toInt64(toUnixTimestamp(hour)) * 1000, {stepMs:Int64}) * {stepMs:Int64} AS step, ${kind} AS kind, toFloat64(sum(count)) AS n, min(first) AS firstAt, max(last) AS lastAt
  FROM ${table} WHERE ${errorRows(scope, wholeHour)} GROUP BY fingerprint, origin, release, step`;
  const parts =
    whole === undefined
      ? [rowSums('error_lines', ofLines, ''), rowSums('error_spans', ofSpans, '')]
      : [
          hourSums('error_line_hours', ofLines),
          hourSums('error_span_hours', ofSpans),
          rowSums('error_lines', ofLines, besideWholeHours),
          rowSums('error_spans', ofSpans, besideWholeHours),
        ];
  // Of a line and a span at the same instant the line tells the version: times are doubled to leave room for it.
  return {
    sql: `SELECT toString(fingerprint) AS id, round(sumIf(n, kind != ${ofSpans})) AS events,
  toUnixTimestamp64Nano(min(firstAt)) AS first, toUnixTimestamp64Nano(max(lastAt)) AS last,
  toUnixTimestamp64Nano(maxIf(lastAt, kind = ${ofLines})) AS lastLine, toUnixTimestamp64Nano(maxIf(lastAt, kind = ${ofSpans})) AS lastSpan,
  argMinIf(release, toUnixTimestamp64Nano(firstAt) * 2 - kind, kind != ${ofTraces}) AS firstVersion,
  argMaxIf(release, toUnixTimestamp64Nano(lastAt) * 2 + kind, kind != ${ofTraces}) AS lastVersion,
  arraySort(groupUniqArrayIf(20)(origin, kind != ${ofTraces})) AS services,
  CAST(sumMapIf(map(step, n), kind != ${ofSpans}), 'Array(Tuple(Int64, Float64))') AS steps,
  count() OVER () AS total
FROM (
  ${parts.join('\n  UNION ALL\n  ')}
  UNION ALL
  SELECT fingerprint, '' AS origin, '' AS release, intDiv(toUnixTimestamp64Milli(began), {stepMs:Int64}) * {stepMs:Int64} AS step, ${ofTraces} AS kind, sum(stands) AS n, min(began) AS firstAt, max(began) AS lastAt
  FROM (${tracesWithoutLine(scope)})
  GROUP BY fingerprint, step
)
GROUP BY fingerprint
ORDER BY events DESC, fingerprint
LIMIT {limit:UInt32}`,
    params: { ...scopeParams(scope), ...whole, stepMs, limit },
  };
}

const wholeHour =
  "hour >= fromUnixTimestamp64Milli({wholeFromMs:Int64}, 'UTC') AND hour < fromUnixTimestamp64Milli({wholeToMs:Int64}, 'UTC')";
const besideWholeHours =
  " AND (ts < fromUnixTimestamp64Milli({wholeFromMs:Int64}, 'UTC') OR ts >= fromUnixTimestamp64Milli({wholeToMs:Int64}, 'UTC'))";

/** The whole hours of a scope as parameters; undefined where rows by hour do not tell enough, or save nothing. */
function wholeHours(
  scope: ErrorScope,
  stepMs: number,
): { readonly wholeFromMs: number; readonly wholeToMs: number } | undefined {
  if (stepMs % hourMs !== 0 || (scope.filters ?? []).length > 0) return undefined;
  const { fromMs, toMs }: TimeWindow = windowParams(scope);
  const wholeFromMs = Math.ceil(fromMs / hourMs) * hourMs;
  const wholeToMs = Math.floor(toMs / hourMs) * hourMs;
  return wholeToMs - wholeFromMs < leastHours * hourMs ? undefined : { wholeFromMs, wholeToMs };
}
