import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openChdbStore } from './chdb-store.js';
import { migrate } from './migrate.js';
import { applyRetention } from './retention.js';

test('retention changes only the tables whose limit is another', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'bellwether-retention-'));
  const store = await openChdbStore({ dataDir });
  await migrate(store, fileURLToPath(new URL('../../migrations', import.meta.url)), '0.1.0');
  const altered: string[] = [];
  const watched = {
    ...store,
    command: async (sql: string) => (altered.push(sql.split(' ', 3)[2] ?? ''), store.command(sql)),
  };

  await applyRetention(watched, { tracesDays: 30, logsDays: 14, metricsDays: 90 });
  expect(altered.toSorted()).toEqual([
    'exemplars',
    'logs',
    'metric_histograms',
    'metric_metadata',
    'metric_samples',
    'metric_series',
    'resources',
  ]);

  await applyRetention(watched, { tracesDays: 30, logsDays: 14, metricsDays: 90 });
  expect(altered).toHaveLength(6);
  const [logs] = await store.rows<{ ddl: string }>(
    "SELECT create_table_query AS ddl FROM system.tables WHERE name = 'logs'",
  );
  expect(logs?.ddl).toContain('TTL received + toIntervalDay(14)');
  await store.close();
  await rm(dataDir, { recursive: true });
});
