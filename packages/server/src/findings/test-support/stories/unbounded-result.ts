import { type Story, fault, innocent } from '../story.js';
import { ok, body } from '../common-steps.js';

export const unboundedResult: readonly Story[] = [
  fault('unbounded-result', 'a whole table', draft =>
    draft
      .request('POST', '/rebuild')
      .calls({ sql: 'SELECT * FROM products', rows: draft.random.whole(1500, 90_000), ms: 60 })
      .answer(ok),
  ),
  fault('unbounded-result', 'all rows of a tenant', draft =>
    draft
      .request('POST', '/close')
      .calls({ sql: 'SELECT * FROM bookings WHERE tenant_id = $1', rows: draft.random.whole(1500, 40_000), ms: 60 })
      .answer(ok),
  ),
  fault('unbounded-result', 'a join without a limit', draft =>
    draft
      .request('POST', '/match')
      .calls({
        sql: 'SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.state = $1',
        rows: draft.random.whole(2000, 30_000),
        ms: 60,
      })
      .answer(ok),
  ),
  fault('unbounded-result', 'all to be counted in the application', draft =>
    draft
      .request('GET', '/count')
      .calls({ sql: 'SELECT id FROM visits WHERE day = $1', rows: draft.random.whole(3000, 80_000), ms: 60 })
      .answer(body(200)),
  ),
  innocent('a limit', draft =>
    draft
      .request('GET', '/export')
      .calls({ sql: 'SELECT * FROM products ORDER BY id LIMIT 5000', rows: 5000, ms: 60 })
      .answer(ok),
  ),
  innocent('a list of keys', draft =>
    draft
      .request('POST', '/prices')
      .calls({ sql: 'SELECT * FROM prices WHERE sku IN ($1)', rows: draft.random.whole(1200, 5000), ms: 60 })
      .answer(ok),
  ),
  innocent('a group', draft =>
    draft
      .request('GET', '/stats')
      .calls({ sql: 'SELECT day, count(*) FROM visits GROUP BY day', rows: draft.random.whole(1200, 3000), ms: 60 })
      .answer(ok),
  ),
  innocent('parts of a cursor', draft =>
    draft
      .job('export')
      .loop(10, () => ({ sql: 'FETCH 5000 FROM c1', rows: 5000, ms: 30 }))
      .answer({}),
  ),
  innocent('a change of many rows', draft =>
    draft
      .request('POST', '/expire')
      .calls({
        sql: 'UPDATE carts SET state = $1 WHERE updated < $2',
        rows: draft.random.whole(2000, 20_000),
        ms: 70,
      })
      .answer(ok),
  ),
  innocent('a nightly job reads a table', draft =>
    draft
      .job('nightly')
      .calls({ sql: 'SELECT * FROM countries_and_rates', rows: draft.random.whole(1200, 9000), ms: 50 })
      .answer({}),
  ),
  innocent('few rows', draft =>
    draft
      .request('GET', '/countries')
      .calls({ sql: 'SELECT * FROM countries', rows: draft.random.whole(100, 300), ms: 5 })
      .answer(ok),
  ),
  innocent('rows that come back from an insert', draft =>
    draft
      .request('POST', '/bulk')
      .calls({ sql: 'INSERT INTO items (a) VALUES ($1) RETURNING id', rows: 3000, ms: 60 })
      .answer(ok),
  ),
  innocent('the first so many', draft =>
    draft
      .request('GET', '/top')
      .calls({ sql: 'SELECT * FROM scores ORDER BY points DESC FETCH FIRST 2000 ROWS ONLY', rows: 2000, ms: 60 })
      .answer(ok),
  ),
];
