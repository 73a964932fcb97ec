import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openChdbStore, type ChdbStore } from './chdb-store.js';
import { DataIsNewer } from '../base/data-is-newer.js';
import { migrate, statementsOf } from './migrate.js';

let dataDir: string;
let folder: string;
let store: ChdbStore;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bellwether-migrate-'));
  folder = join(dataDir, 'migrations');
  await mkdir(folder);
  store = await openChdbStore({ dataDir });
});

afterEach(async () => {
  await store.close();
  await rm(dataDir, { recursive: true });
});

const table = (name: string): string => `CREATE TABLE ${name} (a UInt8) ENGINE = MergeTree ORDER BY a;\n`;

test('each statement runs once, in the order of the files', async () => {
  await writeFile(join(folder, '0001-first.sql'), `-- The first; with a semicolon.\n${table('one')}${table('two')}`);
  expect(await migrate(store, folder, '0.1.0')).toBe(2);
  await writeFile(join(folder, '0002-second.sql'), 'ALTER TABLE one ADD COLUMN b String;\n');
  expect(await migrate(store, folder, '0.2.0')).toBe(1);
  expect(await migrate(store, folder, '0.2.0')).toBe(0);
  expect(await store.rows('SELECT number, statement, version FROM migrations ORDER BY ALL')).toEqual([
    { number: 1, statement: 1, version: '0.1.0' },
    { number: 1, statement: 2, version: '0.1.0' },
    { number: 2, statement: 1, version: '0.2.0' },
  ]);
});

test('a migration that was cut off goes on where it stopped', async () => {
  await writeFile(join(folder, '0001-first.sql'), `${table('one')}CREATE TABLE two (oops);\n`);
  await expect(migrate(store, folder, '0.1.0')).rejects.toThrow('the engine refused');
  await writeFile(join(folder, '0001-first.sql'), `${table('one')}${table('two')}`);
  // As if the process had died between the statement and its row.
  await store.command(table('two').replace(';', ''));
  expect(await migrate(store, folder, '0.1.0')).toBe(1);
});

test('data of a newer version is refused with both versions and what to do, and stays untouched', async () => {
  await writeFile(join(folder, '0001-first.sql'), table('one'));
  await writeFile(join(folder, '0002-second.sql'), table('two'));
  await migrate(store, folder, '0.9.0');
  await rm(join(folder, '0002-second.sql'));
  const refused = migrate(store, folder, '0.1.0');
  await expect(refused).rejects.toBeInstanceOf(DataIsNewer);
  await expect(refused).rejects.toThrow(
    'the data was written by Bellwether 0.9.0 (schema 2), and this is Bellwether 0.1.0 (schema 1), which can not read it; ' +
      'start Bellwether 0.9.0 or newer, or choose another folder with --data',
  );
});

test('our own migrations are split into whole statements', async () => {
  const text = await readFile(fileURLToPath(new URL('../../migrations/0001-telemetry.sql', import.meta.url)), 'utf8');
  expect(statementsOf(text).map(statement => statement.split(/\s+/, 3).join(' '))).toEqual([
    'CREATE TABLE spans',
    'CREATE TABLE logs',
    'CREATE TABLE resources',
    'CREATE TABLE metric_series',
    'CREATE TABLE metric_samples',
    'CREATE TABLE metric_histograms',
    'CREATE TABLE exemplars',
    'CREATE TABLE red_minutes',
  ]);
});
