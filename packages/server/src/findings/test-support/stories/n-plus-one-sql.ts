import type { Step } from '../draft.js';
import { type Story, fault, innocent } from '../story.js';
import { tables, ok, listOf, byId } from '../common-steps.js';

export const nPlusOneSql: readonly Story[] = [
  fault('n-plus-one-sql', 'a list, and each row of another table by its id', draft => {
    const n = draft.random.whole(6, 40);
    const table = draft.random.of(tables);
    return draft
      .request('GET', '/orders')
      .calls(listOf(draft, n))
      .loop(n, () => byId(table))
      .answer(ok);
  }),
  fault('n-plus-one-sql', 'children of each row by its foreign key, all at once', draft => {
    const n = draft.random.whole(8, 30);
    return draft
      .request('GET', '/orders')
      .calls(listOf(draft, n))
      .together(
        Array.from({ length: n }, (): Step => ({
          sql: 'SELECT * FROM order_items WHERE order_id = $1 ORDER BY position',
          rows: draft.random.whole(0, 9),
          ms: 3,
        })),
        draft.random.of([n, 10]),
      )
      .answer(ok);
  }),
  fault('n-plus-one-sql', 'an ORM that fetches a relation lazily while a page is rendered', draft => {
    const n = draft.random.whole(10, 25);
    return draft
      .request('GET', '/posts')
      .calls(listOf(draft, n))
      .loop(
        n,
        () => ({ sql: 'SELECT a.id, a.name FROM authors a WHERE a.id = $1 LIMIT 1', rows: 1, ms: 1.5 }),
        draft.random.about(3),
      )
      .answer(ok);
  }),
  fault('n-plus-one-sql', 'a count for each row', draft => {
    const n = draft.random.whole(6, 20);
    return draft
      .request('GET', '/teams')
      .calls(listOf(draft, n))
      .loop(n, () => ({ sql: 'SELECT count(*) FROM members WHERE team_id = $1', rows: 1, ms: 3 }))
      .answer(ok);
  }),
  fault('n-plus-one-sql', 'a job that looks each of its items up', draft => {
    const n = draft.random.whole(15, 60);
    return draft
      .job('process invoices')
      .calls(listOf(draft, n))
      .loop(n, () => byId('customers', 2), 1)
      .answer({});
  }),
  fault('n-plus-one-sql', 'two lookups in turn in each round of a loop', draft => {
    const n = draft.random.whole(6, 15);
    draft.request('GET', '/cart').calls(listOf(draft, n));
    draft.loop(n * 2, i =>
      i % 2 === 0 ? byId('products') : { sql: 'SELECT price FROM prices WHERE product_id = $1', rows: 1, ms: 2 },
    );
    return draft.answer(ok);
  }),
  innocent('pages by offset, to the end', draft =>
    draft
      .request('GET', '/export')
      .loop(draft.random.whole(6, 15), () => ({
        sql: 'SELECT * FROM orders WHERE tenant_id = $1 ORDER BY id LIMIT 100 OFFSET $2',
        rows: 100,
        ms: 6,
      }))
      .answer(ok),
  ),
  innocent('pages from a key on', draft =>
    draft
      .job('sync')
      .loop(draft.random.whole(6, 25), () => ({
        sql: 'SELECT * FROM events WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT 500',
        rows: 500,
        ms: 8,
      }))
      .answer({}),
  ),
  innocent('batches of many keys', draft =>
    draft
      .request('GET', '/report')
      .loop(draft.random.whole(5, 12), () => ({ sql: 'SELECT * FROM customers WHERE id IN ($1)', rows: 200, ms: 7 }))
      .answer(ok),
  ),
  innocent('an array of keys, a few times', draft =>
    draft
      .request('GET', '/feed')
      .loop(draft.random.whole(5, 8), () => ({
        sql: 'SELECT * FROM users WHERE id = ANY($1)',
        rows: draft.random.whole(20, 90),
        ms: 4,
      }))
      .answer(ok),
  ),
  innocent('a poll until a job is done', draft =>
    draft
      .request('GET', '/jobs/:id/wait', '/jobs/7/wait')
      .loop(
        draft.random.whole(6, 15),
        () => ({ sql: 'SELECT state FROM jobs WHERE id = $1', rows: 1, ms: 1.5 }),
        draft.random.of([100, 250, 500, 1000]),
      )
      .answer(ok),
  ),
  innocent('fan-out to shards', draft =>
    draft
      .request('GET', '/search')
      .together(
        Array.from({ length: draft.random.whole(6, 16) }, (_, i): Step => ({
          sql: 'SELECT * FROM documents WHERE owner_id = $1 LIMIT 20',
          rows: 20,
          ms: 9,
          host: `shard-${i}.db.internal`,
        })),
      )
      .answer(ok),
  ),
  innocent('a loop that a cache answers, and a few misses', draft => {
    const n = draft.random.whole(2, 4);
    return draft
      .request('GET', '/orders')
      .calls(listOf(draft, 6))
      .loop(n, () => byId('products'))
      .answer(ok);
  }),
  innocent('rows written one by one in a transaction', draft => {
    draft
      .request('POST', '/import')
      .calls({ sql: 'BEGIN', ms: 0.3 })
      .loop(draft.random.whole(8, 40), () => ({
        sql: 'INSERT INTO items (order_id, sku) VALUES ($1, $2)',
        rows: 1,
        ms: 1.2,
      }));
    return draft.calls({ sql: 'COMMIT', ms: 3 }).answer(ok);
  }),
  innocent('many different lookups of one page', draft =>
    draft
      .request('GET', '/dashboard')
      .loop(tables.length, i => byId(tables[i] ?? 'customers'))
      .answer(ok),
  ),
  innocent('a cursor read in parts', draft =>
    draft
      .job('archive')
      .loop(draft.random.whole(10, 40), () => ({ sql: 'FETCH 1000 FROM archive_cursor', rows: 1000, ms: 9 }))
      .answer({}),
  ),
  innocent('rows that are claimed from a queue, each for itself', draft =>
    draft
      .job('worker')
      .loop(
        draft.random.whole(6, 20),
        () => ({
          sql: 'SELECT * FROM jobs WHERE queue = $1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED',
          rows: 1,
          ms: 2,
        }),
        4,
      )
      .answer({}),
  ),
];
