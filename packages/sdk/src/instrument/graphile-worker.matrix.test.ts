import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { type Peer, startPostgres } from '../test-support/peers.js';

let current: Peer;
let previous: Peer;
beforeAll(async () => {
  [current, previous] = await Promise.all([startPostgres(), startPostgres()]);
});
afterAll(() => Promise.all([current.stop(), previous.stop()]));

test.each(matrixCases('graphile-worker', { forms: ['esm', 'cjs', 'tsx'] }))(
  '[G1][G2][G3][G7] Graphile Worker: jobs go on with their trace in the same process; waits, runs, what is given up, depth and age ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const server = one.set === 'current' ? current : previous;
    const app = await start({ DATABASE_URL: server.url });
    const { body } = await app.get('/');
    const kinds = JSON.parse(body).map((payload: { kind: string }) => payload.kind);
    expect(kinds.toSorted()).toEqual(['broken', 'follow-up', 'good']);
    await app.get('/wait');
    await app.stop();
    const root = sink.spans.find(span => span.kind === 2 && span.attributes['url.path'] === '/');
    const sends = sink.spans.filter(span => span.kind === 4 && span.traceId === root?.traceId);
    const runs = sink.spans.filter(span => span.kind === 5);
    const parentOf = (span: { parentId: string }) =>
      [root, ...sends, ...runs].find(other => other?.spanId === span.parentId)?.name;
    expect(sends.map(span => [span.name, parentOf(span)]).toSorted()).toEqual([
      ['send receipts', 'GET'],
      ['send receipts', 'GET'],
      ['send stamps', 'process receipts'],
    ]);
    expect(
      runs.map(span => [span.name, parentOf(span), span.attributes['bellwether.task.next'] ?? 'done']).toSorted(),
    ).toEqual([
      ['process receipts', 'send receipts', 'dead'],
      ['process receipts', 'send receipts', 'done'],
      ['process stamps', 'send stamps', 'done'],
    ]);
    expect(runs.every(span => Number(span.attributes['bellwether.task.wait_ms']) >= 0)).toBe(true);
    expect(runs.every(span => span.attributes['bellwether.task.attempt'] === 1)).toBe(true);
    // Polling, listening and housekeeping are no traces.
    const begunByThemselves = sink.spans.filter(span => span.parentId === '' && span.startNs > (root?.startNs ?? 0n));
    expect(begunByThemselves.filter(span => span.kind === 3)).toEqual([]);
    const errors = sink.logs.filter(log => log.eventName === 'exception');
    expect(errors.map(log => log.attributes['exception.type'])).toEqual(['TypeError']);
    const depth = sink.points.filter(
      point => point.metric === 'messaging.queue.depth' && point.attributes['bellwether.task.state'] === 'delayed',
    );
    expect(depth.find(point => point.attributes['messaging.destination.name'] === 'reports')?.value).toBe(1);
  },
);
