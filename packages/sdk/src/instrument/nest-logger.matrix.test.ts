import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('@nestjs/common'))(
  '[J1][J9][W47] the logger of NestJS: levels, context as the name, ids, an error once ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({}, 'nest-logger');
    await app.get('/');
    await app.stop();
    const lines = sink.logs.filter(log => log.attributes['logger.name'] === 'Orders');
    expect(lines.map(log => [log.severityText, log.body])).toEqual([
      ['INFO', 'order paid'],
      ['WARN', 'nearly empty'],
      ['ERROR', 'out of stock'],
      ['ERROR', 'could not ship'],
    ]);
    expect(new Set(lines.map(log => log.traceId))).toEqual(new Set([sink.spans[0]?.traceId]));
    expect(sink.logs.filter(log => log.attributes['exception.type'] !== undefined)).toHaveLength(1);
  },
);
