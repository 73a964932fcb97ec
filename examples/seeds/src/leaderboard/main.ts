import { setTimeout as sleep } from 'node:timers/promises';
import { admin, health, postgresCheck, postgresTables, redisCheck } from '@bellwether/node';
import express from 'express';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Scores } from './scores.js';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 5, connectionTimeoutMillis: 1000 });
pool.on('error', () => undefined);
const cache = new Redis(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379', { maxRetriesPerRequest: 1 });
cache.on('error', () => undefined);
const scores = new Scores(pool, cache);

const kit = health({
  // Without its cache the service is slower, and still there.
  checks: { database: postgresCheck(pool), cache: redisCheck(cache, { critical: false }) },
  showDetail: { key: process.env['ADMIN_KEY'] ?? '' },
});
const view = admin({
  guard: { key: process.env['ADMIN_KEY'] ?? '' },
  health: kit,
  collections: postgresTables(pool),
});

const app = express();
app.use(kit.listener);
app.use(view.listener);

app.get('/leaderboard/:season', (request, response, next) => {
  scores.top(Number(request.params.season)).then(rows => response.json(rows), next);
});

app.get('/export', (_request, response, next) => {
  sleep(1200).then(() => response.send('done'), next);
});

app.get('/test/error', () => {
  throw new Error('a test error; nothing is wrong');
});

await scores.prepare();
const server = app.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(`port ${address.port}`);
});
