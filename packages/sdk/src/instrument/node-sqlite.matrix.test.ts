import { expect, test } from 'vitest';
import { waitedFor } from '../test-support/waited-for.js';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { sqliteQueries } from '../test-support/sqlite-queries.js';
import { nodeSqlite } from './node-sqlite.js';

// Node 20 has no SQLite; the other Nodes belong to the long form.
test.each(matrixCases('node:sqlite', { previous: false, nodes: [22, 24, 26] }))(
  '[D1][D2][D3][D4][D5] SQLite of Node: prepared, iterated and executed queries, errors, loops and slow ones ($name)',
  async one => {
    expect(await sqliteQueries(one, await openCase(one), 'ERR_SQLITE_ERROR')).toEqual([]);
  },
);

test('[D1] SQLite of Node is waited for, and not loaded for an application that has not', () => {
  expect(waitedFor(nodeSqlite)).toEqual(['sqlite']);
  expect(Reflect.get(process, 'moduleLoadList')).not.toContain('NativeModule sqlite');
});
