import { setTenant } from '@bellwether/node';
import Fastify from 'fastify';
import pino from 'pino';

const logger = pino();
const app = Fastify();
app.addHook('preHandler', async (request, reply) => {
  if (request.headers['x-deny'] !== undefined) return reply.code(401).send({ error: 'no' });
});
const readOrder = async request => {
  const tenant = request.headers['x-tenant'];
  if (tenant !== undefined) setTenant(tenant, { plan: 'premium' });
  const child = logger.child({ order: request.params.id });
  await new Promise(resolve => setTimeout(resolve, Math.random() * 5));
  child.info({ cents: 999 }, 'order read');
  return { id: request.params.id };
};
const askDownstream = async request => {
  setTenant('acme');
  const answer = await fetch(`http://127.0.0.1:${process.env.DOWNSTREAM_PORT}/seen/${request.params.id}?token=hidden`);
  return answer.json();
};
app.route({ method: 'GET', url: '/orders/:id', handler: readOrder });
app.route({ method: 'GET', url: '/downstream/:id', handler: askDownstream });
app.get('/fails', async () => {
  const error = new TypeError('cannot be');
  logger.error({ err: error }, 'it failed');
  throw error;
});
app.get('/rejects', async (_request, reply) => reply.code(422).send({ error: 'expected' }));
app.get('/slow', async () => new Promise(resolve => setTimeout(() => resolve({}), 2000)));
app.get('/exit', async () => process.exit(3));
app.get('/crash', async () => {
  setTimeout(() => {
    throw new Error('out of nowhere');
  }, 5);
  return {};
});
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`port ${app.server.address().port}`);
