import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { type Peer, startRedis } from '../test-support/peers.js';

let server: Peer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

test.each(matrixCases('bullmq'))(
  '[G1][G2][G4][G7][W39] BullMQ: jobs go on with the trace of who queued them, with waits, runs, retries, dead letters and their errors ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({ REDIS_URL: server.url });
    const { result, failed } = JSON.parse(
      (await app.get('/', { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, baggage: 'tenant.id=acme' }))
        .body,
    );
    expect(result.seen).toEqual({ partner: 'p-1' });
    expect(failed).toBe('never');
    await app.stop();
    const root = sink.spans.find(span => span.kind === 2);
    const sends = sink.spans.filter(span => span.kind === 4);
    expect(
      sends.map(span => [span.name, span.parentId === root?.spanId, span.attributes['bellwether.task.type']]),
    ).toEqual([
      ['send commissions', true, 'calculate'],
      ['send commissions', true, 'flaky'],
      ['send commissions', true, 'broken'],
      ['send commissions', true, 'calculate'],
    ]);
    const runs = sink.spans.filter(span => span.kind === 5);
    expect(new Set(runs.map(span => span.traceId))).toEqual(new Set([root?.traceId]));
    const seen = runs.map(({ attributes, parentId }) => [
      attributes['bellwether.task.type'],
      sends.findIndex(send => send.spanId === parentId),
      attributes['bellwether.task.attempt'],
      attributes['bellwether.task.next'] ?? 'done',
      attributes['tenant.id'],
    ]);
    expect(seen).toEqual([
      ['calculate', 0, 1, 'done', 'acme'],
      ['flaky', 1, 1, 'retry', 'acme'],
      ['flaky', 1, 2, 'done', 'acme'],
      ['broken', 2, 1, 'dead', 'acme'],
      ['calculate', 3, 1, 'done', 'acme'],
      ['calculate', 3, 1, 'done', 'acme'],
    ]);
    // The processor is the application's own `monitoredTaskProcessing`: it names the runs, and none counts twice.
    expect(new Set(runs.map(({ attributes }) => attributes['code.function.name']))).toEqual(new Set(['calculate']));
    expect(
      sink.points.filter(({ attributes }) => attributes['messaging.destination.name'] === 'commission_queue'),
    ).toEqual([]);
    // The worker's own polling is no trace.
    expect(sink.spans.filter(span => span.name === 'BZPOPMIN')).toEqual([]);
    const value = (metric: string, task: string): number =>
      Math.max(
        0,
        ...sink.points
          .filter(point => point.metric === metric && point.attributes['bellwether.task.type'] === task)
          .map(point => Math.max(point.value, point.count)),
      );
    expect([value('messaging.message.retries', 'flaky'), value('messaging.message.dead_letters', 'broken')]).toEqual([
      1, 1,
    ]);
    expect([
      value('messaging.process.duration', 'calculate'),
      value('messaging.message.wait.duration', 'calculate'),
    ]).toEqual([3, 3]);
    const utilization = sink.points.filter(point => point.metric === 'messaging.worker.utilization');
    expect(utilization.some(point => point.attributes['messaging.destination.name'] === 'commissions')).toBe(true);
    const errors = sink.logs.filter(log => log.eventName === 'exception');
    // By message: bundlers change the names of classes.
    expect(errors.map(log => [log.attributes['exception.message'], log.severityText])).toEqual([
      ['first time', 'WARNING'],
      ['never', 'ERROR'],
    ]);
    expect(JSON.stringify(errors[1]?.attributes)).toContain('commissions');
  },
);

test.each(matrixCases('bullmq').filter(({ form }) => form === 'esm'))(
  '[G3] BullMQ: depth by state and the oldest age of a queue ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({ REDIS_URL: server.url, WAIT_MS: '2200' });
    await app.get('/depth');
    await app.stop();
    const depth = (state: string): number | undefined =>
      sink.points.findLast(
        point => point.metric === 'messaging.queue.depth' && point.attributes['bellwether.task.state'] === state,
      )?.value;
    // What a paused queue holds is `waiting` from 6 on. The cases share one server.
    expect(depth('delayed')).toBeGreaterThanOrEqual(1);
    expect(Number(depth('waiting')) + Number(depth('paused'))).toBeGreaterThanOrEqual(1);
    const age = sink.points.findLast(point => point.metric === 'messaging.queue.oldest_age');
    expect(age?.attributes['messaging.destination.name']).toBe('commissions');
  },
);
