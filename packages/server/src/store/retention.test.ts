import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openChdbStore } from './chdb-store.js';
import { migrate } from './migrate.js';
import { applyRetention } from './retention.js';

test('[J7] retention changes only the tables whose limit is another, and a workspace may have its own', async () => {
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
    'error_line_hours',
    'error_lines',
    'exemplars',
    'logs',
    'metric_histograms',
    'metric_metadata',
    'metric_samples',
    'metric_series',
    'resources',
  ]);

  await applyRetention(watched, { tracesDays: 30, logsDays: 14, metricsDays: 90 });
  expect(altered).toHaveLength(9);

  const workspaces = { 'shop-2': { logsDays: 3 }, lab: { logsDays: 5, tracesDays: 30 }, main: { logsDays: 14 } };
  const differing = { tracesDays: 30, logsDays: 14, metricsDays: 90, workspaces };
  altered.length = 0;
  await applyRetention(watched, differing);
  expect(altered.toSorted()).toEqual([
    'error_line_hours',
    'error_line_hours',
    'error_lines',
    'error_lines',
    'logs',
    'logs',
  ]);
  await applyRetention(watched, differing);
  expect(altered).toHaveLength(6);
  const [own] = await store.rows<{ ddl: string }>(
    "SELECT create_table_query AS ddl FROM system.tables WHERE name = 'logs'",
  );
  expect(own?.ddl).toContain("toIntervalDay(multiIf(workspace = 'lab', 5, workspace = 'shop-2', 3, 14))");
  expect(own?.ddl).toContain('ttl_only_drop_parts = 0');
  for (const workspace of ['lab', 'shop-2', 'main'])
    await store.command(`INSERT INTO logs (workspace, received) VALUES ('${workspace}', today() - 4)`);
  await store.command('OPTIMIZE TABLE logs FINAL');
  const left = await store.rows<{ workspace: string }>('SELECT workspace FROM logs ORDER BY workspace');
  expect(left.map(({ workspace }) => workspace)).toEqual(['lab', 'main']);

  await applyRetention(watched, { tracesDays: 30, logsDays: 14, metricsDays: 90 });
  const [logs] = await store.rows<{ ddl: string }>(
    "SELECT create_table_query AS ddl FROM system.tables WHERE name = 'logs'",
  );
  expect(logs?.ddl).toContain('TTL received + toIntervalDay(14)');
  await store.close();
  await rm(dataDir, { recursive: true });
});
