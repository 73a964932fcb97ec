// Express 5 waits for its handlers' promises.
/* oxlint-disable oxc/no-async-endpoint-handlers */
import { addBreadcrumb, admin, business, health, postgresCheck, redisCheck, setUser } from '@bellwether/node';
import express from 'express';
import { Redis } from 'ioredis';
import { consumeCredits, createTables, pool, register, scan, subscribe } from './accounts.js';
import { keepDailyFigures } from './daily-figures.js';

/**
 * Audits of content for marketing teams. Datadog has its traces and metrics and Sentry its errors because the environment says so (`DATADOG_ENABLED`, `SENTRY_DSN`); the code
 * knows neither.
 */
const redis = new Redis(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379');
const kit = health({ checks: { database: postgresCheck(pool), redis: redisCheck(redis, { critical: false }) } });
const view = admin({ guard: { key: process.env['ADMIN_KEY'] ?? 'choose-one' }, health: kit });

const app = express();
app.use(kit.listener);
app.use(view.listener);
app.use(express.json());
app.use((request, _response, next) => {
  const user = request.headers['x-user'];
  if (typeof user === 'string') setUser({ id: user });
  addBreadcrumb({ category: 'http', message: `${request.method} came in` });
  next();
});

app.post('/users', async (request, response) => {
  const { id, plan, source } = request.body;
  await register(id);
  // The plan and the source that were, not ones that could have been.
  business.lifecycle({ stage: 'registered', customer: id, plan, attributes: { source } });
  response.status(201).json({ id });
});

app.post('/subscriptions', async (request, response) => {
  const { id, plan, amountMinor, interval } = request.body;
  const timeToConvertDays = await subscribe(id, plan, amountMinor, interval);
  business.subscription.started({
    subscriptionId: `s-${id}`,
    plan,
    amountMinor,
    currency: 'USD',
    interval,
    timeToConvertDays,
  });
  response.status(201).json({});
});

app.post('/scans', async (request, response) => {
  const { user, type, words } = request.body;
  const score = await scan(type, words);
  business.event('scan.completed', { value: score, attributes: { audit_type: type } });
  business.feature({ feature: 'scan', customer: user });
  await consumeCredits(user, 2);
  response.json({ score });
});

app.get('/slow', (_request, response) => {
  setTimeout(() => response.json({}), 60);
});

await createTables();
await keepDailyFigures(Number(process.env['FIGURES_EVERY_MS'] ?? 60_000));
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`port ${address?.port}`);
});
