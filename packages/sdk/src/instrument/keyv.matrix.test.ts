import { expect, test } from 'vitest';
import { lookupsOf } from '../test-support/lookups.js';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('keyv'))(
  '[F1][F2][F4][F5][W17] Keyv: durations by operation, hits and misses by key pattern ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    const [hit, miss, many] = JSON.parse((await app.get('/')).body);
    expect([hit, miss ?? null, many[0]]).toEqual(['secret-value', null, 'secret-value']);
    await app.stop();
    expect(lookupsOf(sink, 'keyv')).toEqual([2, 2, 0]);
    const durations = sink.points.filter(point => point.metric === 'cache.operation.duration');
    expect(durations.map(point => point.attributes['cache.operation'])).toContain('set');
    expect(JSON.stringify(sink.points.map(point => point.attributes))).not.toMatch(/secret-value|:77/);
  },
);
