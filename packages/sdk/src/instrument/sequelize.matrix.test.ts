import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { ormQueries } from '../test-support/orm-queries.js';
import { type Peer, startPostgres } from '../test-support/peers.js';

let server: Peer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

// Sequelize 5 runs on Bluebird's promises, which lose the request they belong to.
// It requires drivers and files by names that a bundler does not know: it is left out of bundles.
test.each(matrixCases('sequelize', { previous: false, forms: ['esm', 'cjs', 'tsx'] }))(
  '[D1][D5][W43] queries know the model and its operation ($name)',
  async one => {
    const run = await openCase(one);
    const { find, create, loop } = await ormQueries(run, server.url);
    expect(find).toEqual([['SELECT sequelize_users', 'User', 'findAll', 1]]);
    expect(create).toEqual([['INSERT sequelize_users', 'User', 'create', 1]]);
    // The fifth time of the same statement in one trace says where the loop is: in the application, not in the ORM.
    expect(loop).toHaveLength(6);
    expect(loop[4]?.attributes['code.function.name']).toBe('loop');
  },
);
