import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
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
