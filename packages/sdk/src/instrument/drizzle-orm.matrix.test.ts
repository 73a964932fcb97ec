import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { ormQueries } from '../test-support/orm-queries.js';
import { type Peer, startPostgres } from '../test-support/peers.js';

let server: Peer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

test.each(matrixCases('drizzle-orm'))('[D1][D5][W43] queries by the table they name ($name)', async one => {
  const run = await openCase(one);
  const { find, create, loop } = await ormQueries(run, server.url);
  expect(find).toEqual([['SELECT drizzle_users', undefined, undefined, 1]]);
  expect(create).toEqual([['INSERT drizzle_users', undefined, undefined, 1]]);
  // Drizzle sends from the microtask in which its query is awaited: the place is known from Node 26 on.
  expect(loop.map(span => span.name)).toEqual(Array.from({ length: 6 }, () => 'SELECT drizzle_users'));
});
