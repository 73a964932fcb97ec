import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookupsOf } from '../test-support/lookups.js';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { type Peer, startMemcached } from '../test-support/peers.js';

let server: Peer;
beforeAll(async () => {
  server = await startMemcached();
});
afterAll(() => server.stop());

// 1.3.2 has been the newest for years: there is no major before.
test.each(matrixCases('memjs', { previous: false }))(
  '[F1][F2][F3][F4][F5][W17] memcached: operations by key pattern, hits, misses and errors, what the server says ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({ MEMCACHED: server.url });
    const answer = await app.get('/');
    expect(JSON.parse(answer.body)).toEqual({
      hit: 'secret-value',
      miss: null,
      byCallback: 'secret-value',
      failed: 'failed',
    });
    await app.get('/wait');
    await app.stop();
    const root = sink.spans.find(span => span.kind === 2 && span.attributes['url.path'] === '/');
    const spans = sink.spans.filter(span => span.parentId === root?.spanId);
    expect(spans.map(span => [span.name, span.attributes['bellwether.key.pattern'], span.status])).toEqual([
      ['set', 'user:*:cart', 0],
      ['get', 'user:*:cart', 0],
      ['get', 'user:*:cart', 0],
      ['get', 'user:*:cart', 0],
      ['get', 'user:*:cart', 2],
    ]);
    expect(spans[0]?.attributes).toMatchObject({ 'db.system.name': 'memcached', 'server.address': '127.0.0.1' });
    expect(lookupsOf(sink, 'memcached')).toEqual([2, 1, 1]);
    expect(JSON.stringify(spans.map(span => span.attributes))).not.toMatch(/secret-value|:77/);
    const limit = sink.points.find(point => point.metric === 'cache.memory.limit');
    expect([limit?.value, limit?.attributes['cache.system']]).toEqual([16 * 1_048_576, 'memcached']);
    expect(sink.points.some(point => point.metric === 'cache.evictions')).toBe(true);
  },
);
