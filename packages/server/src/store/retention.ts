import type { ChdbStore } from './chdb-store.js';

export interface Retention {
  readonly tracesDays: number;
  readonly logsDays: number;
  readonly metricsDays: number;
}

/**
 * Sets how long each table keeps its rows, counted from the day they were received. Only tables whose limit differs are touched; what is too old
 * goes with later merges, not here. Resources stay as long as the longest of those that name them.
 */
export async function applyRetention(
  store: ChdbStore,
  { tracesDays, logsDays, metricsDays }: Retention,
): Promise<void> {
  const wanted: Readonly<Record<string, number>> = {
    spans: tracesDays,
    logs: logsDays,
    metric_series: metricsDays,
    metric_samples: metricsDays,
    metric_histograms: metricsDays,
    metric_metadata: metricsDays,
    exemplars: metricsDays,
    raw_files: tracesDays,
    resources: Math.max(tracesDays, logsDays, metricsDays),
  };
  const tables = await store.rows<{ name: string; days: string }>(
    "SELECT name, extract(create_table_query, 'TTL received \\\\+ toIntervalDay\\\\((\\\\d+)\\\\)') AS days FROM system.tables WHERE database = 'bellwether'",
  );
  for (const { name, days } of tables) {
    const limit = wanted[name];
    if (limit === undefined || days === String(limit)) continue;
    await store.command(
      `ALTER TABLE ${name} MODIFY TTL received + INTERVAL ${limit} DAY SETTINGS materialize_ttl_after_modify = 0`,
    );
  }
}
