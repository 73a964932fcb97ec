import http from 'node:http';
import { createRequire } from 'node:module';
import Redis from 'ioredis';
import pg from 'pg';

const require = createRequire(import.meta.url);
const sameCopy = require('pg') === pg;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
const redis = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: 1 });
const call = (client, ...args) =>
  new Promise(resolve => client.query(...args, (error, result) => resolve(error ?? result.rows)));

/** What pg-cursor and query streams do: an object that submits itself. */
const submitted = async text => {
  const client = await pool.connect();
  const query = new pg.Query(text);
  const ended = new Promise((resolve, reject) => {
    query.on('end', () => resolve());
    query.on('error', reject);
  });
  client.query(query);
  await ended;
  client.release();
};

const routes = {
  '/promise': () => pool.query('SELECT n FROM generate_series(1, 3) AS n'),
  '/parameters': () => pool.query("SELECT $1::text AS mail, 'secret' AS s FROM users WHERE id < 100", ['a@b.c']),
  '/callback': () => call(pool, 'SELECT 1 AS callback'),
  '/config': () =>
    new Promise(resolve => pool.query({ text: 'SELECT 2 AS config' }, (_error, result) => resolve(result.rows))),
  '/submitted': () => submitted('SELECT 3 AS submitted'),
  '/error': () =>
    pool.query('SELECT * FROM nowhere').catch(error => ({ code: error.code, same: error instanceof pg.DatabaseError })),
  '/redis': async () => {
    await redis.set('user:77:cart', 'secret-value');
    const hit = await redis.get('user:77:cart');
    const miss = await redis.get('user:78:cart');
    const error = await redis.lpush('user:77:cart', 1).catch(error => error.message);
    return { hit, miss, error };
  },
  '/nested': async () =>
    Promise.all(Array.from({ length: 10 }, () => pool.query('SELECT pg_sleep(0.002), 4 AS nested'))),
};
await pool.query('CREATE TABLE IF NOT EXISTS users (id int)');
const server = http.createServer(async (request, response) => {
  try {
    const result = await routes[request.url]();
    response.end(JSON.stringify({ result: result?.rows ?? result ?? null, sameCopy }));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
