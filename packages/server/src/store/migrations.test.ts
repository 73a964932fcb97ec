import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openChdbStore } from './chdb-store.js';
import { migrate } from './migrate.js';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

test('spans of before migration 2 have their HTTP status computed', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'bellwether-migrations-'));
  const before = join(dataDir, 'before');
  await mkdir(before);
  await copyFile(join(migrations, '0001-telemetry.sql'), join(before, '0001-telemetry.sql'));
  const store = await openChdbStore({ dataDir });
  await migrate(store, before, '0.1.0');
  for (const [name, attributes] of [
    ['new', "map('http.response.status_code', '502')"],
    ['old', "map('http.status_code', '404')"],
    ['none', 'map()'],
  ]) {
    await store.command(
      `INSERT INTO spans (workspace, name, attrs, received) SELECT 'w', '${name}', ${attributes}, today()`,
    );
  }
  await migrate(store, migrations, '0.1.0');
  expect(await store.rows('SELECT name, http_status FROM spans ORDER BY name')).toEqual([
    { name: 'new', http_status: '502' },
    { name: 'none', http_status: '' },
    { name: 'old', http_status: '404' },
  ]);
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('histograms of before migration 4 keep their counts, and blocks that were written before it are still taken', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'bellwether-migrations-'));
  const before = join(dataDir, 'before');
  await mkdir(before);
  await mkdir(join(dataDir, 'blocks'));
  await copyFile(join(migrations, '0001-telemetry.sql'), join(before, '0001-telemetry.sql'));
  const store = await openChdbStore({ dataDir });
  await migrate(store, before, '0.1.0');
  const insert =
    "INSERT INTO metric_histograms (workspace, metric, id, count, zero_count, counts, positive_counts, received) SELECT 'w',";
  await store.command(`${insert} 'm', 1, 7, 1, [1, 2], [9007199254740992, 4], today()`);
  const block = join(dataDir, 'blocks', 'old.native');
  await store.command(
    `INSERT INTO FUNCTION file('${block}', Native) SELECT * REPLACE ('later' AS metric) FROM metric_histograms`,
  );
  await migrate(store, migrations, '0.1.0');
  await store.insert('metric_histograms', block, 'old');
  const row = { count: 7, zero_count: 1, counts: [1, 2], positive_counts: [2 ** 53, 4], reset_hint: 0 };
  expect(
    await store.rows(
      'SELECT metric, count, zero_count, counts, positive_counts, reset_hint FROM metric_histograms ORDER BY metric',
    ),
  ).toEqual([
    { metric: 'later', ...row },
    { metric: 'm', ...row },
  ]);
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('[J7] errors and minutes of before migrations 11 to 13 are asked for as those that come after, and a backfill that runs twice brings them once', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'bellwether-migrations-'));
  const before = join(dataDir, 'before');
  await mkdir(before);
  const names = (await readdir(migrations)).toSorted().filter(name => name < '0011');
  await Promise.all(names.map(name => copyFile(join(migrations, name), join(before, name))));
  const store = await openChdbStore({ dataDir });
  await migrate(store, before, '0.1.0');
  const stack = "'Error: no card\\n    at pay (/app/pay.ts:1:2)'";
  const keep = async (n: number): Promise<void> => {
    const row = `SELECT 'w', now64(9), 's${n}', map('user.id', 'u${n}', 'exception.stacktrace', ${stack}), 7, today()`;
    for (const table of ['logs', 'spans'])
      await store.command(`INSERT INTO ${table} (workspace, ts, service, attrs, error_fingerprint, received) ${row}`);
    await store.command(
      "INSERT INTO logs (workspace, ts, body, received) SELECT 'w', now64(9), 'all is well', today()",
    );
    await store.command(
      `INSERT INTO red_minutes (workspace, minute, service, operation, tenant_id, count, durations, received)
SELECT 'w', toStartOfHour(now()), 'shop', 'GET /', 'tenant-' || toString(number), 2, map(3, 2), today() FROM numbers(3)`,
    );
  };
  await keep(1);
  await migrate(store, migrations, '0.1.0');
  await keep(2);
  for (const table of ['error_lines', 'error_spans']) {
    expect(
      await store.rows(
        `SELECT toString(service) AS service, user_id, error_variant = (SELECT any(error_variant) FROM logs WHERE error_fingerprint != 0) AS isSame FROM ${table} ORDER BY service`,
      ),
    ).toEqual([
      { service: 's1', user_id: 'u1', isSame: 1 },
      { service: 's2', user_id: 'u2', isSame: 1 },
    ]);
  }
  const hours = (table: string): Promise<readonly object[]> =>
    store.rows(
      `SELECT toString(service) AS service, toString(sum(count)) AS n FROM ${table} GROUP BY service ORDER BY service`,
    );
  const once = [
    { service: 's1', n: '1' },
    { service: 's2', n: '1' },
  ];
  expect([await hours('error_line_hours'), await hours('error_span_hours')]).toEqual([once, once]);
  await store.command('ALTER TABLE migrations DELETE WHERE number = 13 SETTINGS mutations_sync = 2');
  await migrate(store, migrations, '0.1.0');
  expect([await hours('error_line_hours'), await hours('error_span_hours')]).toEqual([once, once]);
  expect(await store.rows('SELECT toString(count()) AS n, max(weight) AS most FROM error_spans')).toEqual([
    { n: '2', most: 1 },
  ]);
  const minutes = `SELECT toString(sum(count)) AS n, toString(sumMap(durations)) AS durations FROM operation_minutes`;
  expect(await store.rows(minutes)).toEqual([{ n: '12', durations: '{3:12}' }]);
  await store.command('ALTER TABLE migrations DELETE WHERE number IN (11, 12) SETTINGS mutations_sync = 2');
  await migrate(store, migrations, '0.1.0');
  expect(await store.rows('SELECT toString(count()) AS n FROM error_lines')).toEqual([{ n: '2' }]);
  expect(await store.rows(minutes)).toEqual([{ n: '12', durations: '{3:12}' }]);
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});
