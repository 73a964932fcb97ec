import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { log } from './log.js';
import { RequestError } from './request-error.js';
import { isReady, run } from './run.js';
import { markTenant, whoAsks, type Who } from './who.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before each handler under /v1. */
    who: Who;
  }
}

/** A Fastify service: health, tenant and errors are the same in each. `routes` adds what is its own. */
export async function startFastify(
  routes: (app: FastifyInstance) => void | Promise<void>,
  { prepare, close }: { prepare?: () => Promise<void>; close?: () => Promise<void> } = {},
): Promise<void> {
  const app: FastifyInstance = Fastify({ forceCloseConnections: 'idle' });
  app.decorateRequest('who');
  app.addHook('onRequest', async request => {
    if (!request.url.startsWith('/v1/')) return;
    request.who = whoAsks(request.headers);
    markTenant(request.who);
  });
  app.setErrorHandler((error: FastifyError | RequestError, request, reply) => {
    if (error instanceof RequestError) {
      if (error.status >= 500) log.error({ err: error, route: request.routeOptions.url }, 'request failed');
      return reply.code(error.status).send({ error: { code: error.code, message: error.message } });
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: { code: error.code, message: error.message } });
    log.error({ err: error, route: request.routeOptions.url }, 'unhandled error');
    return reply.code(500).send({ error: { code: 'internal', message: 'an unexpected error; it was reported' } });
  });
  app.get('/health', async () => ({ status: 'ok', version: process.env['SHOP_VERSION'] }));
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_request, reply) =>
    (await isReady()) ? { status: 'ok' } : reply.code(503).send({ status: 'starting' }),
  );
  await routes(app);
  await app.ready();
  run({
    server: app.server,
    ...(prepare === undefined ? {} : { prepare }),
    close: async () => {
      await app.close();
      await close?.();
    },
  });
}
