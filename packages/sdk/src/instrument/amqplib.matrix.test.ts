import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { type Peer, startRabbitMq } from '../test-support/peers.js';

let server: Peer;
beforeAll(async () => {
  server = await startRabbitMq();
});
afterAll(() => server.stop());

test.each(matrixCases('amqplib'))(
  '[G1][G2][G3][W39] RabbitMQ: messages carry the trace, runs last until they are acknowledged, what is given back is told apart ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({ AMQP_URL: server.url });
    const seen = JSON.parse((await app.get('/')).body);
    expect(seen[0]).toMatchObject({ kind: 'good', headers: ['own', 'traceparent'] });
    await app.get('/wait');
    await app.stop();
    const root = sink.spans.find(span => span.kind === 2 && span.attributes['url.path'] === '/');
    const sends = sink.spans.filter(span => span.kind === 4);
    expect(sends.map(span => [span.name, span.parentId])).toEqual([
      ['send receipts', root?.spanId],
      ['send receipts', root?.spanId],
      ['send receipts', root?.spanId],
      ['send parked', root?.spanId],
    ]);
    const runs = sink.spans.filter(span => span.kind === 5 && span.name === 'process receipts');
    const told = runs.map(span => [
      sends.findIndex(send => send.spanId === span.parentId),
      span.attributes['bellwether.task.attempt'],
      span.attributes['bellwether.task.next'] ?? 'done',
    ]);
    expect(told.sort()).toEqual([
      [0, 1, 'done'],
      [1, 1, 'dead'],
      [2, 1, 'retry'],
      [2, 2, 'done'],
    ]);
    expect(new Set(runs.map(span => span.traceId))).toEqual(new Set([root?.traceId]));
    expect(sink.spans.filter(span => span.name === 'process parked')).toHaveLength(1);
    const total = (metric: string): number =>
      Math.max(
        0,
        ...sink.points
          .filter(point => point.metric === metric && point.attributes['messaging.destination.name'] === 'receipts')
          .map(point => Math.max(point.value, point.count)),
      );
    expect([
      total('messaging.message.retries'),
      total('messaging.message.dead_letters'),
      total('messaging.message.wait.duration'),
    ]).toEqual([1, 1, 4]);
    const depth = sink.points.find(point => point.metric === 'messaging.queue.depth');
    expect(depth?.attributes).toMatchObject({ 'messaging.system': 'rabbitmq', 'bellwether.task.state': 'waiting' });
  },
);
