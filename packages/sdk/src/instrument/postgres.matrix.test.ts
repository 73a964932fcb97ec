import { afterAll, beforeAll, expect, test } from 'vitest';
import { allText, askedBy, spansUnder } from '../test-support/database-spans.js';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { type Peer, startPostgres } from '../test-support/peers.js';

let server: Peer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

test.each(matrixCases('postgres'))('[D1][D2][D4][D5][W44] tagged queries, transactions, cursors ($name)', async one => {
  const { start, sink } = await openCase(one);
  const app = await start({ DATABASE_URL: server.url, BELLWETHER_SLOW_QUERY_MS: 'postgresql=100' });
  const paths = ['/tagged', '/parts', '/unsafe', '/insert', '/begin', '/cursor', '/error', '/slow'];
  for (const path of paths) {
    const answer = await app.get(path);
    expect([path, answer.status, answer.body]).toEqual([path, 200, expect.any(String)]);
  }
  await app.stop();
  const seen = paths.map(path => [
    path,
    ...spansUnder(sink, path).map(({ attributes }) => [
      attributes['db.query.text'],
      attributes['error.type'] ?? attributes['db.response.returned_rows'],
    ]),
  ]);
  expect(seen).toEqual([
    ['/tagged', ['SELECT id FROM people WHERE mail <> $1 AND id > $2', 3]],
    ['/parts', ['SELECT "id","mail" FROM "people" WHERE id = $1', 1]],
    ['/unsafe', ['SELECT ? AS unsafe', 1]],
    ['/insert', ['INSERT INTO people ("id","mail")values ($1)', 1]],
    ['/begin', ['begin', undefined], ['UPDATE people SET mail = $1 WHERE id < $2', 2], ['commit', undefined]],
    ['/cursor', ['SELECT id FROM people ORDER BY id', 4]],
    ['/error', ['SELECT * FROM nowhere', '42P01']],
    ['/slow', ['SELECT pg_sleep(?), ? AS slow', 1]],
  ]);
  const slow = sink.logs.find(
    log => log.eventName === 'db.slow_query' && String(log.attributes['db.query.text']).includes('AS slow'),
  );
  expect(slow?.attributes).toMatchObject(askedBy(one, 'slowReport'));
  expect(allText(sink)).not.toContain('secret');
});
