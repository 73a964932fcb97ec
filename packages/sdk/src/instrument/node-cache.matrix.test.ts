import { expect, test } from 'vitest';
import { lookupsOf } from '../test-support/lookups.js';
import { matrixCases, openCase } from '../test-support/matrix.js';

// There is no major before 5 that Node 20 is tested with.
test.each(matrixCases('node-cache', { previous: false }))(
  '[F1][F3][F4][W17] node-cache: hits and misses, many at once too, and items ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    expect(JSON.parse((await app.get('/')).body)).toEqual([1, null, { a: 1, b: 2 }]);
    await app.stop();
    expect(lookupsOf(sink, 'node-cache')).toEqual([3, 2, 0]);
    expect(sink.points.find(point => point.metric === 'cache.items')?.value).toBe(2);
  },
);
