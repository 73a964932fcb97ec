import type { FindingKind } from '../detector.js';
import type { Draft, Step } from './draft.js';
import type { GivenSpan } from '../trace-spans.js';

/** A trace that is told, and what is wrong with it. */
export interface Story {
  readonly name: string;
  readonly faults: readonly FindingKind[];
  tell(draft: Draft): readonly GivenSpan[];
}

const tables = ['customers', 'products', 'authors', 'teams', 'addresses', 'accounts'] as const;
const lists = ['orders', 'posts', 'invoices', 'tickets', 'shipments'] as const;
const ok = { 'http.response.status_code': '200', 'http.status_code': '200' };
const body = (bytes: number): Readonly<Record<string, string>> => ({
  ...ok,
  'http.response.body.size': String(Math.round(bytes)),
});
const listOf = (draft: Draft, rows: number): Step => ({
  sql: `SELECT id, name FROM ${draft.random.of(lists)} WHERE tenant_id = $1 ORDER BY created DESC LIMIT 50`,
  rows,
  ms: 4,
});
const byId = (table: string, ms = 2): Step => ({ sql: `SELECT * FROM ${table} WHERE id = $1`, rows: 1, ms });
const uuid = (draft: Draft): string =>
  Array.from({ length: 32 }, () => draft.random.whole(0, 15).toString(16))
    .join('')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

const fault = (kind: FindingKind | readonly FindingKind[], name: string, tell: Story['tell']): Story => ({
  name,
  faults: typeof kind === 'string' ? [kind] : kind,
  tell,
});
const innocent = (name: string, tell: Story['tell']): Story => ({ name, faults: [], tell });

/** By kind: what is wrong, and what looks like it and is not. Written from how real systems run, before the detectors were tried on them. */
export const stories: { readonly [Kind in FindingKind]: readonly Story[] } = {
  'n-plus-one-sql': [
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
  ],
  'n-plus-one-http': [
    fault('n-plus-one-http', 'a profile for each id, one after the other', draft => {
      const n = draft.random.whole(6, 25);
      return draft
        .request('GET', '/feed')
        .loop(n, i => ({ http: 'GET', url: `http://users.internal:8080/users/${1000 + i * 7}`, ms: 8, by: 'users' }))
        .answer(ok);
    }),
    fault('n-plus-one-http', 'stock of each article, all at once', draft => {
      const n = draft.random.whole(8, 30);
      return draft
        .request('GET', '/cart')
        .together(
          Array.from({ length: n }, (): Step => ({
            http: 'GET',
            url: `https://stock.example.com/v1/items/${uuid(draft)}`,
            ms: 15,
          })),
        )
        .answer(ok);
    }),
    fault('n-plus-one-http', 'the id in the query', draft => {
      const n = draft.random.whole(6, 20);
      return draft
        .request('GET', '/team')
        .loop(n, i => ({ http: 'GET', url: `https://geo.example.com/lookup?user=${4200 + i}`, ms: 9 }))
        .answer(ok);
    }),
    fault('n-plus-one-http', 'a price for each line below a longer path', draft => {
      const n = draft.random.whole(6, 18);
      return draft
        .request('POST', '/quotes')
        .loop(
          n,
          () => ({
            http: 'GET',
            url: `http://prices.internal/catalog/articles/${draft.random.whole(10_000, 99_999)}/price`,
            ms: 6,
            by: 'prices',
          }),
          1,
        )
        .answer(ok);
    }),
    innocent('pages of a list', draft =>
      draft
        .request('GET', '/sync')
        .loop(draft.random.whole(6, 12), i => ({
          http: 'GET',
          url: `https://api.example.com/v2/contacts?page=${i + 1}&per_page=100`,
          ms: 60,
        }))
        .answer(ok),
    ),
    innocent('pages by a cursor', draft =>
      draft
        .job('sync')
        .loop(draft.random.whole(6, 12), i => ({
          http: 'GET',
          url: `https://api.example.com/v2/contacts?cursor=c${i}f${draft.random.whole(100, 999)}`,
          ms: 60,
        }))
        .answer({}),
    ),
    innocent('a poll', draft =>
      draft
        .request('POST', '/render')
        .loop(
          draft.random.whole(6, 12),
          () => ({ http: 'GET', url: 'https://render.example.com/jobs/8123', ms: 12 }),
          draft.random.of([200, 500, 1000]),
        )
        .answer(ok),
    ),
    innocent('different services at once', draft =>
      draft
        .request('GET', '/home')
        .together(
          ['users', 'orders', 'ads', 'news', 'stock', 'chat', 'mail'].map((name): Step => ({
            http: 'GET',
            url: `http://${name}.internal/home/42`,
            ms: 14,
            by: name,
          })),
        )
        .answer(ok),
    ),
    innocent('the same request to each replica', draft =>
      draft
        .request('GET', '/health/all')
        .together(
          Array.from({ length: draft.random.whole(6, 14) }, (_, i): Step => ({
            http: 'GET',
            url: `http://node-${i}.internal:9000/health`,
            ms: 5,
          })),
        )
        .answer(ok),
    ),
    innocent('parts of one file', draft =>
      draft
        .job('fetch')
        .together(
          Array.from({ length: draft.random.whole(6, 16) }, (): Step => ({
            http: 'GET',
            url: 'https://files.example.com/objects/8812345',
            status: 206,
            ms: 90,
          })),
          4,
        )
        .answer({}),
    ),
    innocent('deliveries to many hosts', draft =>
      draft
        .job('webhooks')
        .loop(draft.random.whole(6, 20), i => ({
          http: 'POST',
          url: `https://customer-${i}.example.com/hooks/123`,
          ms: 50,
        }))
        .answer({}),
    ),
    innocent('a few at a time, on purpose', draft =>
      draft
        .job('geocode')
        .together(
          Array.from({ length: draft.random.whole(20, 40) }, (_, i): Step => ({
            http: 'GET',
            url: `https://geo.example.com/places/${7000 + i}`,
            ms: 40,
          })),
          draft.random.of([3, 4, 5, 8]),
        )
        .answer({}),
    ),
    innocent('parts of an upload', draft =>
      draft
        .request('POST', '/videos')
        .loop(draft.random.whole(6, 16), i => ({
          http: 'PUT',
          url: `https://bucket.s3.example.com/videos/991?partNumber=${i + 1}`,
          ms: 70,
        }))
        .answer(ok),
    ),
    innocent('a handful', draft =>
      draft
        .request('GET', '/cart')
        .loop(draft.random.whole(2, 4), i => ({
          http: 'GET',
          url: `http://stock.internal/items/${i + 50}`,
          ms: 9,
          by: 'stock',
        }))
        .answer(ok),
    ),
  ],
  'n-plus-one-cache': [
    fault('n-plus-one-cache', 'a session for each member', draft =>
      draft
        .request('GET', '/members')
        .loop(draft.random.whole(15, 60), () => ({ cache: 'get', key: 'session:?', ms: 0.6 }), 0.1)
        .answer(ok),
    ),
    fault('n-plus-one-cache', 'a field of each hash', draft =>
      draft
        .request('GET', '/scores')
        .loop(draft.random.whole(15, 50), () => ({ cache: 'hget', key: 'player:?', ms: 0.7 }), 0.1)
        .answer(ok),
    ),
    fault('n-plus-one-cache', 'whole objects, one by one, with work between', draft =>
      draft
        .request('GET', '/catalog')
        .loop(draft.random.whole(14, 40), () => ({ cache: 'hgetall', key: 'product:?', ms: 0.8 }), 0.8)
        .answer(ok),
    ),
    fault('n-plus-one-cache', 'a job that reads a key per item', draft =>
      draft
        .job('rebuild index')
        .loop(draft.random.whole(20, 80), () => ({ cache: 'get', key: 'doc:?', ms: 0.6 }), 0.2)
        .answer({}),
    ),
    innocent('one command for all', draft =>
      draft
        .request('GET', '/members')
        .loop(draft.random.whole(2, 6), () => ({ cache: 'mget', key: 'session:?', ms: 1.2 }))
        .answer(ok),
    ),
    innocent('a pipeline', draft =>
      draft
        .request('GET', '/members')
        .calls({ cache: 'pipeline', key: '', ms: 2, more: { 'db.operation.batch.size': '40' } })
        .answer(ok),
    ),
    innocent('sent at once on one connection', draft =>
      draft
        .request('GET', '/members')
        .together(
          Array.from({ length: draft.random.whole(12, 40) }, (): Step => ({ cache: 'get', key: 'session:?', ms: 1.5 })),
        )
        .answer(ok),
    ),
    innocent('counters', draft =>
      draft
        .request('POST', '/events')
        .loop(draft.random.whole(10, 30), () => ({ cache: 'incr', key: 'hits:?', ms: 0.5 }))
        .answer(ok),
    ),
    innocent('a lock that is waited for', draft =>
      draft
        .request('POST', '/pay')
        .loop(draft.random.whole(10, 20), () => ({ cache: 'get', key: 'lock:?', ms: 0.5 }), draft.random.of([100, 200]))
        .answer(ok),
    ),
    innocent('a few of each kind', draft => {
      draft.request('GET', '/home');
      for (const key of ['user:?', 'cart:?', 'flags', 'menu:?', 'price:?'])
        draft.loop(2, () => ({ cache: 'get', key, ms: 0.6 }));
      return draft.answer(ok);
    }),
    innocent('a memory of the process', draft =>
      draft
        .request('GET', '/home')
        .loop(draft.random.whole(20, 60), () => ({ cache: 'get', key: 'rate:?', ms: 0.02, system: 'lru-cache' }), 0.01)
        .answer(ok),
    ),
    innocent('a stream that is waited on', draft =>
      draft
        .job('consumer')
        .loop(draft.random.whole(10, 20), () => ({ cache: 'xreadgroup', key: 'events', ms: 900 }))
        .answer({}),
    ),
  ],
  'sequential-awaits': [
    fault('sequential-awaits', 'services asked by the ids of the address', draft => {
      const id = String(draft.random.whole(1000, 9999));
      return draft
        .request('GET', '/dashboard/:id', `/dashboard/${id}`)
        .calls(
          { http: 'GET', url: `http://users.internal/users/${id}`, ms: 40, by: 'users' },
          { http: 'GET', url: `http://orders.internal/orders?user=${id}`, ms: 60, by: 'orders' },
          { http: 'GET', url: `http://loyalty.internal/points/${id}`, ms: 45, by: 'loyalty' },
        )
        .answer(ok);
    }),
    fault('sequential-awaits', 'services that need nothing', draft =>
      draft
        .request('GET', '/home')
        .calls(
          { http: 'GET', url: 'https://weather.example.com/now', ms: 70 },
          { http: 'GET', url: 'https://rates.example.com/latest', ms: 55 },
          { http: 'GET', url: 'https://news.example.com/top', ms: 80 },
          { http: 'GET', url: 'http://menu.internal/menu', ms: 30, by: 'menu' },
        )
        .answer(ok),
    ),
    fault('sequential-awaits', 'tables by the same key', draft =>
      draft
        .request('GET', '/account')
        .calls(
          { sql: 'SELECT * FROM orders WHERE user_id = $1 LIMIT 20', rows: 20, ms: 35 },
          { sql: 'SELECT * FROM cards WHERE user_id = $1 LIMIT 5', rows: 2, ms: 25 },
          { sql: 'SELECT * FROM wishes WHERE user_id = $1 LIMIT 20', rows: 9, ms: 30 },
          { sql: 'SELECT * FROM messages WHERE user_id = $1 LIMIT 20', rows: 20, ms: 30 },
        )
        .answer(ok),
    ),
    fault('sequential-awaits', 'sums of a report', draft =>
      draft
        .request('GET', '/stats')
        .calls(
          { sql: 'SELECT count(*) FROM orders', rows: 1, ms: 60 },
          { sql: 'SELECT sum(amount) FROM payments', rows: 1, ms: 50 },
          { sql: 'SELECT count(*) FROM visits', rows: 1, ms: 55 },
        )
        .answer(ok),
    ),
    innocent('each needs what the one before brought', draft =>
      draft
        .request('GET', '/orders/:id', `/orders/${draft.random.whole(100, 999)}`)
        .calls(
          { http: 'GET', url: `http://customers.internal/customers/${uuid(draft)}`, ms: 40, by: 'customers' },
          { http: 'GET', url: `http://addresses.internal/addresses/${uuid(draft)}`, ms: 50, by: 'addresses' },
          {
            http: 'GET',
            url: `http://zones.internal/zones/${draft.random.whole(10_000, 99_999)}`,
            ms: 45,
            by: 'zones',
          },
        )
        .answer(ok),
    ),
    innocent('a chain of tables by different keys', draft =>
      draft
        .request('GET', '/orders/:id', '/orders/5')
        .calls(
          { sql: 'SELECT * FROM orders WHERE id = $1', rows: 1, ms: 30 },
          { sql: 'SELECT * FROM customers WHERE id = $1', rows: 1, ms: 30 },
          { sql: 'SELECT * FROM countries WHERE code = $1', rows: 1, ms: 30 },
          { sql: 'SELECT * FROM taxes WHERE country_id = $1', rows: 1, ms: 30 },
        )
        .answer(ok),
    ),
    innocent('a transaction', draft =>
      draft
        .request('POST', '/pay')
        .calls(
          { sql: 'BEGIN', ms: 1 },
          { sql: 'SELECT * FROM carts WHERE user_id = $1', rows: 1, ms: 30 },
          { sql: 'SELECT * FROM cards WHERE user_id = $1', rows: 1, ms: 30 },
          { sql: 'SELECT * FROM limits WHERE user_id = $1', rows: 1, ms: 30 },
          { sql: 'UPDATE accounts SET balance = $2 WHERE user_id = $1', rows: 1, ms: 20 },
          { sql: 'COMMIT', ms: 5 },
        )
        .answer(ok),
    ),
    innocent('guards, and then the work', draft =>
      draft
        .request('GET', '/documents')
        .calls(
          { http: 'GET', url: 'http://auth.internal/session', ms: 40, by: 'auth' },
          { http: 'GET', url: 'http://access.internal/permissions', ms: 35, by: 'access' },
          { http: 'GET', url: 'http://documents.internal/documents', ms: 60, by: 'documents' },
        )
        .answer(ok),
    ),
    innocent('already together', draft =>
      draft
        .request('GET', '/home')
        .together([
          { http: 'GET', url: 'https://weather.example.com/now', ms: 70 },
          { http: 'GET', url: 'https://rates.example.com/latest', ms: 55 },
          { http: 'GET', url: 'https://news.example.com/top', ms: 80 },
        ])
        .answer(ok),
    ),
    innocent('too fast to matter', draft =>
      draft
        .request('GET', '/account')
        .calls(
          { sql: 'SELECT * FROM orders WHERE user_id = $1 LIMIT 20', rows: 20, ms: 1 },
          { sql: 'SELECT * FROM cards WHERE user_id = $1 LIMIT 5', rows: 2, ms: 1 },
          { sql: 'SELECT * FROM wishes WHERE user_id = $1 LIMIT 20', rows: 9, ms: 1 },
        )
        .answer(ok),
    ),
    innocent('steps that change something', draft =>
      draft
        .request('POST', '/orders')
        .calls(
          { http: 'POST', url: 'http://stock.internal/reserve', ms: 50, by: 'stock' },
          { http: 'POST', url: 'https://pay.example.com/charge', ms: 90 },
          { http: 'POST', url: 'http://mail.internal/send', ms: 40, by: 'mail' },
        )
        .answer(ok),
    ),
    innocent('work of its own between', draft =>
      draft
        .request('GET', '/render')
        .calls({ http: 'GET', url: 'http://a.internal/template', ms: 40, by: 'a' })
        .pause(60)
        .calls({ http: 'GET', url: 'http://b.internal/data', ms: 40, by: 'b' })
        .pause(60)
        .calls({ http: 'GET', url: 'http://c.internal/style', ms: 40, by: 'c' })
        .answer(ok),
    ),
  ],
  'slow-query': [
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
    innocent('fast', draft =>
      draft.request('GET', '/orders').calls(byId('orders', 5), byId('customers', 40)).answer(ok),
    ),
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
  ],
  'unbounded-result': [
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
  ],
  'missing-pagination': [
    fault(['missing-pagination', 'unbounded-result'], 'a list of everything', draft => {
      const rows = draft.random.whole(1500, 9000);
      return draft
        .request('GET', '/products')
        .calls({ sql: 'SELECT * FROM products', rows, ms: 60 })
        .answer(body(rows * draft.random.whole(80, 110)));
    }),
    fault(['missing-pagination', 'unbounded-result'], 'all of a user, filtered by a word', draft => {
      const rows = draft.random.whole(1500, 6000);
      return draft
        .request('GET', '/users/:id/events', '/users/7/events', 'type=login')
        .calls({ sql: 'SELECT * FROM events WHERE user_id = $1', rows, ms: 60 })
        .answer(body(rows * 100));
    }),
    fault('missing-pagination', 'a list that has only begun to grow', draft => {
      const rows = draft.random.whole(550, 950);
      return draft
        .request('GET', '/api/tickets')
        .calls({ sql: 'SELECT * FROM tickets WHERE project_id = $1 ORDER BY created', rows, ms: 40 })
        .answer(body(rows * draft.random.whole(250, 500)));
    }),
    innocent('a page', draft =>
      draft
        .request('GET', '/products', '/products', 'page=3&limit=1000')
        .calls({ sql: 'SELECT * FROM products ORDER BY id LIMIT 1000 OFFSET $1', rows: 1000, ms: 30 })
        .answer(body(200_000)),
    ),
    innocent('a page that is bounded by its caller', draft =>
      draft
        .request('GET', '/feed', '/feed', 'cursor=abc&first=600')
        .calls({ sql: 'SELECT * FROM posts WHERE score < $1', rows: 600, ms: 30 })
        .answer(body(150_000)),
    ),
    innocent('a file', draft =>
      draft
        .request('GET', '/reports/orders.csv')
        .calls({ sql: 'SELECT * FROM orders WHERE month = $1', rows: 900, ms: 60 })
        .answer(body(900_000)),
    ),
    innocent('an export', draft =>
      draft
        .request('GET', '/orders/export')
        .calls({ sql: 'SELECT * FROM orders WHERE month = $1', rows: 900, ms: 60 })
        .answer(body(900_000)),
    ),
    innocent('a sum of many rows', draft =>
      draft
        .request('GET', '/balance')
        .calls({ sql: 'SELECT amount FROM bookings WHERE account_id = $1', rows: 900, ms: 30 })
        .answer(body(120)),
    ),
    innocent('a short list', draft =>
      draft
        .request('GET', '/countries')
        .calls({ sql: 'SELECT * FROM countries', rows: 249, ms: 5 })
        .answer(body(120_000)),
    ),
    innocent('a large answer of a few rows', draft =>
      draft.request('GET', '/articles/:id', '/articles/4').calls(byId('articles')).answer(body(400_000)),
    ),
    innocent('a list within its limit', draft =>
      draft
        .request('GET', '/messages')
        .calls({ sql: 'SELECT * FROM messages WHERE room_id = $1 ORDER BY id DESC LIMIT 800', rows: 800, ms: 30 })
        .answer(body(160_000)),
    ),
    innocent('answered from a list of keys', draft =>
      draft
        .request('GET', '/bulk', '/bulk', 'ids=1,2,3')
        .calls({ sql: 'SELECT * FROM products WHERE id IN ($1)', rows: 700, ms: 30 })
        .answer(body(200_000)),
    ),
    innocent('a write that reads much', draft =>
      draft
        .request('POST', '/recount')
        .calls({ sql: 'SELECT id FROM votes WHERE poll_id = $1', rows: 900, ms: 30 })
        .answer(body(150_000)),
    ),
  ],
  'chatty-service': [
    fault('chatty-service', 'an order, step by step, at a payment vendor', draft => {
      const paths = [
        'customers',
        'methods',
        'intents',
        'charges',
        'taxes',
        'balance',
        'discounts',
        'mandates',
        'receipts',
        'events',
        'risk',
        'accounts',
        'quotes',
      ];
      return draft
        .request('POST', '/checkout')
        .loop(draft.random.whole(10, 13), i => {
          const path = `https://api.pay.example.com/v1/${paths[i % paths.length]}`;
          return i % 3 === 0
            ? { http: 'POST', url: path, ms: 45 }
            : { http: 'GET', url: `${path}/${uuid(draft)}`, ms: 45 };
        })
        .answer(ok);
    }),
    fault('chatty-service', 'a ticket with all that belongs to it', draft => {
      const paths = ['issue', 'comments', 'labels', 'watchers', 'links', 'worklogs', 'history'];
      return draft
        .request('GET', '/ticket')
        .loop(
          draft.random.whole(12, 20),
          i => ({ http: 'GET', url: `https://tracker.example.com/rest/${paths[i % paths.length]}`, ms: 50 }),
          2,
        )
        .answer(ok);
    }),
    innocent('one of our own services', draft => {
      const paths = ['a', 'b', 'c', 'd', 'e', 'f'];
      return draft
        .request('GET', '/bff')
        .loop(14, i => ({
          http: 'POST',
          url: `http://core.internal:8080/${paths[i % paths.length]}`,
          ms: 20,
          by: 'core',
        }))
        .answer(ok);
    }),
    innocent('side by side', draft => {
      const paths = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
      return draft
        .request('GET', '/board')
        .together(paths.map((path): Step => ({ http: 'GET', url: `https://stats.example.com/${path}`, ms: 60 })))
        .answer(ok);
    }),
    innocent('a job that syncs', draft => {
      const paths = ['contacts', 'deals', 'notes', 'tasks'];
      return draft
        .job('sync')
        .loop(20, i => ({ http: 'GET', url: `https://crm.example.com/${paths[i % 4]}`, ms: 50 }))
        .answer({});
    }),
    innocent('a few calls', draft =>
      draft
        .request('POST', '/pay')
        .loop(draft.random.whole(3, 7), i => ({
          http: 'POST',
          url: `https://api.pay.example.com/v1/${['a', 'b', 'c'][i % 3]}`,
          ms: 50,
        }))
        .answer(ok),
    ),
    innocent('parts of an upload', draft =>
      draft
        .request('POST', '/videos')
        .loop(14, i => ({
          http: 'PUT',
          url: `https://store.example.com/uploads/${['x', 'y', 'z'][i % 3]}/${i}`,
          ms: 60,
        }))
        .answer(ok),
    ),
    fault('sequential-awaits', 'many vendors, each after the other', draft =>
      draft
        .request('GET', '/compare')
        .loop(14, i => ({ http: 'GET', url: `https://shop-${i}.example.com/offer`, ms: 40 }))
        .answer(ok),
    ),
    innocent('quick calls of a long request', draft => {
      draft
        .request('POST', '/render')
        .loop(12, i => ({ http: 'GET', url: `https://cdn.example.com/${['a', 'b', 'c', 'd'][i % 4]}`, ms: 4 }));
      return draft.pause(4000).answer(ok);
    }),
    innocent('pages', draft =>
      draft
        .request('GET', '/list')
        .loop(12, i => ({ http: 'GET', url: `https://api.example.com/${['a', 'b', 'c'][i % 3]}?page=${i}`, ms: 40 }))
        .answer(ok),
    ),
  ],
  'retry-storm': [
    fault('retry-storm', 'again at once, until it gives up', draft =>
      draft
        .request('POST', '/pay')
        .loop(
          draft.random.whole(5, 10),
          () => ({ http: 'POST', url: 'https://pay.example.com/v1/charges', status: 503, ms: 20 }),
          2,
        )
        .answer({ 'http.response.status_code': '502' }),
    ),
    fault('retry-storm', 'until it works', draft => {
      const n = draft.random.whole(4, 8);
      return draft
        .request('GET', '/quote')
        .loop(
          n,
          i => ({
            http: 'GET',
            url: 'http://rates.internal/rates/EUR',
            status: i === n - 1 ? 200 : 500,
            ms: 15,
            by: 'rates',
          }),
          5,
        )
        .answer(ok);
    }),
    fault('retry-storm', 'told to slow down', draft =>
      draft
        .job('push')
        .loop(
          draft.random.whole(6, 20),
          () => ({ http: 'POST', url: 'https://push.example.com/send', status: 429, ms: 12 }),
          draft.random.of([1, 20, 60]),
        )
        .answer({}),
    ),
    fault('retry-storm', 'a statement that fails each time', draft =>
      draft
        .request('POST', '/book')
        .loop(
          draft.random.whole(5, 9),
          () => ({ sql: 'UPDATE seats SET state = $1 WHERE id = $2', fails: true, ms: 8 }),
          3,
        )
        .answer({}),
    ),
    fault('retry-storm', 'no answer at all', draft =>
      draft
        .request('GET', '/profile')
        .loop(
          draft.random.whole(4, 8),
          () => ({ http: 'GET', url: 'http://avatars.internal/42', status: 0, ms: 30 }),
          10,
        )
        .answer(ok),
    ),
    innocent('pauses that double', draft => {
      draft.request('POST', '/pay');
      for (let i = 0; i < draft.random.whole(4, 5); i++)
        draft.loop(
          1,
          () => ({ http: 'POST', url: 'https://pay.example.com/v1/charges', status: 503, ms: 20 }),
          100 * 2 ** i,
        );
      return draft.answer({});
    }),
    innocent('two tries', draft =>
      draft
        .request('POST', '/pay')
        .loop(
          draft.random.whole(2, 3),
          () => ({ http: 'POST', url: 'https://pay.example.com/v1/charges', status: 503, ms: 20 }),
          2,
        )
        .answer({}),
    ),
    innocent('a poll that is told "not yet"', draft =>
      draft
        .request('GET', '/wait')
        .loop(
          draft.random.whole(6, 10),
          i => ({ http: 'GET', url: 'https://render.example.com/jobs/7', status: i === 5 ? 200 : 404, ms: 10 }),
          50,
        )
        .answer(ok),
    ),
    innocent('many different things that fail', draft =>
      draft
        .request('GET', '/feed')
        .loop(draft.random.whole(5, 12), i => ({
          http: 'GET',
          url: `http://images.internal/meta/${i + 100}`,
          status: 500,
          ms: 9,
          by: 'images',
        }))
        .answer(ok),
    ),
    innocent('a crowd that fails together', draft =>
      draft
        .request('GET', '/feed')
        .together(
          Array.from({ length: draft.random.whole(5, 12) }, (): Step => ({
            http: 'GET',
            url: 'http://down.internal/x',
            status: 500,
            ms: 30,
          })),
        )
        .answer(ok),
    ),
    innocent('a second between tries', draft =>
      draft
        .job('deliver')
        .loop(
          draft.random.whole(4, 8),
          () => ({ http: 'POST', url: 'https://hooks.example.com/a', status: 500, ms: 30 }),
          1000,
        )
        .answer({}),
    ),
    innocent('invalid requests', draft =>
      draft
        .request('POST', '/import')
        .loop(draft.random.whole(5, 12), () => ({
          http: 'POST',
          url: 'http://validate.internal/rows',
          status: 422,
          ms: 8,
          by: 'validate',
        }))
        .answer(ok),
    ),
    innocent('the same call, and it works', draft =>
      draft
        .request('POST', '/batch')
        .loop(draft.random.whole(5, 12), () => ({
          http: 'POST',
          url: 'http://jobs.internal/enqueue',
          status: 202,
          ms: 8,
          by: 'jobs',
        }))
        .answer(ok),
    ),
    innocent('one failure among many', draft =>
      draft
        .request('POST', '/batch')
        .loop(draft.random.whole(6, 12), i => ({
          http: 'POST',
          url: 'http://jobs.internal/enqueue',
          status: i % 4 === 1 ? 503 : 202,
          ms: 8,
          by: 'jobs',
        }))
        .answer(ok),
    ),
  ],
  'pool-starvation': [
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
      draft
        .request('GET', '/x')
        .calls({ http: 'GET', url: 'https://api.example.com/connect/pool', ms: 700 })
        .answer(ok),
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
  ],
  'blocked-event-loop': [
    fault('blocked-event-loop', 'a large document is parsed', draft =>
      draft.request('POST', '/import').stall(draft.random.whole(150, 4000), '/srv/app/src/parse.ts:41').answer(ok),
    ),
    fault('blocked-event-loop', 'a password is hashed in place', draft =>
      draft
        .request('POST', '/login')
        .calls(byId('users'))
        .stall(draft.random.whole(120, 600), '/srv/app/src/login.ts:12')
        .answer(ok),
    ),
    innocent('a short stall', draft =>
      draft.request('GET', '/x').stall(draft.random.whole(50, 95), '/srv/app/src/x.ts:4').answer(ok),
    ),
    innocent('a request that waits for something unseen', draft =>
      draft.request('GET', '/x').pause(draft.random.whole(500, 3000)).answer(ok),
    ),
    innocent('a slow service', draft =>
      draft.request('GET', '/x').calls({ http: 'GET', url: 'https://slow.example.com/', ms: 2000 }).answer(ok),
    ),
    innocent('long work in a worker', draft =>
      draft.request('GET', '/x').calls({ span: 'worker.run', ms: 1500 }).answer(ok),
    ),
  ],
  'oversized-payload': [
    fault('oversized-payload', 'an answer with everything in it', draft =>
      draft
        .request('GET', '/api/catalog')
        .calls(byId('catalogs', 20))
        .answer(body(draft.random.whole(1_300_000, 30_000_000))),
    ),
    fault('oversized-payload', 'a request with everything in it', draft =>
      draft
        .request('POST', '/api/orders', '/api/orders', '', {
          'http.request.body.size': String(draft.random.whole(1_300_000, 9_000_000)),
        })
        .answer(ok),
    ),
    fault('oversized-payload', 'a message with a document in it', draft =>
      draft
        .request('POST', '/jobs')
        .calls({
          span: 'jobs publish',
          kind: 4,
          ms: 6,
          more: {
            'messaging.system': 'rabbitmq',
            'messaging.message.body.size': String(draft.random.whole(400_000, 5_000_000)),
          },
        })
        .answer(ok),
    ),
    fault('oversized-payload', 'a service whose answer is too large', draft =>
      draft
        .request('GET', '/report-page')
        .calls({
          http: 'GET',
          url: 'https://crm.example.com/contacts',
          ms: 90,
          more: { 'http.response.body.size': String(draft.random.whole(1_500_000, 8_000_000)) },
        })
        .answer(ok),
    ),
    innocent('a download', draft =>
      draft.request('GET', '/files/:id', '/files/4711').answer(body(draft.random.whole(2_000_000, 90_000_000))),
    ),
    innocent('an export', draft =>
      draft.request('GET', '/orders/export').answer(body(draft.random.whole(2_000_000, 90_000_000))),
    ),
    innocent('a picture', draft =>
      draft.request('GET', '/products/:id/photo.jpg', '/products/3/photo.jpg').answer(body(3_000_000)),
    ),
    innocent('an upload', draft =>
      draft.request('POST', '/uploads', '/uploads', '', { 'http.request.body.size': '40000000' }).answer(ok),
    ),
    innocent('a script', draft => draft.request('GET', '/static/main.js').answer(body(2_500_000))),
    innocent('a small answer', draft =>
      draft.request('GET', '/api/orders').answer(body(draft.random.whole(1000, 800_000))),
    ),
    innocent('a small message', draft =>
      draft
        .request('POST', '/jobs')
        .calls({
          span: 'jobs publish',
          kind: 4,
          ms: 6,
          more: { 'messaging.system': 'rabbitmq', 'messaging.message.body.size': '90000' },
        })
        .answer(ok),
    ),
    innocent('something else than a document', draft =>
      draft
        .request('GET', '/render')
        .answer({ ...body(5_000_000), 'http.response.header.content-type': 'application/pdf' }),
    ),
    innocent('a part of a file', draft =>
      draft
        .request('GET', '/play')
        .answer({ ...body(5_000_000), 'http.response.status_code': '206', 'http.status_code': '206' }),
    ),
  ],
};
