import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { type Peer, startPostgres } from '../test-support/peers.js';

let current: Peer;
let previous: Peer;
beforeAll(async () => {
  [current, previous] = await Promise.all([startPostgres(), startPostgres()]);
});
afterAll(() => Promise.all([current.stop(), previous.stop()]));

test.each(matrixCases('pg-boss'))(
  '[G1][G2][G3][G7] pg-boss: jobs go on with their trace in the same process; waits, runs, what is given up, depth and age ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const server = one.set === 'current' ? current : previous;
    const app = await start({ DATABASE_URL: server.url });
    const seen = JSON.parse((await app.get('/')).body);
    expect(seen).toEqual([{ kind: 'good' }, { kind: 'broken' }]);
    await app.get('/wait');
    await app.stop();
    const root = sink.spans.find(span => span.kind === 2 && span.attributes['url.path'] === '/');
    const sends = sink.spans.filter(span => span.kind === 4);
    expect(sends.map(span => [span.name, span.parentId])).toEqual([
      ['send receipts', root?.spanId],
      ['send receipts', root?.spanId],
    ]);
    const runs = sink.spans.filter(span => span.kind === 5);
    expect(
      runs.map(span => [
        span.name,
        sends.findIndex(send => send.spanId === span.parentId),
        span.attributes['bellwether.task.next'] ?? 'done',
      ]),
    ).toEqual([
      ['process receipts', 0, 'done'],
      ['process receipts', 1, 'dead'],
    ]);
    expect(runs.every(span => Number(span.attributes['bellwether.task.wait_ms']) >= 0)).toBe(true);
    // Two requests, and the making of two queues; polling and housekeeping are no traces.
    expect(new Set(sink.spans.map(span => span.traceId)).size).toBeLessThanOrEqual(4);
    const errors = sink.logs.filter(log => log.eventName === 'exception');
    expect(errors.map(log => log.attributes['exception.type'])).toEqual(['TypeError']);
    const depth = sink.points.filter(point => point.metric === 'messaging.queue.depth');
    expect(new Set(depth.map(point => point.attributes['messaging.destination.name']))).toEqual(
      new Set(['receipts', 'waiting']),
    );
  },
);
