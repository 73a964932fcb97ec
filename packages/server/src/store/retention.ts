import type { ChdbStore } from './chdb-store.js';

/** Days that data is kept, counted from the day it was received. */
export interface RetentionDays {
  readonly tracesDays: number;
  readonly logsDays: number;
  readonly metricsDays: number;
}

export interface Retention extends RetentionDays {
  /** Workspaces that keep data for another time, by name. */
  readonly workspaces?: Readonly<Record<string, { readonly [Key in keyof RetentionDays]?: number | undefined }>>;
}

/** What each table holds, and so which limit counts for it. Resources stay as long as the longest of those that name them. */
const limitOf: Readonly<Record<string, (days: RetentionDays) => number>> = {
  spans: ({ tracesDays }) => tracesDays,
  error_spans: ({ tracesDays }) => tracesDays,
  error_span_hours: ({ tracesDays }) => tracesDays,
  findings: ({ tracesDays }) => tracesDays,
  logs: ({ logsDays }) => logsDays,
  error_lines: ({ logsDays }) => logsDays,
  error_line_hours: ({ logsDays }) => logsDays,
  metric_series: ({ metricsDays }) => metricsDays,
  metric_samples: ({ metricsDays }) => metricsDays,
  metric_histograms: ({ metricsDays }) => metricsDays,
  metric_metadata: ({ metricsDays }) => metricsDays,
  exemplars: ({ metricsDays }) => metricsDays,
  raw_files: ({ tracesDays }) => tracesDays,
  resources: ({ tracesDays, logsDays, metricsDays }) => Math.max(tracesDays, logsDays, metricsDays),
};

/**
 * Sets how long each table keeps its rows. Only tables whose limit differs are touched; what is too old goes with later merges, not here.
 * Where workspaces differ, merges take single rows out of a part; else whole parts go, which costs nothing.
 */
export async function applyRetention(store: ChdbStore, retention: Retention): Promise<void> {
  const tables = await store.rows<{ name: string; ttl: string; whole: string }>(
    `SELECT name, extract(create_table_query, 'TTL received \\\\+ toIntervalDay\\\\((.+?)\\\\)( SETTINGS|$)') AS ttl,
            extract(create_table_query, 'ttl_only_drop_parts = (\\\\d)') AS whole
     FROM system.tables WHERE database = 'bellwether'`,
  );
  for (const { name, ttl, whole } of tables) {
    const limit = limitOf[name];
    if (limit === undefined) continue;
    const days = daysOf(retention, limit);
    if (ttl !== days)
      await store.command(
        `ALTER TABLE ${name} MODIFY TTL received + toIntervalDay(${days}) SETTINGS materialize_ttl_after_modify = 0`,
      );
    const wanted = /^\d+$/.test(days) ? '1' : '0';
    if (whole !== '' && whole !== wanted)
      await store.command(`ALTER TABLE ${name} MODIFY SETTING ttl_only_drop_parts = ${wanted}`);
  }
}

/** For how many days the metrics of a workspace are kept. */
export function metricsDaysOf({ workspaces = {}, metricsDays }: Retention, workspace: string): number {
  return (Object.hasOwn(workspaces, workspace) ? workspaces[workspace]?.metricsDays : undefined) ?? metricsDays;
}

/** `30`, or `multiIf(workspace = 'a', 7, 30)` in the engine's own spelling. Names of workspaces were checked: letters, digits, `-` and `_`. */
function daysOf({ workspaces = {}, ...general }: Retention, limit: (days: RetentionDays) => number): string {
  const own = Object.entries(workspaces)
    .map(([workspace, { tracesDays, logsDays, metricsDays }]) => {
      const days = {
        tracesDays: tracesDays ?? general.tracesDays,
        logsDays: logsDays ?? general.logsDays,
        metricsDays: metricsDays ?? general.metricsDays,
      };
      return [workspace, limit(days)] as const;
    })
    .filter(([, days]) => days !== limit(general))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (own.length === 0) return String(limit(general));
  const cases = own.map(([workspace, days]) => `workspace = '${workspace}', ${days}, `).join('');
  return `multiIf(${cases}${limit(general)})`;
}
