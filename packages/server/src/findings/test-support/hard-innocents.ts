import type { FindingKind } from '../detector.js';
import type { Draft, Step } from './draft.js';
import { body, ok } from './common-steps.js';
import { innocent, type Story } from './story.js';

const times = (n: number, step: (i: number) => Step): readonly Step[] => Array.from({ length: n }, (_, i) => step(i));
const sql = (text: string, ms: number, rows?: number): Step => ({
  sql: text,
  ms,
  ...(rows === undefined ? {} : { rows }),
});
const get = (url: string, ms: number, more: Partial<Extract<Step, { http: string }>> = {}): Step => ({
  http: 'GET',
  url,
  ms,
  ...more,
});
const failed = (text: string, ms: number, code: string): Step => ({
  sql: text,
  ms,
  fails: true,
  more: { 'error.type': code, 'db.response.status_code': code },
});
/** Pauses that get longer from try to try, with the chance that is in them. */
function backingOff(draft: Draft, tries: number, firstMs: number, step: (i: number) => Step): Draft {
  for (let i = 0; i < tries; i++) draft.loop(1, () => step(i), firstMs * 2 ** i);
  return draft;
}

/** By the kind that it looks like: what real applications do on purpose. None of it is a fault of any kind. */
export const hardInnocents: { readonly [Kind in FindingKind]: readonly Story[] } = {
  'n-plus-one-sql': [
    innocent('resolvers behind a DataLoader: one batch for each level', draft =>
      draft
        .request('POST', '/graphql')
        .loop(6, i => sql(`SELECT * FROM nodes WHERE id = ANY($1)`, 3, 20 + i))
        .answer(ok),
    ),
    innocent('pages from a key of two columns on', draft =>
      draft
        .request('GET', '/timeline/all')
        .loop(draft.random.whole(6, 12), () =>
          sql(
            'SELECT * FROM posts WHERE owner_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 51',
            4,
            51,
          ),
        )
        .answer(ok),
    ),
    innocent('a poll that backs off', draft =>
      backingOff(draft.request('POST', '/render'), 6, 60, () =>
        sql('SELECT state FROM renders WHERE id = $1', 1, 1),
      ).answer(ok),
    ),
    innocent('savepoints around each row', draft => {
      draft.request('POST', '/import').calls(sql('BEGIN', 0.3));
      for (let i = 0; i < 12; i++)
        draft.calls(
          sql('SAVEPOINT row', 0.2),
          sql('INSERT INTO items (sku) VALUES ($1)', 1),
          sql('RELEASE SAVEPOINT row', 0.2),
        );
      return draft.calls(sql('COMMIT', 2)).answer(ok);
    }),
    innocent('a health check of all replicas', draft =>
      draft
        .request('GET', '/health')
        .calls(...times(8, i => ({ sql: 'SELECT 1', ms: 1, rows: 1, host: `replica-${i}` })))
        .answer(ok),
    ),
    innocent('statements that are prepared at the start', draft =>
      draft
        .job('warm up', 1)
        .loop(20, i => sql(`PREPARE find_${i} AS SELECT * FROM products WHERE id = $1`, 1))
        .answer({}),
    ),
    innocent('each tenant has its own schema', draft =>
      draft
        .job('nightly')
        .loop(12, i => sql(`SELECT count(*) FROM tenant_${i}.orders WHERE state = $1`, 3, 1), 5)
        .answer({}),
    ),
    innocent('a job that goes through its tenants, with much to read of each', draft =>
      draft
        .job('invoices of all tenants')
        .loop(
          draft.random.whole(8, 20),
          () =>
            sql('SELECT * FROM usage WHERE tenant_id = $1 AND day >= $2 AND day < $3', 12, draft.random.whole(90, 400)),
          20,
        )
        .answer({}),
    ),
    innocent('a transaction that is tried again after a conflict', draft => {
      draft.request('POST', '/transfer');
      for (let i = 0; i < 6; i++)
        draft
          .calls(
            sql('BEGIN', 0.3),
            sql('SELECT balance FROM wallets WHERE id = $1', 1, 1),
            failed('UPDATE wallets SET balance = $1 WHERE id = $2', 2, '40001'),
            sql('ROLLBACK', 0.3),
          )
          .pause(80 * 2 ** i);
      return draft.answer(ok);
    }),
    innocent('sequences are asked for their next value', draft =>
      draft
        .request('POST', '/orders/bulk')
        .loop(9, () => sql("SELECT nextval('order_number')", 0.6, 1))
        .answer(ok),
    ),
    innocent('a few different tables of one tenant', draft =>
      draft
        .request('GET', '/settings')
        .calls(
          ...['plans', 'limits', 'locales', 'themes', 'hooks', 'seats'].map(table =>
            sql(`SELECT * FROM ${table} WHERE tenant_id = $1`, 1, 3),
          ),
        )
        .answer(ok),
    ),
  ],
  'n-plus-one-http': [
    innocent('pages that stand in the path', draft =>
      draft
        .job('import')
        .loop(8, i => get(`https://erp.example.com/catalog/2231/pages/${i + 1}`, 40))
        .answer({}),
    ),
    innocent('batches of ids', draft =>
      draft
        .request('GET', '/feed')
        .loop(6, i =>
          get(`http://users.internal/users?ids=${[1, 2, 3, 4].map(n => i * 40 + n).join(',')}`, 9, { by: 'users' }),
        )
        .answer(ok),
    ),
    innocent('an operation that is asked for until it is done', draft =>
      backingOff(draft.request('POST', '/video'), 6, 90, () =>
        get('https://transcode.example.com/v1/operations/82231', 9),
      ).answer(ok),
    ),
    innocent('files that are fetched one by one', draft =>
      draft
        .job('archive')
        .loop(9, i => get(`https://cdn.example.com/images/${88_120 + i}.jpg`, 25))
        .answer({}),
    ),
    innocent('parts of an object', draft =>
      draft
        .job('restore')
        .loop(9, i => get(`https://objects.example.com/backup/8812?partNumber=${i + 1}`, 70))
        .answer({}),
    ),
    innocent('a polite crawler', draft =>
      draft
        .job('crawl')
        .loop(9, i => get(`https://shop.example.org/articles/${7000 + i}`, 60), 1000)
        .answer({}),
    ),
    innocent('each tenant at its own host', draft =>
      draft
        .job('sync tenants')
        .loop(9, i => get(`https://tenant-${i}.example.com/api/orders/1200${i}`, 30))
        .answer({}),
    ),
    innocent('the same thing again, since its answer was not there yet', draft =>
      draft
        .request('GET', '/quote')
        .loop(6, () => get('https://rates.example.com/pairs/1201', 12, { status: 404 }), 120)
        .answer(ok),
    ),
    innocent('days of a calendar, a few at a time', draft =>
      draft
        .request('GET', '/week')
        .together(
          times(12, i => get(`https://calendar.example.com/days/2026-11-${10 + i}`, 20)),
          3,
        )
        .answer(ok),
    ),
    innocent('segments of a stream', draft =>
      draft
        .job('record')
        .loop(8, i => get(`https://live.example.com/stream/771/segment-${4000 + i}.mp4`, 30))
        .answer({}),
    ),
  ],
  'n-plus-one-cache': [
    innocent('a DataLoader over MGET', draft =>
      draft
        .request('POST', '/graphql')
        .loop(12, () => ({ cache: 'mget', key: 'user:?', ms: 0.6 }))
        .answer(ok),
    ),
    innocent('limits that are counted', draft =>
      draft
        .request('POST', '/batch')
        .loop(24, i => ({ cache: i % 2 === 0 ? 'incr' : 'expire', key: 'limit:?', ms: 0.5 }))
        .answer(ok),
    ),
    innocent('a walk over all keys', draft =>
      draft
        .job('expire')
        .loop(30, () => ({ cache: 'scan', key: '?', ms: 1 }))
        .answer({}),
    ),
    innocent('a lock that others have, asked for again and again', draft =>
      draft
        .request('POST', '/pay')
        .loop(12, () => ({ cache: 'get', key: 'lock:?', ms: 0.4 }), 100)
        .answer(ok),
    ),
    innocent('a stream is read', draft =>
      draft
        .job('consume')
        .loop(20, () => ({ cache: 'xreadgroup', key: 'events', ms: 3 }))
        .answer({}),
    ),
    innocent('results that are kept', draft =>
      draft
        .job('warm up')
        .loop(40, () => ({ cache: 'set', key: 'product:?', ms: 0.5 }))
        .answer({}),
    ),
    innocent('a script', draft =>
      draft
        .request('POST', '/reserve')
        .loop(14, () => ({ cache: 'evalsha', key: '?', ms: 0.6 }))
        .answer(ok),
    ),
    innocent('a pipeline that is told command by command', draft =>
      draft
        .request('GET', '/list')
        .together(times(25, () => ({ cache: 'get', key: 'item:?', ms: 1 })))
        .answer(ok),
    ),
    innocent('a few reads of middlewares', draft =>
      draft
        .request('GET', '/me')
        .loop(5, () => ({ cache: 'get', key: 'session:?', ms: 0.5 }), 1)
        .answer(ok),
    ),
    innocent('old entries are dropped', draft =>
      draft
        .request('PUT', '/products/:id', '/products/7')
        .loop(18, () => ({ cache: 'del', key: 'product:?', ms: 0.4 }))
        .answer(ok),
    ),
  ],
  'sequential-awaits': [
    innocent('waves of resolvers: each level needs the ids of the one before', draft =>
      draft
        .request('POST', '/graphql')
        .calls(
          sql('SELECT id, author_id FROM posts WHERE tenant_id = $1 LIMIT 20', 30, 20),
          sql('SELECT * FROM authors WHERE id = ANY($1)', 30, 9),
          sql('SELECT * FROM companies WHERE id = ANY($1)', 30, 5),
        )
        .answer(ok),
    ),
    innocent('reads under a lock', draft =>
      draft
        .request('POST', '/book')
        .calls(
          sql('BEGIN', 1),
          sql('SELECT * FROM seats WHERE event_id = $1 FOR UPDATE', 40, 2),
          sql('SAVEPOINT priced', 1),
          sql('SELECT * FROM prices WHERE event_id = $1', 40, 4),
          sql('SELECT * FROM rebates WHERE event_id = $1', 40, 1),
          sql('SELECT * FROM taxes WHERE event_id = $1', 40, 1),
          sql('COMMIT', 3),
        )
        .answer(ok),
    ),
    innocent('tables that are loaded at the start', draft =>
      draft
        .job('boot', 1)
        .calls(
          sql('SELECT * FROM settings', 40, 30),
          sql('SELECT * FROM currencies', 40, 150),
          sql('SELECT * FROM countries', 40, 240),
        )
        .answer({}),
    ),
    innocent('a check of all that is needed', draft =>
      draft
        .request('GET', '/readyz')
        .calls(
          get('https://pay.example.com/ping', 60),
          get('https://mail.example.com/ping', 60),
          get('https://sms.example.com/ping', 60),
        )
        .answer(ok),
    ),
    innocent('a nightly job takes its time', draft =>
      draft
        .job('nightly sums')
        .calls(
          sql('SELECT sum(total) FROM orders', 90, 1),
          sql('SELECT count(*) FROM refunds', 90, 1),
          sql('SELECT count(*) FROM users', 90, 1),
        )
        .answer({}),
    ),
    innocent('a token, and then what it is for', draft =>
      draft
        .request('GET', '/ship')
        .calls(
          { http: 'POST', url: 'https://carrier.example.com/oauth/token', ms: 60 },
          get('https://carrier.example.com/v1/services', 60),
          { http: 'POST', url: 'https://carrier.example.com/v1/labels', ms: 90 },
        )
        .answer(ok),
    ),
    innocent('the next one is asked since the one before had nothing', draft =>
      draft
        .request('GET', '/cover')
        .calls(
          get('https://covers-a.example.com/isbn', 50, { status: 404 }),
          get('https://covers-b.example.com/isbn', 50, { status: 404 }),
          get('https://covers-c.example.com/isbn', 50),
        )
        .answer(ok),
    ),
    innocent('what is written is read again', draft =>
      draft
        .request('PUT', '/profile')
        .calls(
          sql('UPDATE profiles SET name = $1 WHERE user_id = $2', 30),
          sql('SELECT * FROM profiles WHERE user_id = $1', 30, 1),
          sql('INSERT INTO audit (user_id) VALUES ($1)', 30),
          sql('SELECT * FROM badges WHERE user_id = $1', 30, 4),
        )
        .answer(ok),
    ),
    innocent('work of its own between the reads', draft => {
      draft.request('GET', '/quote');
      for (const table of ['tariffs', 'zones', 'rates']) draft.calls(sql(`SELECT * FROM ${table}`, 25, 40)).pause(60);
      return draft.answer(ok);
    }),
  ],
  'slow-query': [
    innocent('rows that are moved at night', draft =>
      draft.job('archive').calls(sql('INSERT INTO events_old SELECT * FROM events WHERE day < $1', 9000)).answer({}),
    ),
    innocent('what is over is removed at night', draft =>
      draft.job('cleanup').calls(sql('DELETE FROM sessions WHERE expires_at < $1', 4000)).answer({}),
    ),
    innocent('an index that is made', draft =>
      draft.job('migrate', 1).calls(sql('CREATE INDEX CONCURRENTLY orders_day ON orders (day)', 40_000)).answer({}),
    ),
    innocent('a view that is made anew', draft =>
      draft.job('refresh').calls(sql('REFRESH MATERIALIZED VIEW CONCURRENTLY totals', 8000)).answer({}),
    ),
    innocent('messages that are waited for', draft =>
      draft.job('outbox').calls(sql('LISTEN outbox', 30_000)).answer({}),
    ),
    innocent('a block of statements at night', draft =>
      draft.job('maintain').calls(sql('DO $$ BEGIN PERFORM rotate(); END $$', 12_000)).answer({}),
    ),
    innocent('a procedure at night', draft =>
      draft.job('maintain').calls(sql('CALL rotate_partitions()', 12_000)).answer({}),
    ),
    innocent('a lock of a table', draft =>
      draft.job('migrate', 1).calls(sql('LOCK TABLE orders IN EXCLUSIVE MODE', 3000)).answer({}),
    ),
    innocent('a commit that waits for the disk of another place', draft =>
      draft.request('POST', '/pay').calls(sql('BEGIN', 0.5), sql('COMMIT', 240)).answer(ok),
    ),
    innocent('many quick ones', draft =>
      draft
        .request('GET', '/board')
        .calls(...times(9, i => sql(`SELECT * FROM board_${i} WHERE id = $1`, 12, 1)))
        .answer(ok),
    ),
  ],
  'unbounded-result': [
    innocent('points of a stretch of time', draft =>
      draft
        .request('GET', '/devices/:id/chart', '/devices/12/chart')
        .calls(sql('SELECT ts, value FROM samples WHERE device_id = $1 AND ts >= $2 AND ts < $3 ORDER BY ts', 30, 1440))
        .answer(ok),
    ),
    innocent('between two days', draft =>
      draft
        .request('GET', '/calendar')
        .calls(sql('SELECT * FROM slots WHERE room_id = $1 AND day BETWEEN $2 AND $3', 30, 1800))
        .answer(ok),
    ),
    innocent('an export', draft =>
      draft
        .request('GET', '/orders/export')
        .calls(sql('SELECT * FROM orders WHERE tenant_id = $1', 60, 18_000))
        .answer(body(9_000_000)),
    ),
    innocent('the catalogue of the database itself', draft =>
      draft
        .request('GET', '/admin/schema')
        .calls(sql('SELECT * FROM information_schema.columns WHERE table_schema = $1', 50, 2400))
        .answer(ok),
    ),
    innocent('a table that is loaded at the start', draft =>
      draft
        .job('warm up', 1)
        .calls(sql('SELECT * FROM postcodes', 90, 8200))
        .answer({}),
    ),
    innocent('numbers that the database makes', draft =>
      draft
        .request('GET', '/axis')
        .calls(sql('SELECT generate_series($1, $2)', 9, 3000))
        .answer(ok),
    ),
    innocent('keys that were asked for', draft =>
      draft
        .request('POST', '/graphql')
        .calls(sql('SELECT * FROM products WHERE id = ANY($1::uuid[])', 30, 2000))
        .answer(ok),
    ),
    innocent('days that are summed up', draft =>
      draft
        .request('GET', '/stats')
        .calls(sql('SELECT day, sum(total) FROM orders WHERE tenant_id = $1 GROUP BY day', 60, 1500))
        .answer(ok),
    ),
    innocent('a part of a cursor', draft =>
      draft
        .request('GET', '/stream')
        .calls(sql('FETCH FORWARD 2000 FROM feed_cursor', 20, 2000))
        .answer(ok),
    ),
  ],
  'missing-pagination': [
    innocent('what changed since the last time', draft =>
      draft
        .request('GET', '/sync', '/sync', 'since=2026-11-20T10:00:00Z')
        .calls(sql('SELECT * FROM notes WHERE user_id = $1 AND updated_at > $2', 30, 700))
        .answer(body(300_000)),
    ),
    innocent('points of a stretch of time', draft =>
      draft
        .request('GET', '/devices/:id/points', '/devices/12/points', 'from=1&to=2')
        .calls(sql('SELECT ts, value FROM samples WHERE device_id = $1 AND ts >= $2 AND ts < $3', 30, 900))
        .answer(body(120_000)),
    ),
    innocent('what lies in a part of the map', draft =>
      draft
        .request('GET', '/pins', '/pins', 'bbox=8.1,47.2,8.9,47.9')
        .calls(sql('SELECT id, lat, lng FROM pins WHERE lat BETWEEN $1 AND $2 AND lng BETWEEN $3 AND $4', 30, 800))
        .answer(body(150_000)),
    ),
    innocent('lines of a file', draft =>
      draft
        .request('GET', '/orders.ndjson')
        .calls(sql('SELECT * FROM orders WHERE tenant_id = $1', 30, 900))
        .answer({ ...body(400_000), 'http.response.header.content-type': 'application/x-ndjson' }),
    ),
    innocent('a map of the site', draft =>
      draft
        .request('GET', '/sitemap.xml')
        .calls(sql('SELECT slug FROM pages WHERE isPublic', 30, 900))
        .answer(body(200_000)),
    ),
    innocent('a page of a query language', draft =>
      draft
        .request('GET', '/odata/orders', '/odata/orders', '$top=500&$skip=0')
        .calls(sql('SELECT * FROM orders WHERE tenant_id = $1 LIMIT 500', 30, 500))
        .answer(body(300_000)),
    ),
    innocent('a picture that is drawn from many points', draft =>
      draft
        .request('GET', '/chart/:id', '/chart/9')
        .calls(sql('SELECT x, y FROM points WHERE chart_id = $1', 20, 900))
        .answer({ ...body(140_000), 'http.response.header.content-type': 'image/svg+xml' }),
    ),
    innocent('things that were named', draft =>
      draft
        .request('GET', '/products', '/products', 'ids=1,2,3,4')
        .calls(sql('SELECT * FROM products WHERE id IN ($1)', 30, 600))
        .answer(body(200_000)),
    ),
  ],
  'chatty-service': [
    innocent('our own services behind their public name', draft =>
      draft
        .request('POST', '/graphql')
        .calls(
          ...times(14, i =>
            get(`https://api.shop.example.com/${['users', 'carts', 'prices', 'stock'][i % 4] ?? ''}/list`, 20, {
              by: 'backend',
            }),
          ),
        )
        .answer(ok),
    ),
    innocent('objects that are stored', draft =>
      draft
        .request('POST', '/albums')
        .calls(
          ...times(14, i => ({
            http: 'PUT',
            url: `https://bucket.s3.amazonaws.com/uploads/${['a', 'b', 'c', 'd'][i % 4] ?? ''}/${i}.jpg`,
            ms: 30,
          })),
        )
        .answer(ok),
    ),
    innocent('what is sent at night', draft =>
      draft
        .job('crm sync')
        .calls(
          ...times(20, i => ({
            http: ['GET', 'POST', 'PUT'][i % 3] ?? 'GET',
            url: `https://crm.example.com/${['contacts', 'deals', 'notes'][i % 3] ?? ''}`,
            ms: 30,
          })),
        )
        .answer({}),
    ),
    innocent('a broker in our own network', draft =>
      draft
        .request('POST', '/publish')
        .calls(
          ...times(14, i => ({
            http: 'POST',
            url: `http://broker.svc.cluster.local:8080/${['topics', 'groups', 'acks', 'schemas'][i % 4] ?? ''}`,
            ms: 12,
          })),
        )
        .answer(ok),
    ),
    innocent('all at once', draft =>
      draft
        .request('GET', '/overview')
        .together(times(14, i => get(`https://bi.example.com/${['a', 'b', 'c', 'd'][i % 4] ?? ''}/figures`, 60)))
        .answer(ok),
    ),
    innocent('a warm-up', draft =>
      draft
        .job('boot', 1)
        .calls(...times(14, i => get(`https://config.example.com/${['a', 'b', 'c', 'd'][i % 4] ?? ''}`, 30)))
        .answer({}),
    ),
    innocent('few calls', draft =>
      draft
        .request('POST', '/pay')
        .calls(
          ...times(7, i => ({
            http: 'POST',
            url: `https://api.stripe.com/v1/${['customers', 'intents', 'refunds'][i % 3] ?? ''}`,
            ms: 60,
          })),
        )
        .answer(ok),
    ),
    innocent('a session that somebody else steers: an operation is asked for while it runs', draft =>
      draft
        .request('POST', '/agents')
        .loop(
          12,
          i => ({
            http: 'GET',
            url: `https://agents.example.com/${['runs', 'steps', 'logs'][i % 3] ?? ''}`,
            ms: 12,
          }),
          500,
        )
        .answer(ok),
    ),
  ],
  'retry-storm': [
    innocent('backs off with some chance in it', draft =>
      backingOff(draft.request('POST', '/pay'), 5, 70, () => ({
        http: 'POST',
        url: 'https://pay.example.com/v1/charges',
        status: 503,
        ms: 20,
      })).answer(ok),
    ),
    innocent('waits as long as it was told to', draft =>
      draft
        .job('send')
        .loop(5, () => ({ http: 'POST', url: 'https://mail.example.com/send', status: 429, ms: 10 }), 1000)
        .answer({}),
    ),
    innocent('rows that are there already', draft =>
      draft
        .request('POST', '/import')
        .loop(8, () => failed('INSERT INTO customers (email) VALUES ($1)', 2, '23505'))
        .answer(ok),
    ),
    innocent('rows that do not fit', draft =>
      draft
        .request('POST', '/import')
        .loop(8, () => failed('INSERT INTO prices (amount) VALUES ($1)', 2, '22003'))
        .answer(ok),
    ),
    innocent('one host after another', draft =>
      draft
        .request('GET', '/x')
        .loop(6, i => get(`http://node-${i}.internal/data`, 9, { status: 503 }))
        .answer(ok),
    ),
    innocent('a second request, in case the first is slow', draft =>
      draft
        .request('GET', '/x')
        .together(times(4, () => get('http://search.internal/q', 40, { status: 503 })))
        .answer(ok),
    ),
    innocent('a resource that is made elsewhere, "not yet"', draft =>
      draft
        .request('GET', '/x')
        .loop(7, () => get('https://build.example.com/artifact', 10, { status: 425 }), 40)
        .answer(ok),
    ),
    innocent('conflicts that are solved by trying again later and later', draft =>
      backingOff(draft.request('POST', '/book'), 5, 30, () =>
        failed('UPDATE seats SET holder = $1 WHERE id = $2', 3, '40001'),
      ).answer(ok),
    ),
    innocent('a start that waits for its database', draft =>
      draft
        .job('boot', 1)
        .loop(8, () => failed('SELECT 1', 5, 'ECONNREFUSED'), 1000)
        .answer({}),
    ),
    innocent('three tries', draft =>
      draft
        .request('POST', '/x')
        .loop(3, () => ({ http: 'POST', url: 'https://hooks.example.com/a', status: 500, ms: 10 }), 1)
        .answer(ok),
    ),
  ],
  'pool-starvation': [
    innocent('a worker that is waited for', draft =>
      draft
        .request('POST', '/thumbnail')
        .calls({ span: 'worker-pool.acquire', ms: 400 }, { span: 'resize', ms: 90 })
        .answer(ok),
    ),
    innocent('threads', draft =>
      draft.request('POST', '/hash').calls({ span: 'thread_pool acquire', ms: 300 }).answer(ok),
    ),
    innocent('a page of a browser', draft =>
      draft.request('POST', '/pdf').calls({ span: 'browser-pool.acquire', ms: 800 }).answer(ok),
    ),
    innocent('a lock', draft => draft.request('POST', '/x').calls({ span: 'mutex.acquire', ms: 300 }).answer(ok)),
    innocent('a place among those that run at once', draft =>
      draft.request('POST', '/x').calls({ span: 'semaphore acquire', ms: 300 }).answer(ok),
    ),
    innocent('a connection that is opened', draft =>
      draft.request('GET', '/x').calls({ span: 'tls.connect', ms: 240 }, { span: 'dns.lookup', ms: 90 }).answer(ok),
    ),
    innocent('just below', draft =>
      draft
        .request('GET', '/x')
        .calls({ sql: 'SELECT 1', ms: 1, more: { 'bellwether.db.pool.wait_ms': '35' } })
        .answer(ok),
    ),
  ],
  'blocked-event-loop': [
    innocent('many short stalls', draft => {
      draft.request('GET', '/x');
      for (let i = 0; i < 8; i++) draft.stall(60, '/srv/app/src/x.ts:4');
      return draft.answer(ok);
    }),
    innocent('work that gives way', draft => draft.request('GET', '/x').pause(900).answer(ok)),
    innocent('work in a thread', draft =>
      draft.request('GET', '/x').calls({ span: 'piscina.run', ms: 900 }).answer(ok),
    ),
    innocent('a child process', draft =>
      draft.request('GET', '/x').calls({ span: 'exec ffmpeg', ms: 4000 }).answer(ok),
    ),
    innocent('a slow disk', draft => draft.request('GET', '/x').calls({ span: 'fs.readFile', ms: 700 }).answer(ok)),
  ],
  'oversized-payload': [
    innocent('rows that are imported', draft =>
      draft.request('POST', '/api/import', '/api/import', '', { 'http.request.body.size': '8000000' }).answer(ok),
    ),
    innocent('many documents at once for an index', draft =>
      draft
        .request('POST', '/reindex')
        .calls({
          http: 'POST',
          url: 'https://search.internal:9200/products/_bulk',
          ms: 90,
          more: { 'http.request.body.size': '4000000' },
        })
        .answer(ok),
    ),
    innocent('telemetry', draft =>
      draft.request('POST', '/v1/traces', '/v1/traces', '', { 'http.request.body.size': '3000000' }).answer(ok),
    ),
    innocent('events that are sent as they happen', draft =>
      draft
        .request('GET', '/events')
        .answer({ ...body(5_000_000), 'http.response.header.content-type': 'text/event-stream' }),
    ),
    innocent('lines that are sent as they are read', draft =>
      draft
        .request('GET', '/changes')
        .answer({ ...body(5_000_000), 'http.response.header.content-type': 'application/x-ndjson' }),
    ),
    innocent('an object from a bucket', draft =>
      draft
        .request('GET', '/render')
        .calls(
          get('https://bucket.s3.amazonaws.com/models/shoe.glb', 90, {
            more: { 'http.response.body.size': '6000000' },
          }),
        )
        .answer(ok),
    ),
    innocent('a voice', draft =>
      draft.request('POST', '/speak').answer({ ...body(2_000_000), 'http.response.header.content-type': 'audio/mpeg' }),
    ),
    innocent('a part of a large file', draft =>
      draft
        .request('GET', '/play')
        .answer({ ...body(5_000_000), 'http.response.status_code': '206', 'http.status_code': '206' }),
    ),
  ],
};
