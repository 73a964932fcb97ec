import { afterAll, beforeAll, expect, test } from 'vitest';
import { allText, askedBy, spansUnder } from '../test-support/database-spans.js';
import { matrixCases, openCase } from '../test-support/matrix.js';
import type { SeenLog } from '../test-support/otlp.js';
import { type Peer, startPostgres } from '../test-support/peers.js';

let postgres: Peer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

test.each(matrixCases('pg'))(
  '[D2][D5][D6][D9][D10][W43][W44] loops, slow queries, cursors and pools ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({
      DATABASE_URL: postgres.url,
      BELLWETHER_SLOW_QUERY_MS: '5000,postgresql=100',
      BELLWETHER_EXPLAIN: 'true',
      BELLWETHER_COLLECTION_COUNT_MINUTES: '0.03',
    });
    const cursors = one.set === 'current' ? ['/cursor'] : [];
    for (const path of ['/loop', '/slow', '/heavy', ...cursors, '/exhausted', '/many', '/comment'])
      expect([path, (await app.get(path)).status]).toEqual([path, 200]);
    // One plan is asked for at a time: on a busy machine another slow query may have been before.
    for (let again = 0; again < 5 && !sink.logs.some(isPlan); again++) {
      await app.get('/heavy');
      await new Promise(resolve => setTimeout(resolve, 1200));
    }
    // What is counted is counted a second after the start.
    await new Promise(resolve => setTimeout(resolve, 2500));
    await app.stop();

    // The fifth time in one trace looks like a loop around a query, so it says where it stands.
    const loop = spansUnder(sink, '/loop');
    expect(loop.map(span => span.name)).toEqual(Array.from({ length: 6 }, () => 'SELECT users'));
    expect(loop[4]?.attributes).toMatchObject({ ...askedBy(one, 'ordersOf'), 'db.response.returned_rows': 1 });
    expect(String(loop[4]?.attributes['code.file.path'])).toMatch(/\bapp\.\w+$/);

    const slow = sink.logs.find(
      log => log.eventName === 'db.slow_query' && String(log.attributes['db.query.text']).includes('pg_sleep(?), ?'),
    );
    expect(slow?.attributes).toMatchObject({
      'db.query.text': 'SELECT pg_sleep(?), ? AS slow',
      'db.response.returned_rows': 1,
      ...askedBy(one, 'slowReport'),
      threshold_ms: 100,
    });
    const cursorRows = spansUnder(sink, '/cursor').map(span => span.attributes['db.response.returned_rows']);
    expect(cursorRows).toEqual(cursors.map(() => 3));
    expect(spansUnder(sink, '/comment').map(span => span.attributes['db.query.text'])).toEqual([
      'SELECT ? AS commented',
    ]);

    // A plan only of what reads and calls nothing that works by itself, as `pg_sleep` does; asked for on another connection, which is not told.
    const plans = sink.logs.filter(log => log.eventName === 'db.query_plan');
    const ofHeavy = plans.find(isPlan);
    const plan = String(ofHeavy?.attributes['db.query.plan']);
    expect(plan).toContain('"Node Type":"Aggregate"');
    expect(plan).toContain('mail <> ?');
    expect(sink.spans.some(span => span.kind === 3 && span.traceId === ofHeavy?.traceId)).toBe(true);
    expect(plans.filter(log => String(log.attributes['db.query.text']).includes('pg_sleep'))).toEqual([]);
    expect(sink.spans.some(span => String(span.attributes['db.query.text']).includes('EXPLAIN'))).toBe(false);

    const pools = sink.points.filter(point => point.metric.startsWith('db.client.connection.'));
    // Metrics are sent every ten seconds, so that a slow machine tells twice.
    const poolsOf = (metric: string): readonly string[] => {
      const told = pools.filter(point => point.metric === `db.client.connection.${metric}`);
      const names = told.map(point => String(point.attributes['db.client.connection.pool.name']).replace(/:\d+/, ''));
      return [...new Set(names)];
    };
    expect(poolsOf('max')).toEqual(['127.0.0.1/postgres', '127.0.0.1/postgres#2']);
    expect(poolsOf('timeouts')).toEqual(['127.0.0.1/postgres#2']);
    expect(poolsOf('pending_requests')).toContain('127.0.0.1/postgres');
    const waits = pools.filter(point => point.metric === 'db.client.connection.wait_time');
    expect(Math.max(...waits.map(point => point.count))).toBeGreaterThan(15);
    const idle = pools.filter(point => point.attributes['db.client.connection.state'] === 'idle');
    expect(Math.max(...idle.map(point => point.value))).toBe(2);
    const counted = sink.points.find(
      point => point.metric === 'db.collection.rows' && point.attributes['db.collection.name'] === 'users',
    );
    // An estimate: what was inserted just before an ANALYZE is added to what that found.
    expect([3, 6]).toContain(counted?.value);
    expect(counted?.attributes['db.system.name']).toBe('postgresql');
    expect(allText(sink)).not.toContain('secret');
  },
);

const isPlan = (log: SeenLog): boolean =>
  log.eventName === 'db.query_plan' &&
  String(log.attributes['db.query.text']).includes('generate_series(?, ?) AS n, users');
