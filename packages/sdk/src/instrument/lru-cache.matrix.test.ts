import { expect, test } from 'vitest';
import { lookupsOf } from '../test-support/lookups.js';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('lru-cache'))(
  '[F1][F3][F4][W17] lru-cache: hits, misses, evictions and items, of `fetch` too ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    expect(JSON.parse((await app.get('/')).body)).toEqual({ seen: [1, null], fetched: ['got k', 'got k'], size: 2 });
    await app.stop();
    expect(lookupsOf(sink, 'lru-cache')).toEqual([2, 2, 0]);
    expect(sink.points.find(point => point.metric === 'cache.evictions')?.attributes['cache.eviction.reason']).toBe(
      'full',
    );
    expect(sink.points.find(point => point.metric === 'cache.items')?.value).toBe(3);
    expect(sink.points.find(point => point.metric === 'cache.items.limit')?.value).toBe(12);
  },
);
