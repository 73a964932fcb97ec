import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { ormQueries } from '../test-support/orm-queries.js';
import { type Peer, startPostgres } from '../test-support/peers.js';
import { makePrismaClient } from '../test-support/prisma-client.js';

let server: Peer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

test.each(matrixCases('@prisma/client', { forms: ['esm', 'cjs'] }))(
  '[D1][D5][D6][W43] queries through an adapter know the model and its operation ($name)',
  async one => {
    makePrismaClient(one);
    const run = await openCase(one);
    const { find, create, loop } = await ormQueries(run, server.url, 'prisma');
    expect(find).toEqual([['SELECT prisma_users', 'User', 'findMany', 1]]);
    expect(create).toEqual([['INSERT prisma_users', 'User', 'create', 1]]);
    expect(loop.map(span => span.name)).toEqual(Array.from({ length: 6 }, () => 'SELECT prisma_users'));
    const max = run.sink.points.find(point => point.metric === 'db.client.connection.max');
    expect([max?.value, max?.attributes['db.system.name']]).toEqual([2, 'postgresql']);
  },
);
