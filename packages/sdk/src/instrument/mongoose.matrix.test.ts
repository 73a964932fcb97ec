import { expect, onTestFinished, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { ormQueries } from '../test-support/orm-queries.js';
import { startMongoPeer } from '../test-support/mongo-peer.js';

// Bundlers follow the driver into its optional packages, which are native: it is left out of bundles.
test.each(matrixCases('mongoose', { forms: ['esm', 'cjs', 'tsx'] }))(
  '[D1][D5][W43] commands know the model and its operation ($name)',
  async one => {
    const server = await startMongoPeer();
    onTestFinished(() => server.stop());
    const run = await openCase(one);
    const { find, create, loop } = await ormQueries(run, server.url);
    expect(find).toEqual([['find people', 'User', 'find', 1]]);
    expect(create).toEqual([['insert people', 'User', 'create', 1]]);
    // The fifth time of the same statement in one trace says where the loop is: in the application, not in the ORM.
    expect(loop).toHaveLength(6);
    expect(loop[4]?.attributes['code.function.name']).toBe('loop');
  },
);
