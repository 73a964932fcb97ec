import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { type Peer, startRedis } from '../test-support/peers.js';

let server: Peer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

test.each([...matrixCases('ioredis'), ...matrixCases('redis')])(
  '[F1][F2][F3][F4][F5][W17][W18] commands by the pattern of their key, hits and misses, pipelines as one ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({ REDIS_URL: server.url });
    const answer = await app.get('/');
    expect(JSON.parse(answer.body)).toMatchObject({
      hit: 'secret-value',
      miss: null,
      both: ['secret-value', null],
      wrong: 'WRONGTYPE',
    });
    const asksServer = one.form === 'esm';
    if (asksServer) await app.get('/wait');
    await app.stop();
    const root = sink.spans.find(span => span.kind === 2);
    const spans = sink.spans
      .filter(span => span.parentId === root?.spanId)
      .sort((a, b) => Number(a.startNs - b.startNs));
    const seen = spans.map(span => [
      span.name,
      span.attributes['bellwether.key.pattern'],
      span.attributes['error.type'] ?? '',
    ]);
    expect(seen.slice(0, 3)).toEqual([
      ['SET', 'user:*:cart', ''],
      ['GET', 'user:*:cart', ''],
      ['GET', 'user:*:cart', ''],
    ]);
    expect(seen[4]).toEqual(['LPUSH', 'user:*:cart', 'WRONGTYPE']);
    expect(spans[3]).toMatchObject({
      name: 'MGET',
      attributes: { 'db.operation.batch.size': 2, 'db.system.name': 'redis' },
    });
    // In a bundle ioredis' pipelines cannot be told from commands, a transaction neither.
    const isTold = one.library === 'redis' || !['esbuild', 'webpack'].includes(one.form);
    const batches = spans.slice(5).map(span => `${span.name} ${Number(span.attributes['db.operation.batch.size'])}`);
    expect(isTold ? batches : ['PIPELINE 3', 'MULTI 2']).toEqual(['PIPELINE 3', 'MULTI 2']);
    expect(JSON.stringify(spans.map(span => span.attributes))).not.toMatch(/secret-value|:77/);
    const count = (result: string): number =>
      sink.points
        .filter(point => point.metric === 'cache.requests' && point.attributes['cache.result'] === result)
        .reduce((sum, point) => sum + point.value, 0);
    expect([count('hit'), count('miss')]).toEqual([3, 3]);
    expect(
      sink.points.some(
        point => point.metric === 'db.client.operation.duration' && point.attributes['db.operation.name'] === 'GET',
      ),
    ).toBe(true);
    const memory = sink.points.find(point => point.metric === 'cache.memory.used');
    expect([memory?.attributes['cache.system'], (memory?.value ?? 0) > 100_000]).toEqual(
      asksServer ? ['redis', true] : [undefined, false],
    );
  },
);
