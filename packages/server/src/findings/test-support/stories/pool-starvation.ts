import { type Story, fault, innocent } from '../story.js';
import { ok, byId } from '../common-steps.js';

export const poolStarvation: readonly Story[] = [
  fault('pool-starvation', 'a wait that the pool tells', draft => {
    const ms = draft.random.whole(120, 3000);
    return draft
      .request('GET', '/orders')
      .calls(
        { span: 'pg-pool.connect', kind: 3, ms, more: { 'db.system': 'postgresql', 'db.name': 'shop' } },
        byId('orders'),
      )
      .answer(ok);
  }),
  fault('pool-starvation', 'a wait that the query tells', draft => {
    const ms = draft.random.whole(80, 900);
    return draft
      .request('GET', '/orders')
      .pause(ms)
      .calls({
        sql: 'SELECT * FROM orders WHERE id = $1',
        rows: 1,
        ms: 3,
        more: { 'bellwether.db.pool.wait_ms': String(ms) },
      })
      .answer(ok);
  }),
  fault('pool-starvation', 'a transaction that waits for its connection', draft =>
    draft
      .request('POST', '/pay')
      .calls(
        { span: 'pool.acquire', ms: draft.random.whole(150, 2000) },
        { sql: 'BEGIN', ms: 1 },
        { sql: 'COMMIT', ms: 2 },
      )
      .answer(ok),
  ),
  innocent('a short wait', draft =>
    draft
      .request('GET', '/orders')
      .calls({ span: 'pg-pool.connect', kind: 3, ms: 3, more: { 'db.system': 'postgresql' } }, byId('orders'))
      .answer(ok),
  ),
  innocent('a slow query on a free connection', draft =>
    draft.request('GET', '/x').calls({ span: 'pool.acquire', ms: 1 }, byId('orders', 60)).answer(ok),
  ),
  innocent('some milliseconds', draft =>
    draft
      .request('GET', '/x')
      .calls({
        sql: 'SELECT * FROM orders WHERE id = $1',
        rows: 1,
        ms: 3,
        more: { 'bellwether.db.pool.wait_ms': String(draft.random.whole(1, 30)) },
      })
      .answer(ok),
  ),
  innocent('work before the first query', draft =>
    draft.request('GET', '/x').pause(600).calls(byId('orders')).answer(ok),
  ),
  innocent('a request to a service that connects slowly', draft =>
    draft.request('GET', '/x').calls({ http: 'GET', url: 'https://api.example.com/connect/pool', ms: 700 }).answer(ok),
  ),
  innocent('a connection that is made anew', draft => {
    const spans = draft
      .request('GET', '/x')
      .calls({ span: 'pg-pool.connect', kind: 3, ms: 300, more: { 'db.system': 'postgresql' } }, byId('orders'))
      .answer(ok);
    const pool = spans.find(span => span.name === 'pg-pool.connect');
    return pool === undefined
      ? spans
      : [
          ...spans,
          {
            ...pool,
            id: 'c'.repeat(16),
            parent: pool.id,
            name: 'pg.connect',
            startUs: pool.startUs + 100,
            durationUs: pool.durationUs - 3000,
          },
        ];
  }),
];
