// The application under measure: a route of Fastify or Express with 3 SQL queries, 1 fetch and 1 log line. It knows nothing of any agent.
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import pino from 'pino';

const logger = pino({ level: 'info' }, pino.destination({ dest: '/dev/null', sync: false }));
const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: 10 });
const priceUrl = process.env.BENCH_PRICE_URL;

async function order(id) {
  const found = await pool.query({
    name: 'q1',
    text: 'SELECT id, customer_id, status, created_at FROM orders WHERE id = $1',
    values: [id],
  });
  const [row] = found.rows;
  if (row === undefined) return undefined;
  const customers = await pool.query({
    name: 'q2',
    text: 'SELECT id, name, email FROM customers WHERE id = $1',
    values: [row.customer_id],
  });
  const items = await pool.query({
    name: 'q3',
    text: 'SELECT sku, qty, price FROM items WHERE order_id = $1',
    values: [id],
  });
  const price = await (await fetch(priceUrl)).json();
  logger.info({ orderId: id, items: items.rows.length, customer: customers.rows[0].id }, 'order served');
  return { order: row, customer: customers.rows[0], items: items.rows, price };
}

/** A body in parts, over a few turns of the event loop. */
async function* parts() {
  for (let part = 0; part < 5; part++) {
    yield `part ${part}\n`;
    await new Promise(resolve => setImmediate(resolve));
  }
}

async function fastify() {
  const { default: Fastify } = await import('fastify');
  const app = Fastify({ logger: false });
  app.route({ method: 'GET', url: '/hello', handler: async () => ({ hello: 'world' }) });
  app.route({ method: 'GET', url: '/stream', handler: async (_request, reply) => reply.send(Readable.from(parts())) });
  app.route({
    method: 'GET',
    url: '/orders/:id',
    async handler(request, reply) {
      const found = await order(Number(request.params.id));
      return found ?? reply.code(404).send({ error: 'not found' });
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server;
}

async function express() {
  const { default: Express } = await import('express');
  const app = Express();
  app.get('/hello', (_request, response) => void response.json({ hello: 'world' }));
  app.get('/stream', (_request, response) => void Readable.from(parts()).pipe(response));
  app.get('/orders/:id', (request, response) => {
    const answer = async () => {
      const found = await order(Number(request.params.id));
      if (found === undefined) response.status(404).json({ error: 'not found' });
      else response.json(found);
    };
    answer().catch(error => response.destroy(error));
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const server = await { fastify, express }[process.argv[2] ?? 'fastify']();
const readyMs = performance.now();

process.on('message', message => {
  if (message === 'exit') process.exit(0);
  if (message === 'heap') {
    globalThis.gc();
    globalThis.gc();
    const { heapUsed, rss } = process.memoryUsage();
    process.send({ heapBytes: heapUsed, rssBytes: rss });
    return;
  }
  const { user, system } = process.cpuUsage();
  process.send({ cpuUs: user + system, userUs: user, rssBytes: process.memoryUsage().rss });
});
process.send({ readyMs, port: server.address().port });
