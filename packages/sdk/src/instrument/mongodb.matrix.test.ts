import { expect, onTestFinished, test } from 'vitest';
import { allText, askedBy, spansUnder } from '../test-support/database-spans.js';
import { matrixCases, openCase } from '../test-support/matrix.js';
import { startMongoPeer } from '../test-support/mongo-peer.js';

// Bundlers follow the driver into its optional packages, which are native: it is left out of bundles.
test.each(matrixCases('mongodb', { forms: ['esm', 'cjs', 'tsx'] }))(
  '[D1][D2][D4][D5][D6][D10] commands by their shape, cursors, pools ($name)',
  async one => {
    const peer = await startMongoPeer();
    onTestFinished(() => peer.stop());
    const { start, sink } = await openCase(one);
    const app = await start({
      DATABASE_URL: peer.url,
      BELLWETHER_SLOW_QUERY_MS: 'mongodb=100',
      BELLWETHER_COLLECTION_COUNT_MINUTES: '0.03',
    });
    const paths = ['/find', '/one', '/insert', '/duplicate', '/update', '/unknown', '/slow'];
    for (const path of paths) expect([path, (await app.get(path)).status]).toEqual([path, 200]);
    // What is counted is counted a second after the start.
    await new Promise(resolve => setTimeout(resolve, 2500));
    await app.stop();
    const seen = paths.map(path => {
      const spans = spansUnder(sink, path);
      const { 'db.query.text': text, 'error.type': error } = spans[0]?.attributes ?? {};
      return [path, spans.map(span => span.attributes['db.response.returned_rows'] ?? error), text];
    });
    expect(seen).toEqual([
      ['/find', [2, 2, 1], 'find users {filter: {plan: ?, mail: {$ne: ?}}}'],
      ['/one', [0], 'find users {filter: {name: ?}}'],
      ['/insert', [1], 'insert users'],
      ['/duplicate', [0], 'insert users'],
      ['/update', [0], 'update users {updates: [{q: {name: ?}, u: {$set: {mail: ?}}}]}'],
      ['/unknown', ['CommandNotFound'], 'nothing secret'],
      ['/slow', [undefined], 'sleep'],
    ]);
    expect(spansUnder(sink, '/find').map(span => span.name)).toEqual(['find users', 'getMore users', 'getMore users']);
    expect(spansUnder(sink, '/duplicate')[0]).toMatchObject({ status: 2, attributes: { 'error.type': '11000' } });
    const slow = sink.logs.find(
      log => log.eventName === 'db.slow_query' && log.attributes['db.query.text'] === 'sleep',
    );
    expect(slow?.attributes).toMatchObject(askedBy(one, 'slowCommand'));
    const max = sink.points.find(point => point.metric === 'db.client.connection.max');
    expect([max?.value, max?.attributes['db.system.name']]).toEqual([3, 'mongodb']);
    const counted = sink.points.find(
      point => point.metric === 'db.collection.rows' && point.attributes['db.collection.name'] === 'users',
    );
    expect([counted?.value, counted?.attributes['db.system.name']]).toEqual([6, 'mongodb']);
    expect(sink.spans.filter(span => span.name.startsWith('listCollections'))).toEqual([]);
    expect(allText(sink).replaceAll('nothing secret', '')).not.toMatch(/secret-|secret@/);
  },
);
