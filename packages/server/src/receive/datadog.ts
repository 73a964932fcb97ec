import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { json, type Answer } from '../base/http.js';
import { readBody, type Body } from '../base/read-body.js';
import { Refusal } from '../base/refusal.js';
import { datadogProfile } from '../decode/datadog/profile.js';
import { datadogStats } from '../decode/datadog/stats.js';
import type { TraceVersion } from '../decode/datadog/trace-payload.js';
import type { Tracer } from '../decode/datadog/tracing-process.js';
import { datadogTraces, type ServiceAndEnvironment } from '../decode/datadog/traces.js';
import type { Signal } from '../decode/batch.js';
import type { Part } from '../decode/parts.js';
import { dogstatsdParts } from '../decode/statsd/translate.js';
import { isAllowed } from './keyless.js';
import type { Origin } from './ledger.js';
import { listenHttp, type HttpDeps, type Listener } from './listen-http.js';
import {
  headerOf,
  originOf,
  refuseAsJsonWithHeaders,
  type IngestRoute,
  type PortProtocol,
  type ReceiveDeps,
} from './protocol.js';

/**
 * The API that Datadog's agent offers to tracers (https://docs.datadoghq.com/tracing/guide/agent_tracer_hostnames/), on a port and on a unix socket.
 *
 * Tracers never send again what they heard any status for, 503 as well: what can not be taken at once waits here for a second and a half, since they hang up after two.
 * They do send the same bytes again when they heard nothing; those are told by their content.
 */
export const datadog: PortProtocol = {
  name: 'datadog',
  what: "the Datadog agent's API",
  transport: 'tcp',
  async listen(address, deps) {
    const http = {
      routes: datadogRoutes(deps),
      protocol: 'datadog',
      ledger: deps.ledger,
      hasKeys: false,
      unready: () => undefined,
      now: deps.now,
      bug: deps.bug,
      log: deps.log,
      hint: 'Set DD_TRACE_AGENT_URL to this address. The pages are at http://127.0.0.1:4300 unless set otherwise.',
    } as const;
    const port = await listenHttp(address, http);
    const socket = deps.datadogSocket === undefined ? undefined : await listenSocket(deps.datadogSocket, http);
    return {
      port: port.port,
      async stop(graceMs) {
        await Promise.all([port.stop(graceMs), socket?.stop(graceMs)]);
      },
    };
  },
};

/** A socket that can not be had costs only itself. */
async function listenSocket(path: string, http: HttpDeps): Promise<Listener | undefined> {
  try {
    return await listenHttp({ path }, http);
  } catch (error) {
    http.log.warn({ err: error }, `the socket ${path} can not be had; Datadog's tracers reach the port only`);
    return undefined;
  }
}

/** How long a request may wait for room. */
const patienceMs = 1500;
const pauseMs = 100;

function datadogRoutes(deps: ReceiveDeps): readonly IngestRoute[] {
  let telemetry = 0;
  deps.ledger.counter(
    'bellwether_datadog_telemetry_requests_total',
    'What Datadog tracers tell of themselves, which is answered and not kept.',
    () => telemetry,
  );
  return [
    ...traceRoutes('0.3', deps),
    ...traceRoutes('0.4', deps),
    ...traceRoutes('0.5', deps),
    ...both('/v0.6/stats', deps, 'metrics', async request => {
      await keep(request, deps, ({ bytes }) => datadogStats(bytes));
      return json(200, {});
    }),
    ...both('/profiling/v1/input', deps, 'files', async request => {
      const type = headerOf(request, 'content-type') ?? '';
      const receivedNs = BigInt(deps.now()) * 1_000_000n;
      await keep(request, deps, ({ bytes }) => datadogProfile(bytes, type, receivedNs), { comesAgainRefused: true });
      return { status: 200, body: '' };
    }),
    ...both('/dogstatsd/v2/proxy', deps, 'metrics', async request => {
      await keep(request, deps, ({ bytes }) => dogstatsdParts(bytes, deps.now()), { comesAgainUnanswered: false });
      return { status: 204, body: '' };
    }),
    // Nothing to configure: the tracer stays as it is.
    route('POST', '/v0.7/config', deps, undefined, request => drop(request, deps, json(200, {}))),
    route('GET', '/info', deps, undefined, () => Promise.resolve(json(200, agentInfo))),
    route('POST', '/telemetry/proxy/api/v2/apmtelemetry', deps, undefined, request => {
      telemetry += 1;
      return drop(request, deps, { status: 202, body: '' });
    }),
    ...notOffered.flatMap(({ paths, what, instead }) =>
      paths.map(path =>
        route('POST', path, deps, undefined, () => {
          throw new Refusal(`${what} is not kept here`, { status: 404, reason: 'not-offered', remedy: instead });
        }),
      ),
    ),
  ];
}

/** What tracers are told they may use. Not to drop what they would sample out; what is not named here they do not try. */
const agentInfo = {
  // The agent whose API this is; tracers that know several compare it.
  version: '7.65.0',
  endpoints: [
    '/v0.3/traces',
    '/v0.4/traces',
    '/v0.5/traces',
    '/v0.6/stats',
    '/v0.7/config',
    '/profiling/v1/input',
    '/telemetry/proxy/',
    '/dogstatsd/v2/proxy',
  ],
  client_drop_p0s: false,
  span_meta_structs: true,
  span_events: true,
  long_running_spans: false,
  evp_proxy_allowed_headers: [],
  feature_flags: [],
  config: { default_env: 'none', target_tps: 1_000_000, max_eps: 1_000_000, receiver_timeout: 0 },
} as const;

/** Products of Datadog whose data has no place here. Tracers ask for them only when somebody turned them on. */
const notOffered = [
  {
    what: "Datadog's live debugger",
    paths: ['/debugger/v1/input', '/debugger/v1/diagnostics', '/debugger/v2/input', '/symdb/v1/input'],
    instead: 'Set DD_DYNAMIC_INSTRUMENTATION_ENABLED=false',
  },
  {
    what: "Datadog's event platform (test visibility, LLM observability, feature flags)",
    paths: ['/evp_proxy/:version/api/:intake/:what', '/evp_proxy/:version/api/:intake/:what/:more'],
    instead: 'Turn off what sends it, as DD_CIVISIBILITY_ENABLED=false and DD_LLMOBS_ENABLED=false',
  },
  {
    what: "Datadog's data streams",
    paths: ['/v0.1/pipeline_stats'],
    instead: 'Set DD_DATA_STREAMS_ENABLED=false',
  },
] as const;

function traceRoutes(version: TraceVersion, deps: ReceiveDeps): readonly IngestRoute[] {
  return both(`/v${version}/traces`, deps, 'traces', async request => {
    const type = headerOf(request, 'content-type') ?? '';
    if (/json/i.test(type))
      throw new Refusal('traces in JSON are not taken', {
        status: 415,
        reason: 'wrong-content-type',
        remedy: 'Send application/msgpack: ids of 64 bits do not survive JSON',
      });
    let services: readonly ServiceAndEnvironment[] = [];
    await keep(request, deps, ({ bytes }) => {
      const translated = datadogTraces(bytes, version, tracerOf(request));
      services = translated.services;
      return withMissing(translated.parts, announcedTraces(request), translated.chunks);
    });
    return json(200, { rate_by_service: ratesOf(services) });
  });
}

function tracerOf(request: IncomingMessage): Tracer {
  const header = (name: string): string => (headerOf(request, name) ?? '').slice(0, 200);
  return {
    language: header('datadog-meta-lang'),
    languageVersion: header('datadog-meta-lang-version'),
    version: header('datadog-meta-tracer-version'),
    containerId: header('datadog-container-id'),
  };
}

function announcedTraces(request: IncomingMessage): number | undefined {
  const text = headerOf(request, 'x-datadog-trace-count') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Traces that the header announced and the body has not were lost on the way; they are counted like spans that can not be stored. */
function withMissing(parts: readonly Part[], announced: number | undefined, there: number): readonly Part[] {
  const [first, ...others] = parts;
  if (announced === undefined || announced <= there || first === undefined) return parts;
  const reason = `X-Datadog-Trace-Count says ${announced} traces, and the body has ${there}`;
  const { rejected = 0, rejectedReason = '' } = first;
  return [{ ...first, rejected: rejected + announced - there, rejectedReason: rejectedReason || reason }, ...others];
}

const maxRates = 1000;

/** Every trace of every service is to be kept. Without an entry of its own a service takes the one without names. */
function ratesOf(services: readonly ServiceAndEnvironment[]): Readonly<Record<string, number>> {
  const named = services
    .slice(0, maxRates)
    .map(({ service, environment }) => [`service:${service},env:${environment}`, 1] as const);
  return Object.fromEntries([['service:,env:', 1], ...named]);
}

interface KeepOptions {
  /** Without an answer its sender sends the same bytes again. */
  readonly comesAgainUnanswered?: boolean;
  /** It sends again what was refused for now. */
  readonly comesAgainRefused?: boolean;
}

/** Reads the request's body, translates it and keeps what it became. For a sender that gives up when it is refused, it waits for its turn for a while. */
async function keep(
  request: IncomingMessage,
  deps: ReceiveDeps,
  translate: (body: Body) => readonly Part[],
  { comesAgainUnanswered = true, comesAgainRefused = false }: KeepOptions = {},
): Promise<void> {
  const admission = { workspace: deps.keyless.workspace, key: '' };
  const untilMs = deps.now() + (comesAgainRefused ? 0 : patienceMs);
  let body: Body | undefined;
  try {
    body = await readBody(request, await patiently(untilMs, deps, async () => deps.limitsOf(admission)));
    const parts = translate(body);
    const origin = originOfTracer(request);
    const asSent = comesAgainUnanswered ? { asSent: body.sent } : {};
    await patiently(untilMs, deps, () => deps.intake.parts({ ...admission, parts, origin, ...asSent }));
  } catch (error) {
    throw error instanceof Refusal && !comesAgainRefused ? notComingAgain(error) : error;
  } finally {
    body?.release();
  }
}

/** Tracers have no `User-Agent`. */
function originOfTracer(request: IncomingMessage): Origin {
  const origin = originOf('datadog', request);
  const { language, version } = tracerOf(request);
  return origin.userAgent === '' && version !== ''
    ? { ...origin, userAgent: `dd-trace ${language} ${version}`.slice(0, 80) }
    : origin;
}

/** Tries again while somebody else is served first. A full disk does not become empty so soon. */
async function patiently<Done>(untilMs: number, { now }: ReceiveDeps, act: () => Promise<Done>): Promise<Done> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const passes =
        error instanceof Refusal && error.facts.retryAfterSeconds !== undefined && error.facts.reason !== 'full';
      if (!passes || now() >= untilMs) throw error;
      await delay(pauseMs);
    }
  }
}

/** A refusal whose sender gives up: what it sent is lost, and counted so. */
function notComingAgain(refusal: Refusal): Refusal {
  const { status, reason, retryAfterSeconds } = refusal.facts;
  if (retryAfterSeconds === undefined) return refusal;
  return new Refusal(refusal.message, {
    status,
    reason,
    remedy: 'It is lost: tracers do not send again what was refused',
  });
}

async function drop(request: IncomingMessage, deps: ReceiveDeps, answer: Answer): Promise<Answer> {
  const body = await readBody(request, deps.limits);
  body.release();
  return answer;
}

/** Tracers use PUT, older ones POST. */
function both(
  path: string,
  deps: ReceiveDeps,
  signal: Signal,
  handle: (request: IncomingMessage) => Promise<Answer>,
): readonly IngestRoute[] {
  return [route('PUT', path, deps, signal, handle), route('POST', path, deps, signal, handle)];
}

function route(
  method: IngestRoute['method'],
  path: string,
  { keyless }: ReceiveDeps,
  signal: Signal | undefined,
  handle: (request: IncomingMessage) => Promise<Answer>,
): IngestRoute {
  return {
    method,
    path,
    protocol: 'datadog',
    ...(signal === undefined ? {} : { signal }),
    async handle(request) {
      if (!isAllowed(request.socket.remoteAddress, keyless))
        throw new Refusal('this address may not send by a protocol without keys', {
          status: 403,
          reason: 'network-not-allowed',
          remedy: 'Put its network into ingest.keyless.networks',
        });
      return handle(request);
    },
    refuse: refuseAsJsonWithHeaders,
  };
}
