import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { type Peer, startPostgres } from '../test-support/peers.js';

let postgres: Peer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

test.each(matrixCases('agenda', { previous: false }))(
  '[G1][G2][G3] Agenda: jobs go on with their trace in the same process; waits, runs, retries and what is given up, depth and age ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({ DATABASE_URL: postgres.url });
    const { body } = await app.get('/');
    expect(JSON.parse(body).map(String).toSorted()).toEqual(['0', '1', 'callback', 'good', 'tick']);
    expect((await app.get('/depth')).body).toBe('true');
    await app.stop();
    const root = sink.spans.find(span => span.kind === 2);
    const sends = sink.spans.filter(span => span.kind === 4 && span.name !== 'send held');
    expect(sends.map(span => [span.name, span.parentId === root?.spanId]).toSorted()).toEqual([
      ['send broken', true],
      ['send called-back', true],
      ['send receipts', true],
    ]);
    const runs = sink.spans.filter(span => span.kind === 5 && span.name !== 'process held');
    expect(
      runs
        .map(span => [
          span.name,
          span.attributes['bellwether.task.attempt'],
          sends.find(send => send.spanId === span.parentId)?.name,
          span.attributes['bellwether.task.next'] ?? 'done',
        ])
        .toSorted(),
    ).toEqual([
      ['process broken', 1, 'send broken', 'retry'],
      ['process broken', 2, 'send broken', 'dead'],
      ['process called-back', 1, 'send called-back', 'done'],
      ['process receipts', 1, 'send receipts', 'done'],
      ['process tick', 1, undefined, 'done'],
    ]);
    expect(runs.every(span => Number(span.attributes['bellwether.task.wait_ms']) >= 0)).toBe(true);
    const errors = sink.logs.filter(log => log.eventName === 'exception');
    expect(errors.map(log => [log.severityText, log.attributes['exception.type']])).toEqual([
      ['WARNING', 'TypeError'],
      ['ERROR', 'TypeError'],
    ]);
    const utilized = sink.points.filter(point => point.metric === 'messaging.worker.utilization');
    expect(new Set(utilized.map(point => point.attributes['messaging.destination.name']))).toContain('receipts');
    const told = sink.points.filter(point => point.attributes['messaging.destination.name'] === 'held');
    const depth = (state: string): readonly unknown[] =>
      told
        .filter(
          ({ metric, attributes }) =>
            metric === 'messaging.queue.depth' && attributes['bellwether.task.state'] === state,
        )
        .map(({ value }) => value);
    expect([depth('waiting'), depth('active')]).toEqual([expect.arrayContaining([1]), expect.arrayContaining([1])]);
    const age = told.find(({ metric }) => metric === 'messaging.queue.oldest_age');
    expect(Number(age?.value)).toBeGreaterThan(0);
  },
);
