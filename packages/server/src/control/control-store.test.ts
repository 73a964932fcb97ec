import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { openControlStore } from './control-store.js';
import { saidOfErrors, sayOfError } from './error-states.js';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-control-'));
afterAll(() => rmSync(folder, { recursive: true }));

const migrations = fileURLToPath(new URL('../../control-migrations', import.meta.url));
const id = 'a'.repeat(16);
const nothingElse = {
  inVersion: undefined,
  untilMs: undefined,
  untilEvents: undefined,
  untilUsers: undefined,
  withinMs: undefined,
};
const at = { nowMs: 1000, lastVersion: 'v1' };

test('what is said of an error is there after the store was closed, replaces what was said before, and belongs to its workspace', () => {
  const path = join(folder, 'control.db');
  const first = openControlStore(path, migrations, '0.1.0');
  sayOfError(first, 'default', id, { state: 'resolved', inNextVersion: true }, at);
  sayOfError(first, 'other', id, { state: 'ignored', untilMs: 5000 }, at);
  first.close();

  const again = openControlStore(path, migrations, '0.1.0');
  expect([...saidOfErrors(again, 'default')]).toEqual([
    [id, { ...nothingElse, state: 'resolved', sinceMs: 1000, inVersion: 'v1' }],
  ]);
  expect(saidOfErrors(again, 'other').get(id)).toMatchObject({ state: 'ignored', untilMs: 5000 });
  sayOfError(again, 'default', id, { state: 'ignored' }, { ...at, nowMs: 2000 });
  expect(saidOfErrors(again, 'default').get(id)).toEqual({
    ...nothingElse,
    state: 'ignored',
    sinceMs: 2000,
  });
  sayOfError(again, 'default', id, { state: 'open' }, at);
  expect(saidOfErrors(again, 'default').size).toBe(0);
  again.close();
});

test('a store of a newer version is refused by name and left alone, and a migration that fails leaves nothing behind', () => {
  const path = join(folder, 'newer.db');
  const store = openControlStore(path, migrations, '0.1.0');
  store.db.exec('PRAGMA user_version = 99');
  store.close();
  expect(() => openControlStore(path, migrations, '0.1.0')).toThrow(/newer Bellwether \(schema 99\).*--data/);

  const bad = mkdtempSync(join(folder, 'migrations-'));
  writeFileSync(join(bad, '0001-first.sql'), 'CREATE TABLE a (b TEXT) STRICT;');
  writeFileSync(join(bad, '0002-second.sql'), 'CREATE TABLE c (d TEXT) STRICT; CREATE TABLE a (b TEXT) STRICT;');
  expect(() => openControlStore(join(folder, 'bad.db'), bad, '0.1.0')).toThrow(/a already exists/);
  writeFileSync(join(bad, '0002-second.sql'), 'CREATE TABLE c (d TEXT) STRICT;');
  const mended = openControlStore(join(folder, 'bad.db'), bad, '0.1.0');
  expect(mended.db.prepare('PRAGMA user_version').all()).toEqual([{ user_version: 2 }]);
  mended.close();
});
