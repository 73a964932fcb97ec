import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ReceiverLink } from '../handover/receiver-link.js';
import type { Store } from '../store/store.js';
import { NotFound, apiFailure } from './api-failure.js';
import { fieldRoutes } from './field-routes.js';
import { callersScope, checkCaller } from './guard.js';
import { logRoutes } from './log-routes.js';
import type { Route } from './route.js';
import { serviceRoutes } from './service-routes.js';
import { type StatusFacts, statusRoutes } from './status-routes.js';
import { traceRoutes } from './trace-routes.js';

export interface ApiDeps extends StatusFacts {
  readonly store: Store;
  readonly receiver: ReceiverLink;
  readonly listen: { readonly host: string; readonly port: number };
  /** The built pages; undefined when they were not built. */
  readonly uiDir: string | undefined;
  readonly log: FastifyBaseLogger;
}

/** Routes that answer JSON, made from one object each. */
export function apiRoutes(facts: StatusFacts): readonly Route[] {
  return [...statusRoutes(facts), ...serviceRoutes, ...traceRoutes, ...logRoutes, ...fieldRoutes];
}

const maxBodyBytes = 1_048_576;

/** The API as an application that does not listen yet; tests call it so. */
export async function buildApi(deps: ApiDeps): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: deps.log,
    disableRequestLogging: true,
    bodyLimit: maxBodyBytes,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 2000 },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    const { host, origin } = request.headers;
    checkCaller({ method: request.method, host, origin }, deps.listen.host);
  });
  app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply));
  app.setNotFoundHandler(async request => {
    throw new NotFound(`There is no ${request.method} ${request.url.slice(0, 200)} here.`);
  });
  for (const route of apiRoutes(deps)) addRoute(app, route, deps);
  await app.ready();
  return app;
}

function addRoute(app: FastifyInstance, route: Route, deps: ApiDeps): void {
  app.route({
    method: route.method,
    url: route.path,
    async handler(request, reply) {
      const signal = untilGone(reply);
      const asker = { store: deps.store, scope: callersScope(request.headers['x-scope-orgid']), signal };
      const context = { asker, nowMs: Date.now(), log: request.log };
      reply.header('cache-control', 'no-store').type('application/json; charset=utf-8');
      return JSON.stringify(await route.answerTo({ query: request.query, params: request.params }, context));
    },
  });
}

/** Aborts when the client closes its connection before the answer is out. */
function untilGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  // A page's queries run side by side, and each listens.
  setMaxListeners(50, gone.signal);
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('the client closed the connection'));
  });
  return gone.signal;
}

function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body, isOurs, retryAfterSeconds } = apiFailure(error, request.id);
  const isGone = reply.raw.destroyed;
  if (isOurs && !isGone) request.log.error({ err: error, path: request.url.split('?')[0] }, 'a request failed');
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  void reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** Starts to listen; `signal` stops it, as `stop` does. */
export async function startApi(
  deps: ApiDeps,
  signal: AbortSignal,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const app = await buildApi(deps);
  const { host, port } = deps.listen;
  await app.listen({ host, port });
  const stop = async (): Promise<void> => {
    app.server.closeAllConnections();
    await app.close();
  };
  signal.addEventListener('abort', () => void stop(), { once: true });
  const address = app.server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : port, stop };
}
