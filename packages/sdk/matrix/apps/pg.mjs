import http from 'node:http';
import pg from 'pg';

const connectionString = process.env.DATABASE_URL;
const pool = new pg.Pool({ connectionString, max: 2 });
const narrow = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 2000 });

async function ordersOf(ids) {
  const found = [];
  for (const id of ids) {
    found.push((await pool.query('SELECT mail FROM users WHERE id = $1', [id])).rows[0]);
  }
  return found;
}

/** Rows by twos, to the end. */
async function cursor() {
  const { default: Cursor } = await import('pg-cursor');
  const client = await pool.connect();
  const rows = client.query(new Cursor('SELECT id FROM users ORDER BY id'));
  let count = 0;
  for (;;) {
    const some = await rows.read(2);
    if (some.length === 0) break;
    count += some.length;
  }
  await rows.close();
  client.release();
  return count;
}

/** Two want the only connection; the second gives up. */
async function exhausted() {
  const client = await narrow.connect();
  const error = await narrow.query('SELECT 1').catch(error => error.message);
  client.release();
  return error;
}

const routes = {
  '/loop': () => ordersOf([1, 2, 3, 1, 2, 3]),
  '/slow': async function slowReport() {
    return (await pool.query("SELECT pg_sleep(0.15), 'secret' AS slow")).rows.length;
  },
  '/heavy': async () => {
    const text = 'SELECT count(*) FROM generate_series(1, 1500000) AS n, users WHERE n % 7 = 3 AND mail <> $1';
    const { rows } = await pool.query(text, ['secret']);
    await new Promise(resolve => setTimeout(resolve, 300));
    return rows[0].count;
  },
  '/cursor': cursor,
  '/exhausted': exhausted,
  '/many': () => Promise.all(Array.from({ length: 6 }, () => pool.query('SELECT pg_sleep(0.01) AS many'))),
  '/comment': () => pool.query("SELECT 1 AS commented /*traceparent='00-secret-01'*/"),
};

async function prepare() {
  await pool.query('CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, mail text)');
  await pool.query("INSERT INTO users VALUES (1, 'a'), (2, 'b'), (3, 'c') ON CONFLICT DO NOTHING");
  await pool.query('ANALYZE users');
}

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await routes[request.url]()));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});
prepare().then(() => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)));
