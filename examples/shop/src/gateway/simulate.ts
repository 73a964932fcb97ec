import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT, context } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { tenants } from '../domain/tenants.js';
import { call } from '../service/call.js';
import { log } from '../service/log.js';
import { RequestError } from '../service/request-error.js';

const requestsPerSecond = 20;
const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Thrown on purpose, so that a person sees what an unhandled error looks like in Bellwether. */
class SimulatedError extends Error {
  override readonly name = 'SimulatedError';
}

/** Throws RequestError 403 unless this is development and the caller sits on this machine. */
export function developmentOnly(ip: string, environment: string | undefined = process.env['NODE_ENV']): void {
  if (environment === 'production') {
    throw new RequestError(403, 'development_only', 'simulations are off when NODE_ENV is production');
  }
  if (!loopback.has(ip)) throw new RequestError(403, 'loopback_only', 'simulations answer only on this machine');
}

/** Routes that make load and errors on purpose, in development. */
export function simulate(app: FastifyInstance): void {
  let untilMs = 0;

  app.get<{ Querystring: { seconds: number } }>(
    '/simulate/load',
    {
      onRequest: fromHereOnly,
      schema: {
        querystring: {
          type: 'object',
          properties: { seconds: { type: 'integer', minimum: 1, maximum: 60, default: 10 } },
        },
      },
    },
    async ({ query }, reply) => {
      const isRunning = Date.now() < untilMs;
      untilMs = Math.max(untilMs, Date.now() + query.seconds * 1000);
      // Each of its requests begins a trace of its own.
      if (!isRunning) void context.with(ROOT_CONTEXT, () => load(() => Date.now() < untilMs));
      return reply.code(202).send({ requestsPerSecond, until: new Date(untilMs).toISOString() });
    },
  );
  app.post<{ Body: { message?: string } | undefined }>(
    '/simulate/error',
    {
      onRequest: fromHereOnly,
      schema: { body: { type: ['object', 'null'], properties: { message: { type: 'string', maxLength: 200 } } } },
    },
    async ({ body }) => {
      throw new SimulatedError(body?.message ?? 'simulated by POST /simulate/error');
    },
  );
  app.get('/test/error', { onRequest: fromHereOnly }, async () => {
    throw new SimulatedError('simulated by GET /test/error');
  });
}

/** Searches and lists in the name of each tenant in turn, until told to stop. */
async function load(goesOn: () => boolean): Promise<void> {
  log.warn({ requests_per_second: requestsPerSecond }, 'simulated load begins');
  for (let turn = 0; goesOn(); turn++) {
    const tenant = tenants[turn % tenants.length];
    if (tenant === undefined) return;
    const path = turn % 10 === 0 ? '/v1/search?q=solid' : '/v1/products?category=garden';
    call('gateway', path, { tenantId: tenant.id, userId: 'u_load' }).catch((error: unknown) =>
      log.warn({ err: error }, 'a request of the simulated load failed'),
    );
    await sleep(1000 / requestsPerSecond);
  }
  log.warn('simulated load ends');
}

async function fromHereOnly(request: FastifyRequest): Promise<void> {
  developmentOnly(request.ip);
}
