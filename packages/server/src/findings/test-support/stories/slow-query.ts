import { type Story, fault, innocent } from '../story.js';
import { ok, byId } from '../common-steps.js';

export const slowQuery: readonly Story[] = [
  fault('slow-query', 'a search without an index', draft =>
    draft
      .request('GET', '/search')
      .calls({
        sql: 'SELECT * FROM products WHERE name LIKE $1 LIMIT 20',
        rows: 20,
        ms: draft.random.whole(250, 4000),
      })
      .answer(ok),
  ),
  fault('slow-query', 'a sum over much', draft =>
    draft
      .request('GET', '/report')
      .calls({
        sql: 'SELECT sum(amount) FROM payments WHERE tenant_id = $1',
        rows: 1,
        ms: draft.random.whole(300, 3000),
      })
      .answer(ok),
  ),
  fault('slow-query', 'a change that waits for a row', draft =>
    draft
      .request('PUT', '/stock')
      .calls({ sql: 'UPDATE stock SET amount = $2 WHERE sku = $1', rows: 1, ms: draft.random.whole(300, 2000) })
      .answer(ok),
  ),
  fault('slow-query', 'a job whose query takes a minute', draft =>
    draft
      .job('nightly')
      .calls({
        sql: 'SELECT customer_id, sum(total) FROM orders GROUP BY customer_id',
        rows: 900,
        ms: draft.random.whole(4000, 60_000),
      })
      .answer({}),
  ),
  innocent('fast', draft => draft.request('GET', '/orders').calls(byId('orders', 5), byId('customers', 40)).answer(ok)),
  innocent('a bulk copy', draft => draft.job('load').calls({ sql: 'COPY events FROM STDIN', ms: 20_000 }).answer({})),
  innocent('a wait on purpose', draft =>
    draft.request('GET', '/debug').calls({ sql: 'SELECT pg_sleep($1)', rows: 1, ms: 2000 }).answer(ok),
  ),
  innocent('a lock of the application', draft =>
    draft.request('POST', '/close').calls({ sql: 'SELECT pg_advisory_lock($1)', rows: 1, ms: 900 }).answer(ok),
  ),
  innocent('a change of the schema', draft =>
    draft
      .job('migrate', 1)
      .calls({ sql: 'CREATE INDEX CONCURRENTLY orders_by_user ON orders (user_id)', ms: 30_000 })
      .answer({}),
  ),
  innocent('half a second in a job', draft =>
    draft
      .job('cleanup')
      .calls({ sql: 'DELETE FROM sessions WHERE expires < $1', rows: 4000, ms: draft.random.whole(150, 600) })
      .answer({}),
  ),
  innocent('a slow service, not a query', draft =>
    draft.request('GET', '/pay').calls({ http: 'GET', url: 'https://pay.example.com/status', ms: 3000 }).answer(ok),
  ),
  innocent('a slow request of fast queries', draft =>
    draft.request('GET', '/slow').calls(byId('orders', 5)).pause(2000).calls(byId('customers', 5)).answer(ok),
  ),
  innocent('a notification that is waited for', draft =>
    draft.job('listener').calls({ sql: 'LISTEN jobs', ms: 5000 }).answer({}),
  ),
];
