import type { StorageAnswer } from '@bellwether/model';
import { ask, type Asker } from './asker.js';

type Signal = StorageAnswer['signals'][number]['signal'];

/** The tables of a signal; the first says since when it is received. */
const tablesOf: Readonly<Record<Signal, readonly string[]>> = {
  traces: [
    'spans',
    'error_spans',
    'error_span_hours',
    'raw_files',
    'red_minutes',
    'operation_minutes',
    'map_minutes',
    'findings',
  ],
  logs: ['logs', 'error_lines', 'error_line_hours'],
  metrics: ['metric_samples', 'metric_histograms', 'metric_series', 'exemplars'],
};

const dayMs = 86_400_000;
/** Less than an hour of data says nothing of a day. */
const leastDays = 1 / 24;

/** What each signal takes on disk in all workspaces, and what it is on the way to. `retentionDays` by signal. */
export async function readStorage(
  asker: Asker,
  retentionDays: Readonly<Record<Signal, number>>,
  nowMs: number,
): Promise<StorageAnswer> {
  // The disk belongs to all workspaces; naming one only satisfies the store, which refuses a query without.
  const parts = await ask<{ table: string; bytes: string; rows: string; since: string }>(asker, {
    sql: `SELECT table, toString(sum(bytes_on_disk)) AS bytes, toString(sum(rows)) AS rows, toString(toUnixTimestamp(min(modification_time))) AS since
FROM system.parts
WHERE active AND database = currentDatabase() AND {workspace:String} != ''
GROUP BY table`,
    params: {},
  });
  const first = await Promise.all(
    signals.map(async signal => {
      const [row] = await ask<{ day: string }>(asker, {
        sql: `SELECT toString(toUnixTimestamp(toDateTime(min(received), 'UTC'))) AS day\nFROM ${tablesOf[signal][0]}\nWHERE {workspace:String} != ''`,
        params: {},
      });
      return Number(row?.day ?? 0) * 1000;
    }),
  );
  return {
    signals: signals.map((signal, i) => {
      const own = parts.filter(({ table }) => tablesOf[signal].includes(table));
      const bytes = own.reduce((sum, part) => sum + Number(part.bytes), 0);
      const rows = Number(own.find(({ table }) => table === tablesOf[signal][0])?.rows ?? 0);
      // Of the first day only its end is known to be filled: what was written first tells when it began, as long as it was not merged.
      const writtenMs = Math.min(...own.map(({ since }) => Number(since) * 1000), nowMs);
      const sinceMs = rows === 0 ? nowMs : Math.min(writtenMs, (first[i] ?? nowMs) + dayMs / 2);
      const days = Math.max(leastDays, (nowMs - sinceMs) / dayMs);
      const bytesPerDay = bytes / days;
      return {
        signal,
        bytes,
        rows,
        days,
        bytesPerDay,
        retentionDays: retentionDays[signal],
        bytesAtRetention: bytesPerDay * retentionDays[signal],
      };
    }),
  };
}

const signals: readonly Signal[] = ['traces', 'logs', 'metrics'];
