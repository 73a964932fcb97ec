import Redis from 'ioredis';
import http from 'node:http';
import pRetry from 'p-retry';
import pg from 'pg';

// Each kind of finding that traces can show, by code that has the fault, and its innocent twin beside it.

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 12 });
const narrowPool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
const otherPool = new pg.Pool({ connectionString: process.env.OTHER_DATABASE_URL, max: 2 });
const redis = new Redis(process.env.REDIS_URL);
const keepAlive = new http.Agent({ keepAlive: true });
const inventory = process.env.INVENTORY_URL;

const ids = Array.from({ length: 60 }, (_, i) => i + 1);

async function fill() {
  await pool.query('CREATE SCHEMA shop');
  await pool.query('CREATE TABLE shop.orders (id int PRIMARY KEY, customer_id int NOT NULL, note text NOT NULL)');
  await pool.query(`INSERT INTO shop.orders SELECT n, n % 7, repeat('a note ', 10) FROM generate_series(1, 2000) AS n`);
  // What takes its time on every machine, and does not say so in the statement.
  await pool.query('CREATE VIEW shop.late_orders AS SELECT orders.* FROM shop.orders, pg_sleep(0.15)');
  await otherPool.query('CREATE SCHEMA shop');
  await otherPool.query('CREATE VIEW shop.late_orders AS SELECT 1 AS id, 2 AS customer_id FROM pg_sleep(0.15)');
  for (const name of ['shelves', 'prices', 'stocks']) {
    await pool.query(`CREATE TABLE shop.${name}_kept (id int PRIMARY KEY, name text NOT NULL)`);
    await pool.query(`INSERT INTO shop.${name}_kept VALUES (1, '${name}')`);
    await pool.query(`CREATE VIEW shop.${name} AS SELECT kept.* FROM shop.${name}_kept AS kept, pg_sleep(0.06)`);
  }
  for (const id of ids) await redis.set(`product:${id}:name`, `product ${id}`);
}

const lookup = (_name, options, found) =>
  options.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4);

/** From a vendor by its name, which is looked up by ourselves. */
function fromVendor(path) {
  const { port } = new URL(inventory);
  return new Promise((resolve, reject) => {
    const target = { host: 'api.vendor.example', port, path, lookup, agent: keepAlive };
    const request = http.get(target); // place: chatty-service
    request.on('response', response => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('error', reject);
  });
}

async function get(path) {
  const answer = await fetch(inventory + path); // place: n-plus-one-http retry-storm
  const text = await answer.text();
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  return text;
}

const lateOrders = (from, id) => from.query('SELECT * FROM shop.late_orders WHERE customer_id = $1 LIMIT 5', [id]); // place: slow-query
const shelves = () => pool.query('SELECT name FROM shop.shelves LIMIT 10');
const prices = () => pool.query('SELECT name FROM shop.prices LIMIT 10');
const stocks = () => pool.query('SELECT name FROM shop.stocks LIMIT 10');
const vendorPaths = ['/accounts/1', '/balances/1', '/cards/1', '/limits/1'].flatMap(path => [
  path,
  `${path}0`,
  `${path}00`,
]);

const routes = {
  'GET /requests-in-a-loop': async () => {
    const names = [];
    for (const id of ids.slice(0, 8)) names.push(await get(`/items/${id}`));
    return names;
  },
  'GET /one-request': () => get(`/items?ids=${ids.slice(0, 8).join(',')}`),

  'GET /reads-in-a-loop': async () => {
    const names = [];
    for (const id of ids) names.push(await redis.get(`product:${id}:name`)); // place: n-plus-one-cache
    return names;
  },
  'GET /one-read': () => redis.mget(ids.map(id => `product:${id}:name`)),

  'GET /one-by-one': async () => {
    const first = await pool.query('SELECT name FROM shop.shelves LIMIT 10'); // place: sequential-awaits
    const second = await prices();
    const third = await stocks();
    return [first, second, third].map(({ rows }) => rows);
  },
  'GET /together': async () => (await Promise.all([shelves(), prices(), stocks()])).map(({ rows }) => rows),

  'GET /late': async () => (await lateOrders(pool, 3)).rows,
  'GET /late/on-purpose': async () => (await pool.query('SELECT pg_sleep(0.15)')).rows.length,
  'GET /late/elsewhere': async () => [(await lateOrders(pool, 3)).rows, (await lateOrders(otherPool, 2)).rows],

  'POST /sums': async () => {
    const { rows } = await pool.query('SELECT id, customer_id FROM shop.orders WHERE customer_id >= $1', [0]); // place: unbounded-result
    return rows.reduce((sum, { id }) => sum + id, 0);
  },
  'POST /sums/bounded': async () =>
    (await pool.query('SELECT id, customer_id FROM shop.orders WHERE customer_id >= $1 LIMIT 1500', [0])).rows.length,

  'GET /list': async () => (await pool.query('SELECT * FROM shop.orders ORDER BY id')).rows, // place: missing-pagination
  'GET /list/page': async () => (await pool.query('SELECT * FROM shop.orders ORDER BY id LIMIT 1900')).rows,

  'GET /vendor': async () => {
    const statuses = [];
    for (const path of vendorPaths) statuses.push(await fromVendor(path));
    return statuses;
  },
  'GET /vendor/together': () => Promise.all(vendorPaths.map(fromVendor)),

  'GET /retries': () => pRetry(() => get('/fails'), { retries: 5, factor: 1, minTimeout: 1 }).catch(() => 'gave up'),
  'GET /retries/patient': () =>
    pRetry(() => get('/fails'), { retries: 4, factor: 2, minTimeout: 60 }).catch(() => 'gave up'),

  'GET /narrow-pool': async () => {
    const late = 'SELECT * FROM shop.late_orders WHERE id = $1 LIMIT 1';
    const asked = [1, 2, 3, 4].map(id => narrowPool.query(late, [id])); // place: pool-starvation
    return (await Promise.all(asked)).map(({ rows }) => rows[0].id);
  },
  'GET /wide-pool': async () => {
    const asked = [1, 2, 3, 4].map(id => pool.query('SELECT * FROM shop.late_orders WHERE id = $1 LIMIT 1', [id]));
    return (await Promise.all(asked)).map(({ rows }) => rows[0].id);
  },

  'GET /computes': () => {
    let sum = 0;
    for (const untilMs = Date.now() + 400; Date.now() < untilMs;) sum += Math.sqrt(sum + 1); // place: blocked-event-loop
    return sum > 0;
  },

  'GET /large': () => 'x'.repeat(2_000_000),
  'GET /export': () => 'x'.repeat(2_000_000),
};

const server = http.createServer(async (request, response) => {
  try {
    const route = routes[`${request.method} ${request.url}`];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(await route()));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error?.stack));
  }
});
fill().then(() => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)));
