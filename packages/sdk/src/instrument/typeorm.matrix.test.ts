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
test.each(matrixCases('typeorm', { forms: ['esm', 'cjs', 'tsx'] }))(
  '[D1][D5][W43] queries know the entity and its operation ($name)',
  async one => {
    const run = await openCase(one);
    const { find, create, loop } = await ormQueries(run, server.url);
    expect(find).toEqual([['SELECT typeorm_users', 'User', 'find', 1]]);
    expect(create).toEqual([
      ['START', 'User', 'save', undefined],
      ['INSERT typeorm_users', 'User', 'save', 1],
      ['COMMIT', 'User', 'save', undefined],
    ]);
    // The fifth time of the same statement in one trace says where the loop is: in the application, not in the ORM.
    expect(loop).toHaveLength(6);
    expect(loop[4]?.attributes['code.function.name']).toBe('loop');
  },
);
