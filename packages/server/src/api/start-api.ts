import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { logTailEvent, logTailQuery, parseSearch } from '@bellwether/model';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { ControlStore } from '../control/control-store.js';
import type { ReceiverLink } from '../handover/receiver-link.js';
import { errorAnswer } from '../promql/failure.js';
import { defaultPromql, type PromqlSettings } from '../promql/settings.js';
import { WorkerPool } from '../promql/worker-pool.js';
import type { Asker } from '../query/asker.js';
import { type MetricReader, noMetrics } from '../query/metric-reader.js';
import { SourceMaps } from '../source-maps/source-maps.js';
import type { Store } from '../store/store.js';
import { NotFound, Unavailable, WrongMethod, apiFailure } from './api-failure.js';
import { askedEnv } from './asked-window.js';
import { dashboardRoutes } from './dashboard-routes.js';
import { dataStoreRoutes } from './data-store-routes.js';
import { fieldRoutes } from './field-routes.js';
import { callersScope, checkCaller } from './guard.js';
import { addHealthRoutes } from './health-routes.js';
import { jaegerRoutes } from './jaeger-routes.js';
import { ledgerRoutes } from './ledger-routes.js';
import { differenceRoutes } from './difference-routes.js';
import { errorRoutes } from './error-routes.js';
import { findingRoutes } from './finding-routes.js';
import { logRoutes } from './log-routes.js';
import { flameRoutes } from './flame-routes.js';
import { mapRoutes } from './map-routes.js';
import { profileRoutes } from './profile-routes.js';
import { releaseRoutes } from './release-routes.js';
import { streamLogTail } from './log-tail-stream.js';
import { nearestPath, samePath } from './nearest-path.js';
import { openApiDocument } from './openapi.js';
import { ownMetrics } from './own-metrics.js';
import { addPages, isPageAddress } from './pages.js';
import { parameterFault } from './parameter-fault.js';
import { type Route, describeRoute } from './route.js';
import { runtimeRoutes } from './runtime-routes.js';
import { serviceRoutes } from './service-routes.js';
import { metricAnswers } from './metric-answers.js';
import { metricRoutes } from './metric-routes.js';
import { type PrometheusFacts, addPrometheus, prometheusRoutes } from './prometheus-routes.js';
import { type StatusFacts, statusRoutes } from './status-routes.js';
import { addStatusPage } from './status-page.js';
import { traceRoutes } from './trace-routes.js';
import { usageRoutes } from './usage-routes.js';
import { viewRoutes } from './view-routes.js';
import { type Uptime, uptimeRoutes } from './uptime-routes.js';

export interface ApiDeps extends StatusFacts {
  readonly store: Store;
  readonly receiver: ReceiverLink;
  /** What people decide; without, nothing can be decided. */
  readonly control?: ControlStore | undefined;
  /** Checks from outside; without, none run. */
  readonly uptime?: Uptime | undefined;
  readonly listen: { readonly host: string; readonly port: number };
  /** The built pages; undefined when they were not built. */
  readonly uiDir: string | undefined;
  readonly log: FastifyBaseLogger;
  /** Limits and features of PromQL, as the configuration has them. */
  readonly promql?: PromqlSettings | undefined;
  /** A number that changes when series of the workspace may have come; without, they are looked up with every query. */
  readonly seriesVersion?: ((workspace: string) => number) | undefined;
}

/** Everything that `openapi.json` describes and that is answered from one object. */
export function apiRoutes(
  facts: StatusFacts,
  control?: ControlStore,
  metrics: MetricReader = noMetrics,
  maps?: SourceMaps,
  uptime?: Uptime,
): readonly Route[] {
  return [
    ...statusRoutes(facts),
    ...ledgerRoutes(facts),
    ...dataStoreRoutes(metrics),
    ...runtimeRoutes(metrics),
    ...serviceRoutes(control),
    ...releaseRoutes(control, maps),
    ...traceRoutes,
    ...errorRoutes(control, maps),
    ...differenceRoutes,
    ...findingRoutes(control),
    ...logRoutes,
    ...mapRoutes,
    ...flameRoutes,
    ...uptimeRoutes(uptime),
    ...usageRoutes,
    ...profileRoutes,
    ...metricRoutes(facts),
    ...dashboardRoutes(facts),
    ...fieldRoutes(control),
    ...viewRoutes(control),
    ...jaegerRoutes,
  ];
}

const tailPath = '/api/bw/v1/logs/tail';
const openApiPath = '/api/bw/v1/openapi.json';

/** The API's description; the tail is a stream and has no answer to check. */
export function apiDocument(facts: StatusFacts): Readonly<Record<string, unknown>> {
  const tail = describeRoute({
    path: tailPath,
    summary:
      'Matching log lines while they arrive, as server-sent events: `logs` as described; `dropped` with `{ count }` when lines were left out; `error` as every error.',
    query: logTailQuery,
    answer: logTailEvent,
  });
  return openApiDocument([...apiRoutes(facts), ...prometheusRoutes(prometheusFacts(facts)), tail], facts.version);
}

function prometheusFacts(facts: StatusFacts & Pick<ApiDeps, 'promql'>): PrometheusFacts {
  const { receiver, startedAtMs, version, retentionDays, promql = defaultPromql } = facts;
  const { maxSeconds, features } = promql;
  return { receiver, startedAtMs, version, retentionDays: retentionDays?.metrics ?? 30, maxSeconds, features };
}

const maxBodyBytes = 1_048_576;
const maxTails = 50;

/** Of a service, a field and whatever else has its name in a path. */
const maxNameChars = 2000;

/** The API as an application that does not listen yet; tests call it so. */
export async function buildApi(deps: ApiDeps, isStopping: () => boolean = () => false): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: maxNameChars },
    frameworkErrors: sendFailure,
  });
  const metrics = ownMetrics(deps.receiver, deps.startedAtMs, deps.sampleCache);
  let lookUps = 0;
  const pool = new WorkerPool(deps.promql ?? defaultPromql, deps.seriesVersion ?? (() => ++lookUps), deps.sampleCache);
  const maps = deps.control === undefined ? undefined : new SourceMaps(deps.control);
  app.addHook('onClose', async () => {
    await Promise.all([pool.close(), maps?.close()]);
  });
  const routes = apiRoutes(deps, deps.control, metricAnswers(pool), maps, deps.uptime);
  const prometheus = prometheusFacts(deps);
  const paths = [
    ...routes.map(route => route.path),
    ...prometheusRoutes(prometheus).map(route => route.path),
    tailPath,
    openApiPath,
    '/health/live',
    '/health/ready',
    '/metrics',
  ];

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    const { host, origin } = request.headers;
    checkCaller({ method: request.method, host, origin }, deps.listen.host);
  });
  app.addHook('onResponse', async (request, reply) => {
    metrics.answered(request.routeOptions.url ?? '_unmatched', reply.statusCode, reply.elapsedTime / 1000);
  });
  app.setErrorHandler(sendFailure);
  app.setNotFoundHandler(async (request, reply) => {
    if (reply.sendPage !== undefined && isPageAddress(request.method, request.url, request.headers.accept)) {
      return reply.sendPage();
    }
    const there = samePath(request.url, paths);
    if (there !== undefined) {
      const methods = routes.filter(route => route.path === there).map(route => route.method);
      if (methods.some(method => method === request.method))
        throw new NotFound(`A name in this address is longer than ${maxNameChars} characters: nothing is called so.`);
      const method = methods.length === 0 ? 'GET' : methods.join(', ');
      reply.header('allow', method);
      throw new WrongMethod(`${there} takes ${method}, not ${request.method}.`);
    }
    if (isSentHere(request.method, request.url)) {
      const ingest = deps.receiver.status()?.otlpHttp ?? 'the ingest port (4318 unless set otherwise)';
      throw new NotFound(`This port has the pages and the API. Telemetry is taken at ${ingest}.`);
    }
    const nearest = nearestPath(request.url, paths);
    const hint = nearest === undefined ? `The API is described at ${openApiPath}.` : `Did you mean ${nearest}?`;
    throw new NotFound(`There is no ${request.method} ${request.url.split('?')[0]?.slice(0, 200)} here. ${hint}`);
  });

  for (const route of routes) addRoute(app, route, deps);
  await addPrometheus(app, {
    facts: prometheus,
    pool,
    asker: (request, reply) => askerOf(request, reply, deps.store),
  });
  addTail(app, deps);
  addStatusPage(app, deps.uptime);
  addHealthRoutes(app, deps.store, isStopping);
  // A person's browser gets the Metrics page, whoever scrapes gets the server's own metrics.
  app.get('/metrics', async (request, reply) => {
    reply.header('vary', 'accept');
    const isPerson = (request.headers.accept ?? '').includes('text/html');
    if (isPerson && reply.sendPage !== undefined) return reply.sendPage();
    return reply.type(metrics.contentType).send(await metrics.text());
  });
  const document = JSON.stringify(apiDocument(deps), null, 2);
  app.get(openApiPath, async (_, reply) => reply.type('application/json; charset=utf-8').send(document));
  await addPages(app, deps.uiDir);
  await app.ready();
  return app;
}

/** Something that only a sender of telemetry would write. */
function isSentHere(method: string, url: string): boolean {
  return (method === 'POST' || method === 'PUT') && !url.startsWith('/api/bw/') && !url.startsWith('/jaeger/');
}

function addRoute(app: FastifyInstance, route: Route, deps: ApiDeps): void {
  app.route({
    method: route.method,
    url: route.path,
    ...(route.maxBodyBytes !== undefined && { bodyLimit: route.maxBodyBytes }),
    async handler(request, reply) {
      const context = { asker: askerOf(request, reply, deps.store), nowMs: Date.now() };
      const { query, params, body } = request;
      const answer = await route.answerTo({ query, params, body }, context);
      return reply
        .header('cache-control', 'no-store')
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(answer));
    },
  });
}

function addTail(app: FastifyInstance, deps: ApiDeps): void {
  let tails = 0;
  app.get(tailPath, async (request, reply) => {
    const { q, env } = logTailQuery.parse(request.query, { error: parameterFault });
    const question = { search: parseSearch(q, 'logs'), env: askedEnv(env) };
    const asker = askerOf(request, reply, deps.store);
    if (tails >= maxTails) throw new Unavailable(`${maxTails} tails are open already: close one of them.`);
    tails += 1;
    reply.raw.once('close', () => {
      tails -= 1;
    });
    reply.hijack();
    streamLogTail(reply.raw, asker, deps.receiver, question, { requestId: request.id, log: request.log });
  });
}

/** Who asks: the workspace from the header, and a signal that aborts when the client goes away before its answer is out. */
function askerOf(request: FastifyRequest, reply: FastifyReply, store: Store): Asker {
  const gone = new AbortController();
  // A page's queries run side by side, and each listens.
  setMaxListeners(50, gone.signal);
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('the client closed the connection'));
  });
  return { store, scope: callersScope(request.headers['x-scope-orgid']), signal: gone.signal };
}

function sendFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body, isOurs, retryAfterSeconds } = apiFailure(error, request.id);
  if (isOurs && !reply.raw.destroyed) {
    request.log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'a request failed');
  }
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  const isJaeger = request.url.startsWith('/jaeger/');
  if (request.url.startsWith('/api/v1/')) {
    const type = status === 404 ? 'not_found' : status === 503 ? 'unavailable' : status < 500 ? 'bad_data' : 'internal';
    const { body: said } = errorAnswer(type, body.error.message);
    void reply
      .header('cache-control', 'no-store')
      .code(status)
      .type('application/json; charset=utf-8')
      .send(Buffer.from(said));
    return;
  }
  const answer = isJaeger
    ? { data: null, total: 0, limit: 0, offset: 0, errors: [{ code: status, msg: body.error.message }] }
    : body;
  reply.header('cache-control', 'no-store');
  void reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(answer));
}

/** Starts to listen; `signal` stops it, as `stop` does. */
export async function startApi(
  deps: ApiDeps,
  signal: AbortSignal,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  let stopping: Promise<void> | undefined;
  const app = await buildApi(deps, () => stopping !== undefined);
  const { host, port } = deps.listen;
  await app.listen({ host, port });

  async function close(): Promise<void> {
    // Open tails and idle connections would keep the server for ever.
    const closed = app.close();
    app.server.closeAllConnections();
    await closed;
  }
  const stop = (): Promise<void> => (stopping ??= close());
  signal.addEventListener('abort', () => void stop(), { once: true });
  if (signal.aborted) await stop();
  const address = app.server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : port, stop };
}
