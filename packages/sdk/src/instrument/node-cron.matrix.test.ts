import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

// Bundles are left out: node-cron 4 asks for its own file's URL, which a CommonJS bundle does not have.
test.each(matrixCases('node-cron', { forms: ['esm', 'cjs', 'tsx'] }))(
  '[G1][G2][G7] node-cron: runs by the name of their function, and their errors ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start();
    while (Number((await app.get('/')).body) < 2) await new Promise(resolve => setTimeout(resolve, 100));
    await new Promise(resolve => setTimeout(resolve, 50));
    await app.stop();
    const runs = sink.spans.filter(span => span.kind === 5).slice(0, 2);
    expect(runs.map(span => [span.name, span.parentId, span.attributes['error.type'] ?? ''])).toEqual([
      ['process sweep', '', ''],
      ['process sweep', '', 'RangeError'],
    ]);
    const [error] = sink.logs.filter(log => log.eventName === 'exception');
    expect([error?.attributes['exception.message'], error?.traceId]).toEqual(['dirt', runs[1]?.traceId]);
  },
);
