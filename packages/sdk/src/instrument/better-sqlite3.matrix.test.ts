import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { matrixCases, matrixFolder, openCase } from '../test-support/matrix.js';
import { sqliteQueries } from '../test-support/sqlite-queries.js';
import { waitedFor } from '../test-support/waited-for.js';
import { betterSqlite3 } from './better-sqlite3.js';

// Its native part is compiled for the Node that runs the tests, which takes minutes: that is left to the long form.
const cases = process.env['BELLWETHER_FULL'] === '1' ? matrixCases('better-sqlite3', { previous: false }) : [];
const own = Number(process.versions.node.split('.')[0]);
const ran = cases.filter(one => one.nodeMajor === own && one.form !== 'esbuild' && one.form !== 'webpack');

beforeAll(() => {
  const folder = join(matrixFolder, 'current/node_modules/better-sqlite3');
  if (ran.length === 0 || existsSync(join(folder, 'build/Release/better_sqlite3.node'))) return;
  const options = ['--ignore-scripts=false', '--build-from-source'];
  execFileSync('npm', ['rebuild', 'better-sqlite3', ...options], { cwd: join(folder, '../..'), stdio: 'ignore' });
}, 900_000);

test.each(ran)(
  '[D1][D2][D3][D4][D5] better-sqlite3: queries of all forms, transactions, errors, loops and slow ones ($name)',
  async one => {
    const seen = await sqliteQueries(one, await openCase(one), 'SQLITE_CONSTRAINT_UNIQUE', ['/transaction', '/pragma']);
    expect(seen).toEqual([['BEGIN', 'INSERT users', 'COMMIT'], ['PRAGMA']]);
  },
);

test('[D1] better-sqlite3 is waited for by its name', () => {
  expect(waitedFor(betterSqlite3)).toEqual(['better-sqlite3']);
});
