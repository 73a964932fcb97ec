import { afterAll, beforeAll, expect, test } from 'vitest';
import { allText, askedBy, spansUnder } from '../test-support/database-spans.js';
import { matrixCases, openCase } from '../test-support/matrix.js';
import type { SeenLog } from '../test-support/otlp.js';
import { type Peer, startMariaDb } from '../test-support/peers.js';

let mariadb: Peer;
beforeAll(async () => {
  mariadb = await startMariaDb();
});
afterAll(() => mariadb.stop());

test.each(matrixCases('mysql2'))(
  '[D1][D2][D3][D4][D5][D6][D10] queries of all forms, errors and slow ones ($name)',
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({
      DATABASE_URL: mariadb.url,
      BELLWETHER_SLOW_QUERY_MS: 'shop=100',
      BELLWETHER_EXPLAIN: 'true',
      BELLWETHER_COLLECTION_COUNT_MINUTES: '0.03',
    });
    const paths = [
      '/callback',
      '/promise',
      '/execute',
      '/events',
      '/prepare-fails',
      '/error',
      '/slow',
      '/heavy',
      '/nested',
    ];
    for (const path of paths) expect([path, (await app.get(path)).status]).toEqual([path, 200]);
    // One plan is asked for at a time: on a busy machine another slow query may have been before.
    for (let again = 0; again < 5 && !sink.logs.some(isPlan); again++) {
      await app.get('/heavy');
      await new Promise(resolve => setTimeout(resolve, 1200));
    }
    // What is counted is counted a second after the start.
    await new Promise(resolve => setTimeout(resolve, 2500));
    await app.stop();
    const seen = paths.map(path => {
      const spans = spansUnder(sink, path);
      const [first] = spans;
      const { 'db.query.text': text, 'db.response.returned_rows': rows, 'error.type': error } = first?.attributes ?? {};
      return [path, spans.length, text, rows ?? error];
    });
    expect(seen).toEqual([
      ['/callback', 1, 'SELECT id FROM users WHERE id > ? AND mail <> ?', 3],
      ['/promise', 1, 'UPDATE users SET mail = ? WHERE id = ?', 1],
      ['/execute', 1, 'SELECT mail FROM users WHERE id = ?', 1],
      ['/events', 1, 'SELECT id, ? FROM users', 3],
      ['/prepare-fails', 1, 'SELECT * FROM nowhere WHERE a = ?', 'ER_NO_SUCH_TABLE'],
      ['/error', 1, 'SELECT * FROM nowhere', 'ER_NO_SUCH_TABLE'],
      ['/slow', 1, 'SELECT SLEEP(?), ? AS slow', 1],
      ['/heavy', 1, 'SELECT COUNT(*) AS n FROM seq_1_to_8000000 AS n, users WHERE n.seq % ? = ? AND mail <> ?', 1],
      ['/nested', 10, 'SELECT SLEEP(?) AS nested', 1],
    ]);
    expect(sink.spans.find(span => span.name === 'SELECT users')?.attributes).toMatchObject({
      'db.system.name': 'mysql',
      'db.namespace': 'shop',
      'db.operation.name': 'SELECT',
      'db.collection.name': 'users',
      'server.address': '127.0.0.1',
    });
    const slow = sink.logs.find(
      log => log.eventName === 'db.slow_query' && log.attributes['db.query.text'] === 'SELECT SLEEP(?), ? AS slow',
    );
    expect(slow?.attributes).toMatchObject({ threshold_ms: 100, ...askedBy(one, '/slow') });
    expect(String(slow?.attributes['code.file.path'])).toMatch(/app\.\w+$/);
    const slowOnes = sink.points.filter(point => point.metric === 'db.client.slow_queries');
    expect(slowOnes.find(point => point.attributes['db.query.summary'] === 'SELECT')?.value).toBeGreaterThan(0);
    const plan = sink.logs.find(isPlan);
    expect(String(plan?.attributes['db.query.plan'])).toContain('"query_block"');
    expect(sink.spans.some(span => String(span.attributes['db.query.text']).includes('EXPLAIN'))).toBe(false);
    const pool = (metric: string, state?: string) =>
      sink.points
        .filter(point => point.metric === metric && point.attributes['db.client.connection.state'] === state)
        .map(point => [String(point.attributes['db.client.connection.pool.name']).replace(/\d+/g, '*'), point]);
    expect(pool('db.client.connection.max').map(([name]) => name)).toContain('*.*.*.*:*/shop');
    const counted = sink.points.find(
      point => point.metric === 'db.collection.rows' && point.attributes['db.collection.name'] === 'users',
    );
    expect([counted?.value, counted?.attributes['db.system.name']]).toEqual([3, 'mysql']);
    expect(allText(sink)).not.toContain('secret');
  },
);

const isPlan = (log: SeenLog): boolean =>
  log.eventName === 'db.query_plan' && String(log.attributes['db.query.text']).includes('seq_1_to');
