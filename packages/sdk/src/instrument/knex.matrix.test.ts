import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { ormQueries } from '../test-support/orm-queries.js';
import { type Peer, startPostgres } from '../test-support/peers.js';

let server: Peer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

// It requires drivers and files by names that a bundler does not know: it is left out of bundles.
test.each(matrixCases('knex', { forms: ['esm', 'cjs', 'tsx'] }))(
  '[D1][D5][W43] queries and the pool ($name)',
  async one => {
    const run = await openCase(one);
    const { find, create, loop } = await ormQueries(run, server.url);
    expect(find).toEqual([['SELECT knex_users', undefined, 'select', 1]]);
    expect(create).toEqual([['INSERT knex_users', undefined, 'insert', 1]]);
    // The fifth time of the same statement in one trace says where the loop is: in the application, not in the ORM.
    expect(loop).toHaveLength(6);
    expect(loop[4]?.attributes['code.function.name']).toBe('loop');
    const max = run.sink.points.find(point => point.metric === 'db.client.connection.max');
    expect([max?.value, max?.attributes['db.system.name']]).toEqual([2, 'postgresql']);
  },
);
