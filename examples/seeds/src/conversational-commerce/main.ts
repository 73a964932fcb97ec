import { health, postgresCheck, prometheusMetrics, setTenant, setUser } from '@bellwether/node';
import { metrics } from '@opentelemetry/api';
import Fastify from 'fastify';
import pg from 'pg';
import { pino, stdTimeFunctions } from 'pino';
import { Orders, type Status } from './orders.js';
import { pay } from './payments.js';

const log = pino({ level: process.env['LOG_LEVEL'] ?? 'info', timestamp: stdTimeFunctions.isoTime });
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 5, connectionTimeoutMillis: 1000 });
// A connection that the server ends while it is idle is replaced by the next query.
pool.on('error', error => log.warn({ err: error }, 'a database connection ended'));
const orders = new Orders(pool, log.child({ name: 'orders' }));
const views = metrics
  .getMeter('conversational-commerce')
  .createCounter('product.views', { description: 'Products that were looked at' });
const kit = health({ checks: { db: postgresCheck(pool, { timeoutMs: 2000 }) } });

const server = Fastify();
server.register(kit.fastify);

server.addHook('onRequest', async request => {
  const tenant = request.headers['x-tenant'];
  if (typeof tenant === 'string') setTenant(tenant);
  const user = request.headers['x-user'];
  if (typeof user === 'string') setUser({ id: user });
});

const tenantOf = (headers: Readonly<Record<string, unknown>>): string => String(headers['x-tenant'] ?? 'unknown');

server.post<{ Body: { channel?: string; amountMinor: number; currency: string } }>(
  '/orders',
  async (request, reply) => {
    const { channel = 'web', amountMinor, currency } = request.body;
    return reply.code(201).send(await orders.create(tenantOf(request.headers), channel, amountMinor, currency));
  },
);

server.post<{ Params: { id: string }; Body: { provider: string } }>('/orders/:id/payments', async (request, reply) => {
  const order = await orders.find(request.params.id);
  if (order === undefined) return reply.code(404).send({ error: 'no such order' });
  const paymentId = await pay(order, request.body.provider);
  await orders.setStatus(order, 'confirmed');
  return reply.code(201).send({ paymentId });
});

server.patch<{ Params: { id: string }; Body: { status: Status } }>('/orders/:id', async (request, reply) => {
  const order = await orders.find(request.params.id);
  if (order === undefined) return reply.code(404).send({ error: 'no such order' });
  await orders.setStatus(order, request.body.status);
  return { id: order.id, status: request.body.status };
});

server.get<{ Params: { id: string }; Querystring: { channel?: string } }>('/products/:id', request => {
  // Products are many: they are on the span, not in a label.
  views.add(1, { 'tenant.id': tenantOf(request.headers), channel: request.query.channel ?? 'web' });
  return { id: request.params.id };
});

server.get('/metrics', async (request, reply) => {
  reply.hijack();
  await prometheusMetrics(request.raw, reply.raw);
});

await orders.prepare();
await server.listen({ port: Number(process.env['PORT'] ?? 0), host: '127.0.0.1' });
const address = server.server.address();
if (typeof address === 'object' && address !== null) console.log(`port ${address.port}`);
