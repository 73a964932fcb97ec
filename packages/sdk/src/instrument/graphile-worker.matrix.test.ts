import { afterAll, beforeAll, expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { type Peer, startPostgres } from '../test-support/peers.js';

// Each version has a schema of its own, and so a server.
const cases = matrixCases('graphile-worker');
const servers = new Map<string, Peer>();
beforeAll(async () => {
  for (const set of new Set(cases.map(one => one.set))) servers.set(set, await startPostgres());
});
afterAll(() => Promise.all([...servers.values()].map(server => server.stop())));

test.each(cases)(
  '[G1][G2][G3][G7] Graphile Worker: jobs go on with their trace in the same process; waits, runs, what is given up, depth and age ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({ DATABASE_URL: servers.get(one.set)?.url ?? '' });
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
