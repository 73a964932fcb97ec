import type { BeforeSend, ErrorSettings } from '../errors/error-event.js';
import type { IgnoreRule } from '../errors/ignore-rule.js';
import { type Propagator, readPropagators } from '../core/outgoing-headers.js';
import { readResponseHeaders, readSlowRequests, type ResponseHeader, type SlowRequests } from './request-settings.js';
import { readSampling, type SamplingOption, type SamplingSettings } from './sampling-settings.js';
import { readThresholds, type SlowQueryThresholds } from '../instrument/slow-query-threshold.js';
import type { DestinationOption } from '../destinations/custom-destination.js';
import type { Destinations } from '../destinations/destination.js';
import { readDestinations } from '../destinations/read-destinations.js';
import { type Environment, EnvironmentReader } from './environment.js';
import { type KeyOfOthers, keysOfOthersIn } from './keys-of-others.js';
import { type RecordLimits, readRecordLimits } from './record-limits.js';
import { Secret } from './secret.js';
import { readProfileSeconds, readProfileSignal } from './profile-settings.js';
import { readSpool, type SpoolSettings } from './spool-settings.js';
import { readThresholdSet, type ThresholdPreset, type Thresholds } from './thresholds.js';

/** What `start` takes; every key can also come from the environment. */
export interface StartOptions {
  /** Where telemetry goes, `http://127.0.0.1:4318` unless told otherwise (`BELLWETHER_URL`, `OTEL_EXPORTER_OTLP_ENDPOINT`). */
  readonly url?: string;
  /** The ingest key (`BELLWETHER_KEY`). Sent as a bearer token, never shown. */
  readonly key?: string;
  /** Where telemetry goes when that is not Bellwether alone: names, or addresses of anything that speaks OTLP (`BELLWETHER_DESTINATIONS=bellwether,datadog`). */
  readonly destinations?: readonly DestinationOption[];
  /** The folder for what waits while a destination is away, or `false` for memory only (`BELLWETHER_SPOOL=/var/spool/shop`, `off`). */
  readonly spool?: string | false;
  /** `service.name` (`OTEL_SERVICE_NAME`); otherwise the name in the nearest package.json. */
  readonly service?: string;
  /** `service.version` (`BELLWETHER_VERSION`); otherwise the version in the nearest package.json. */
  readonly version?: string;
  /** `deployment.environment.name` (`BELLWETHER_ENVIRONMENT`, `NODE_ENV`). */
  readonly environment?: string;
  /** Further resource attributes (`OTEL_RESOURCE_ATTRIBUTES=a=b,c=d`). */
  readonly attributes?: Readonly<Record<string, string>>;
  /** `false` switches everything off (`BELLWETHER_ENABLED=false`, `OTEL_SDK_DISABLED=true`). */
  readonly enabled?: boolean;
  /** Prints the report of what was instrumented (`BELLWETHER_DEBUG=1`). */
  readonly debug?: boolean;
  /** Adds `Server-Timing: traceparent;desc="…"` to responses (`BELLWETHER_SERVER_TIMING=true`). */
  readonly serverTiming?: boolean;
  /** How a trace is told to who is called: `tracecontext` (W3C), `baggage`, `b3`, `b3multi`, `datadog`, `sentry`; the first two unless told otherwise (`OTEL_PROPAGATORS`). */
  readonly propagators?: readonly Propagator[];
  /** Hosts (beside loopback and private ones) to which `tenant.id` is passed on as baggage (`BELLWETHER_TENANT_HOSTS=a.example,b.example`). */
  readonly tenantHosts?: readonly string[];
  /** What is slow and too much, to begin with: `strict`, `balanced` (the default) or `relaxed` (`BELLWETHER_THRESHOLDS`). */
  readonly thresholds?: ThresholdPreset;
  /**
   * The share of traces that are kept, 1 (all) unless told otherwise; what failed or was slow is kept all the same, and metrics, logs and errors are never sampled. A number, or
   * with shares by route: `{ ratio: 0.1, routes: { '/health': 0, 'POST /orders': 1 } }` (`BELLWETHER_SAMPLING=0.1,/health=0`, `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`).
   */
  readonly sampling?: SamplingOption;
  /** `false`: of requests and what they call only what failed or was slow becomes traces; metrics, logs and errors stay (`BELLWETHER_TRANSACTION_TRACING=false`, `TRANSACTION_TRACE_ENABLED`). */
  readonly transactionTracing?: boolean;
  /** Headers to add to answers: `server-timing`, `x-response-time`, `x-process-time`, `x-trace-id`, `x-request-id` (`BELLWETHER_RESPONSE_HEADERS=x-response-time,x-trace-id`). */
  readonly responseHeaders?: readonly ResponseHeader[];
  /** `true`: each request also becomes a log record `http.request` with all that is known of it (`BELLWETHER_REQUEST_EVENTS=true`). */
  readonly requestEvents?: boolean;
  /**
   * Requests that take longer are logged as warnings and counted; 2,000 ms unless told otherwise. A number, or one per route:
   * `{ default: 1000, '/reports/:id': 5000, 'POST /orders': 300 }` (`BELLWETHER_SLOW_REQUEST_MS=1000,/reports/:id=5000`).
   */
  readonly slowRequestMs?: number | Readonly<Record<string, number>>;
  /**
   * Queries that take longer are logged as warnings (`db.slow_query`) and counted; 1,000 ms unless told otherwise. A number, or one per data source, by system, database,
   * `host:port` or `host:port/database`: `{ default: 500, postgresql: 200, shop: 100 }` (`BELLWETHER_SLOW_QUERY_MS=500,shop=100`, `SLOW_QUERY_THRESHOLD_MS`).
   */
  readonly slowQueryMs?: number | Readonly<Record<string, number>>;
  /** `false`: slow queries are neither logged nor counted (`BELLWETHER_SLOW_SQL=false`, `SLOW_SQL_ENABLED`). */
  readonly slowSql?: boolean;
  /** Times that the event loop stands still for longer are told, with the place; 50 ms unless told otherwise, 0 switches it off (`BELLWETHER_STALL_MS`). */
  readonly stallMs?: number;
  /** The share of a CPU that the SDK may take before it leaves out detail, 0.25 unless told otherwise; 0: as much as it takes (`BELLWETHER_CPU_BUDGET`). */
  readonly cpuBudget?: number;
  /** The share of the time in which CPU profiles are taken, such as 0.1; 0 unless told otherwise (`BELLWETHER_PROFILE_RATE`). */
  readonly profileRate?: number;
  /** How long a profile takes that a signal or the admin view asks for, 10 s unless told otherwise, at most a minute (`BELLWETHER_PROFILE_SECONDS`). */
  readonly profileSeconds?: number;
  /** A signal, such as `SIGUSR2`, that has the process take a CPU and a heap profile; none unless told otherwise (`BELLWETHER_PROFILE_SIGNAL`). */
  readonly profileSignal?: string;
  /**
   * The plans of slow reading queries of `pg` and `mysql2`, by `EXPLAIN` on a connection of its own, once a minute per statement; off unless switched on (`BELLWETHER_EXPLAIN=true`).
   */
  readonly explainSlowQueries?: boolean;
  /**
   * How often, in minutes, the databases are asked for their tables and collections and how much they estimate to be in each; 0 (never) unless told otherwise
   * (`BELLWETHER_COLLECTION_COUNT_MINUTES`).
   */
  readonly collectionCountMinutes?: number;
  /** Calls that leave the process (queries, fetch, HTTP clients) and runtime metrics; `false` leaves only requests, logs and errors. */
  readonly enhancedApm?: boolean;
  /** Cache commands with hits and misses; `false` leaves them out. */
  readonly cacheMonitoring?: boolean;
  /** `false`: what is told by `business` is not recorded (`BELLWETHER_BUSINESS_METRICS`). */
  readonly businessMetrics?: boolean;
  /** Asks the server for its alert rules for this service (`BELLWETHER_ALERTING`). The wish goes along as the resource attribute `bellwether.asks`; the SDK itself alerts nobody. */
  readonly alerting?: boolean;
  /** Asks the server to watch this service's agreements (`BELLWETHER_SLA_MONITORING`), in the same way. */
  readonly slaMonitoring?: boolean;
  /** Asks the server for a dashboard of this service (`BELLWETHER_DASHBOARDS`), in the same way; the product's own dashboards show every service without it. */
  readonly dashboards?: boolean;
  /** `false`: evictions and memory are not asked of cache servers (`BELLWETHER_CACHE_STATS=false`). */
  readonly cacheStats?: boolean;
  /** Sends what is written with `console` along; for applications whose logger does not write to it (`BELLWETHER_CAPTURE_CONSOLE=true`). */
  readonly captureConsole?: boolean;
  /** Lines that each logger may send per second, 1,000 unless told otherwise; warnings and errors have five times the room. 0 is no limit (`BELLWETHER_LOG_LINES_PER_SECOND`). */
  readonly logLinesPerSecond?: number;
  /** Names for services behind hosts of your own: `{ 'pay.internal': 'payments' }` (`BELLWETHER_EXTERNAL_SERVICES=pay.internal=payments,geo.internal:8080=geo`). */
  readonly externalServices?: Readonly<Record<string, string>>;
  /** `false`: depths and ages are not asked of queues (`BELLWETHER_QUEUE_STATS=false`). */
  readonly queueStats?: boolean;
  /** Errors that are not reported (`BELLWETHER_IGNORE_ERRORS=ValidationError,RateLimitExceeded`, names of classes). What is dropped is counted. */
  readonly ignoreErrors?: readonly IgnoreRule[];
  /** Called with each error before it is reported; may change it, or drop it by giving back undefined. */
  readonly beforeSend?: BeforeSend;
  /** `false`: errors go out without the lines of source around each frame, and source maps are not read (`BELLWETHER_SOURCE_CONTEXT=false`). */
  readonly sourceContext?: boolean;
  /** `true`: the local variables of your functions go along with errors; each exception costs some tenths of a millisecond then (`BELLWETHER_LOCAL_VARIABLES=true`). */
  readonly localVariables?: boolean;
  /** Which members a context of `setContext` may have, by its name: `{ payment: ['provider', 'amount', 'currency'] }`. Others are left out; contexts that are not named are sent whole. */
  readonly contextMembers?: Readonly<Record<string, readonly string[]>>;
  /** Instrumentations to leave out, by name (`BELLWETHER_DISABLE=pg,pino`). */
  readonly disable?: readonly string[];
}

export interface Config {
  /** Where telemetry goes; of several, the first. */
  readonly url: URL;
  readonly key: Secret | undefined;
  readonly destinations: Destinations;
  readonly spool: SpoolSettings;
  readonly service: string | undefined;
  readonly version: string | undefined;
  readonly environment: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  /** Nobody switched it off; it may still not be `enabled`, for want of a destination. */
  readonly isWanted: boolean;
  readonly debug: boolean;
  /** Undefined: all traces are kept. */
  readonly sampling: SamplingSettings | undefined;
  readonly responseHeaders: readonly ResponseHeader[];
  readonly requestEvents: boolean;
  /** How a trace is told to who is called. */
  readonly propagators: readonly Propagator[];
  readonly tenantHosts: readonly string[];
  readonly thresholds: Thresholds;
  readonly stallMs: number;
  readonly profileRate: number;
  readonly profileSignal: NodeJS.Signals | undefined;
  readonly profileSeconds: number;
  readonly cpuBudget: number;
  readonly slowRequests: SlowRequests;
  readonly slowQueries: SlowQueryThresholds;
  readonly slowSql: boolean;
  readonly explainSlowQueries: boolean;
  readonly collectionCountMinutes: number;
  readonly components: Components;
  readonly cacheStats: boolean;
  readonly externalServices: ReadonlyMap<string, string>;
  readonly captureConsole: boolean;
  readonly logLinesPerSecond: number;
  readonly queueStats: boolean;
  readonly errors: ErrorSettings;
  readonly disable: readonly string[];
  readonly limits: RecordLimits;
  /** How often metrics are sent; whole seconds. */
  readonly metricIntervalMs: number;
  /** Variables that are set and mean nothing here, with what took their place. */
  readonly keysOfOthers: readonly KeyOfOthers[];
  /** What was wrong, one line each; the default took its place. */
  readonly problems: readonly string[];
}

/**
 * The switches of the one-call set-up, and whether they are on. The last three are the server's work: the SDK asks for them with the resource attribute `bellwether.asks`, and
 * what the server makes of it is the server's affair.
 */
export interface Components {
  readonly enhancedApm: boolean;
  readonly businessMetrics: boolean;
  readonly cacheMonitoring: boolean;
  readonly alerting: boolean;
  readonly slaMonitoring: boolean;
  readonly dashboards: boolean;
}

/** The databases' instrumentations. */
const databaseParts = [
  'pg',
  'postgres',
  'mysql2',
  'mongodb',
  'knex',
  '@mikro-orm/core',
  'mongoose',
  '@prisma/client',
  'sequelize',
  'typeorm',
];

/** The instrumentations that each switch stands for. */
const componentParts: Readonly<Record<'enhancedApm' | 'cacheMonitoring', readonly string[]>> = {
  enhancedApm: [
    ...databaseParts,
    'undici',
    'http-client',
    'http2-client',
    'grpc-client',
    'runtime',
    'host',
    'event-loop-stalls',
  ],
  cacheMonitoring: ['ioredis', 'redis', 'memjs', 'lru-cache', 'node-cache', 'keyv'],
};

const defaultUrl = 'http://127.0.0.1:4318';

/** Options win over the environment. A bad value never throws: it is named in `problems`, and the default is used. */
export function readConfig(options: StartOptions, environment: Environment): Config {
  const read = new EnvironmentReader(environment);
  const { problems } = read;
  const text = (value: unknown, ...names: readonly string[]): string | undefined => {
    if (typeof value === 'string' && value !== '') return value;
    if (value !== undefined && typeof value !== 'string')
      problems.push(`an option of start() should be a string: ${typeof value}`);
    return read.text(...names);
  };
  const flag = (value: boolean | undefined, name: string, fallback: boolean): boolean =>
    typeof value === 'boolean' ? value : read.flag(fallback, name);
  const list = (value: readonly string[] | undefined, name: string): readonly string[] =>
    Array.isArray(value) ? value.filter(item => typeof item === 'string') : read.list(name);

  const keyText = text(options.key, 'BELLWETHER_KEY');
  const key = keyText === undefined ? undefined : new Secret(keyText);
  const destinations = readDestinations({ destinations: options.destinations, url: text(options.url), key }, read);
  const thresholds = readThresholdSet(text(options.thresholds), read);
  const components: Components = {
    enhancedApm: flag(
      options.enhancedApm,
      'BELLWETHER_ENHANCED_APM',
      read.flag(true, 'ENABLE_ENHANCED_APM', 'enable_enhanced_apm'),
    ),
    cacheMonitoring: flag(
      options.cacheMonitoring,
      'BELLWETHER_CACHE_MONITORING',
      read.flag(true, 'ENABLE_CACHE_MONITORING', 'enable_cache_monitoring'),
    ),
    businessMetrics: flag(options.businessMetrics, 'BELLWETHER_BUSINESS_METRICS', true),
    alerting: flag(options.alerting, 'BELLWETHER_ALERTING', false),
    slaMonitoring: flag(options.slaMonitoring, 'BELLWETHER_SLA_MONITORING', false),
    dashboards: flag(options.dashboards, 'BELLWETHER_DASHBOARDS', false),
  };
  const isWanted =
    flag(options.enabled, 'BELLWETHER_ENABLED', true) &&
    flag(undefined, 'APM_ENABLED', true) &&
    !flag(undefined, 'OTEL_SDK_DISABLED', false);
  const hasDestination = destinations.sent.length > 0 || destinations.scrape !== undefined;
  if (!hasDestination)
    problems.push('there is no destination left, so nothing is recorded; see BELLWETHER_DESTINATIONS');
  return {
    url: destinations.sent[0]?.url ?? new URL(defaultUrl),
    key,
    destinations,
    spool: readSpool(options.spool, read),
    service: text(options.service, 'OTEL_SERVICE_NAME', 'DD_SERVICE', 'DATADOG_SERVICE_NAME', 'NEW_RELIC_APP_NAME'),
    version: text(options.version, 'BELLWETHER_VERSION', 'DD_VERSION', 'APP_VERSION', 'app_version'),
    environment: text(
      options.environment,
      'BELLWETHER_ENVIRONMENT',
      'DD_ENV',
      'DATADOG_ENVIRONMENT',
      'NEW_RELIC_ENVIRONMENT',
      'ENVIRONMENT',
      'environment',
    ),
    attributes: { ...hostName(read), ...read.pairs('OTEL_RESOURCE_ATTRIBUTES'), ...options.attributes },
    enabled: isWanted && hasDestination,
    isWanted,
    debug: flag(options.debug, 'BELLWETHER_DEBUG', false),
    sampling: readSampling(
      flag(
        options.transactionTracing,
        'BELLWETHER_TRANSACTION_TRACING',
        flag(undefined, 'TRANSACTION_TRACE_ENABLED', true),
      )
        ? options.sampling
        : 0,
      environment,
      problems,
    ),
    responseHeaders: [
      ...readResponseHeaders(list(options.responseHeaders, 'BELLWETHER_RESPONSE_HEADERS'), problems),
      ...(flag(options.serverTiming, 'BELLWETHER_SERVER_TIMING', false) ? (['server-timing'] as const) : []),
    ],
    requestEvents: flag(options.requestEvents, 'BELLWETHER_REQUEST_EVENTS', false),
    propagators: readPropagators(list(options.propagators, 'OTEL_PROPAGATORS'), problems),
    tenantHosts: list(options.tenantHosts, 'BELLWETHER_TENANT_HOSTS'),
    profileRate: readShare(
      'BELLWETHER_PROFILE_RATE',
      options.profileRate ?? environment['BELLWETHER_PROFILE_RATE'],
      0,
      problems,
    ),
    profileSeconds: readProfileSeconds(options.profileSeconds ?? environment['BELLWETHER_PROFILE_SECONDS'], problems),
    profileSignal: readProfileSignal(text(options.profileSignal, 'BELLWETHER_PROFILE_SIGNAL'), problems),
    cpuBudget: readShare(
      'BELLWETHER_CPU_BUDGET',
      options.cpuBudget ?? environment['BELLWETHER_CPU_BUDGET'],
      0.25,
      problems,
    ),
    stallMs: readStall(options.stallMs ?? environment['BELLWETHER_STALL_MS'], problems),
    thresholds,
    slowRequests: readSlowRequests(
      options.slowRequestMs ?? read.text('BELLWETHER_SLOW_REQUEST_MS'),
      problems,
      thresholds.slowRequestMs,
    ),
    slowQueries: readThresholds(
      options.slowQueryMs ?? read.text('BELLWETHER_SLOW_QUERY_MS', 'SLOW_QUERY_THRESHOLD_MS'),
      'BELLWETHER_SLOW_QUERY_MS',
      problems,
      thresholds.slowQueryMs,
    ),
    explainSlowQueries: flag(options.explainSlowQueries, 'BELLWETHER_EXPLAIN', false),
    collectionCountMinutes: readMinutes(
      options.collectionCountMinutes ?? environment['BELLWETHER_COLLECTION_COUNT_MINUTES'],
      problems,
    ),
    slowSql: flag(options.slowSql, 'BELLWETHER_SLOW_SQL', flag(undefined, 'SLOW_SQL_ENABLED', true)),
    components,
    captureConsole: flag(options.captureConsole, 'BELLWETHER_CAPTURE_CONSOLE', false),
    logLinesPerSecond: readLines(options.logLinesPerSecond ?? environment['BELLWETHER_LOG_LINES_PER_SECOND'], problems),
    externalServices: readServices(options.externalServices, read.list('BELLWETHER_EXTERNAL_SERVICES'), problems),
    cacheStats: flag(options.cacheStats, 'BELLWETHER_CACHE_STATS', true),
    queueStats: flag(options.queueStats, 'BELLWETHER_QUEUE_STATS', true),
    errors: {
      ...errorOptions(options),
      ignore: [...errorOptions(options).ignore, ...read.list('BELLWETHER_IGNORE_ERRORS')],
      sourceContext: flag(options.sourceContext, 'BELLWETHER_SOURCE_CONTEXT', true),
      localVariables: flag(options.localVariables, 'BELLWETHER_LOCAL_VARIABLES', false),
    },
    disable: [
      ...list(options.disable, 'BELLWETHER_DISABLE'),
      ...(components.enhancedApm ? [] : componentParts.enhancedApm),
      ...(components.cacheMonitoring ? [] : componentParts.cacheMonitoring),
    ],
    limits: readRecordLimits(read),
    metricIntervalMs: read.positive(10_000, 'milliseconds', 'OTEL_METRIC_EXPORT_INTERVAL'),
    keysOfOthers: keysOfOthersIn(read),
    problems,
  };
}

/** The options about errors that can also be given later, to an SDK that runs. */
export function errorOptions(options: StartOptions): Omit<ErrorSettings, 'sourceContext' | 'localVariables'> {
  return {
    ignore: Array.isArray(options.ignoreErrors) ? options.ignoreErrors : [],
    beforeSend: typeof options.beforeSend === 'function' ? options.beforeSend : undefined,
    contextMembers: options.contextMembers ?? {},
  };
}

function readShare(name: string, value: number | string | undefined, fallback: number, problems: string[]): number {
  if (value === undefined || value === '') return fallback;
  const share = Number(value);
  if (share >= 0 && share <= 1) return share;
  problems.push(`${name} should be between 0 and 1, such as 0.1, not "${value}"; using ${fallback}`);
  return fallback;
}

function readLines(value: number | string | undefined, problems: string[]): number {
  if (value === undefined || value === '') return 1000;
  const lines = Number(value);
  if (lines >= 0) return lines;
  problems.push(`BELLWETHER_LOG_LINES_PER_SECOND should be a number, 0 for no limit, not "${value}"; using 1000`);
  return 1000;
}

/** Names by host or `host:port`; options win over the environment. */
function readServices(
  given: Readonly<Record<string, string>> | undefined,
  items: readonly string[],
  problems: string[],
): ReadonlyMap<string, string> {
  const services = new Map<string, string>();
  for (const item of items) {
    const at = item.indexOf('=');
    const name = item.slice(at + 1).trim();
    if (at > 0 && name !== '') services.set(item.slice(0, at).trim(), name);
    else problems.push(`BELLWETHER_EXTERNAL_SERVICES should be host=name,host=name; "${item}" was left out`);
  }
  for (const [host, name] of Object.entries(given ?? {})) if (typeof name === 'string') services.set(host, name);
  return services;
}

/** Shorter stalls than 20 ms cannot be told from ordinary timers. */
function readStall(value: number | string | undefined, problems: string[]): number {
  const fallbackMs = 50;
  if (value === undefined || value === '') return fallbackMs;
  const ms = Number(value);
  if (ms === 0 || ms >= 20) return ms;
  problems.push(`BELLWETHER_STALL_MS should be 0, or 20 milliseconds or more, not "${value}"; using ${fallbackMs}`);
  return fallbackMs;
}

/** The host's name as it was given, where the system's own is another. */
function hostName(read: EnvironmentReader): Readonly<Record<string, string>> {
  const given = read.text('HOSTNAME');
  return given === undefined ? {} : { 'host.name': given };
}

/** Minutes between counts, at most a week; 0 is never. */
function readMinutes(value: number | string | undefined, problems: string[]): number {
  if (value === undefined || value === '') return 0;
  const minutes = Number(value);
  if (minutes >= 0 && minutes <= 10_080) return minutes;
  problems.push(`BELLWETHER_COLLECTION_COUNT_MINUTES should be minutes such as 5, or 0, not "${value}"; using 0`);
  return 0;
}
