import { expect, onTestFinished, test } from 'vitest';
import { startKafkaPeer } from '../test-support/kafka-peer.js';
import { matrixCases, openCase } from '../test-support/matrix.js';

test.each(matrixCases('kafkajs'))(
  '[G1][G2][G3][G7] kafkajs: messages and batches go on with their trace; waits, runs, what comes again, lag ($name)',
  async one => {
    const broker = await startKafkaPeer();
    onTestFinished(() => broker.stop());
    const { start, sink } = await openCase(one);
    const app = await start({ KAFKA_URL: broker.url, KAFKAJS_NO_PARTITIONER_WARNING: '1' });
    expect((await app.get('/send')).body).toBe('["good","broken"]');
    expect([(await app.get('/batch')).status, (await app.get('/batch')).status]).toEqual([200, 200]);
    expect((await app.get('/work')).body).toBe('[4]');
    expect((await app.get('/lag')).status).toBe(200);
    await app.stop();
    const roots = sink.spans.filter(span => span.kind === 2);
    const [root] = roots;
    const sends = sink.spans.filter(span => span.kind === 4);
    expect(sends.map(span => [span.name, span.attributes['messaging.batch.message_count'] ?? 1, span.traceId])).toEqual(
      [
        ['send orders', 1, root?.traceId],
        ['send orders', 1, root?.traceId],
        ['send totals', 2, roots[1]?.traceId],
        ['send totals', 2, roots[2]?.traceId],
      ],
    );
    const runs = sink.spans.filter(span => span.kind === 5);
    const parents = runs.map(({ parentId }) => sends.findIndex(send => send.spanId === parentId));
    expect(
      runs.map(({ name, attributes }, at) => [
        name,
        parents[at],
        attributes['bellwether.task.attempt'],
        attributes['bellwether.task.next'] ?? 'done',
      ]),
    ).toEqual([
      ['process orders', 0, 1, 'done'],
      ['process orders', 1, 1, 'retry'],
      ['process orders', 1, 2, 'done'],
      // Messages of two traces are worked on in a trace of its own, which is linked to both.
      ['process totals', -1, 1, 'done'],
    ]);
    expect(runs[0]?.attributes).toMatchObject({
      'messaging.system': 'kafka',
      'messaging.consumer.group.name': 'receipts',
      'messaging.destination.partition.id': '0',
      'messaging.kafka.offset': 0,
    });
    expect(runs[3]?.attributes['messaging.batch.message_count']).toBe(4);
    expect(runs[3]?.links.map(link => link.spanId)).toEqual([sends[2]?.spanId, sends[3]?.spanId]);
    expect(runs.every(span => Number(span.attributes['bellwether.task.wait_ms']) >= 0)).toBe(true);
    const errors = sink.logs.filter(log => log.eventName === 'exception');
    expect(errors.map(log => log.attributes['exception.type'])).toEqual(['OutOfStock']);
    const lag = sink.points.find(
      point =>
        point.metric === 'messaging.queue.depth' && point.attributes['messaging.consumer.group.name'] === 'receipts',
    );
    expect([lag?.attributes['messaging.destination.name'], lag?.value]).toEqual(['orders', 0]);
  },
);
