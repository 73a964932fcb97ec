import type { BeforeSend, ErrorSettings } from '../errors/error-event.js';
import type { IgnoreRule } from '../errors/ignore-rule.js';
import { readThresholds, type SlowQueryThresholds } from '../instrument/slow-query-threshold.js';

/** What `start` takes; every key can also come from the environment. */
export interface StartOptions {
  /** Where telemetry goes, `http://127.0.0.1:4318` unless told otherwise (`BELLWETHER_URL`, `OTEL_EXPORTER_OTLP_ENDPOINT`). */
  readonly url?: string;
  /** The ingest key (`BELLWETHER_KEY`). Sent as a bearer token, never shown. */
  readonly key?: string;
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
  /** Hosts (beside loopback and private ones) to which `tenant.id` is passed on as baggage (`BELLWETHER_TENANT_HOSTS=a.example,b.example`). */
  readonly tenantHosts?: readonly string[];
  /** Requests that take longer are logged as warnings and counted; 2,000 ms unless told otherwise (`BELLWETHER_SLOW_REQUEST_MS`). */
  readonly slowRequestMs?: number;
  /**
   * Queries that take longer are logged as warnings (`db.slow_query`) and counted; 1,000 ms unless told otherwise. A number, or one per data source, by system, database,
   * `host:port` or `host:port/database`: `{ default: 500, postgresql: 200, shop: 100 }` (`BELLWETHER_SLOW_QUERY_MS=500,shop=100`, `SLOW_QUERY_THRESHOLD_MS`).
   */
  readonly slowQueryMs?: number | Readonly<Record<string, number>>;
  /** `false`: slow queries are neither logged nor counted (`BELLWETHER_SLOW_SQL=false`, `SLOW_SQL_ENABLED`). */
  readonly slowSql?: boolean;
  /** Times that the event loop stands still for longer are told, with the place; 50 ms unless told otherwise, 0 switches it off (`BELLWETHER_STALL_MS`). */
  readonly stallMs?: number;
  /** Calls that leave the process (queries, fetch, HTTP clients) and runtime metrics; `false` leaves only requests, logs and errors. */
  readonly enhancedApm?: boolean;
  /** Cache commands with hits and misses; `false` leaves them out. */
  readonly cacheMonitoring?: boolean;
  /** `false`: evictions and memory are not asked of cache servers (`BELLWETHER_CACHE_STATS=false`). */
  readonly cacheStats?: boolean;
  /** `false`: depths and ages are not asked of queues (`BELLWETHER_QUEUE_STATS=false`). */
  readonly queueStats?: boolean;
  /** Errors that are not reported (`BELLWETHER_IGNORE_ERRORS=ValidationError,RateLimitExceeded`, names of classes). What is dropped is counted. */
  readonly ignoreErrors?: readonly IgnoreRule[];
  /** Called with each error before it is reported; may change it, or drop it by giving back undefined. */
  readonly beforeSend?: BeforeSend;
  /** `false`: errors go out without the lines of source around each frame, and source maps are not read (`BELLWETHER_SOURCE_CONTEXT=false`). */
  readonly sourceContext?: boolean;
  /** Which members a context of `setContext` may have, by its name: `{ payment: ['provider', 'amount', 'currency'] }`. Others are left out; contexts that are not named are sent whole. */
  readonly contextMembers?: Readonly<Record<string, readonly string[]>>;
  /** Instrumentations to leave out, by name (`BELLWETHER_DISABLE=pg,pino`). */
  readonly disable?: readonly string[];
}

export interface Config {
  readonly url: URL;
  readonly key: string | undefined;
  readonly gzip: boolean;
  readonly service: string | undefined;
  readonly version: string | undefined;
  readonly environment: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly debug: boolean;
  readonly serverTiming: boolean;
  readonly tenantHosts: readonly string[];
  readonly slowRequestMs: number;
  readonly stallMs: number;
  readonly slowQueries: SlowQueryThresholds;
  readonly slowSql: boolean;
  readonly components: Components;
  readonly cacheStats: boolean;
  readonly queueStats: boolean;
  readonly errors: ErrorSettings;
  readonly disable: readonly string[];
  /** What was wrong, one line each; the default took its place. */
  readonly problems: readonly string[];
}

/** The switches of the one-call set-up that do something, and whether they are on. */
export interface Components {
  readonly enhancedApm: boolean;
  readonly cacheMonitoring: boolean;
}

/** The databases' instrumentations. */
const databaseParts = ['pg', 'mysql2', 'mongodb'];

/** The instrumentations that each switch stands for. */
const componentParts: Readonly<Record<keyof Components, readonly string[]>> = {
  enhancedApm: [...databaseParts, 'undici', 'http-client', 'runtime', 'host', 'event-loop-stalls'],
  cacheMonitoring: ['ioredis', 'redis', 'memjs', 'lru-cache', 'node-cache', 'keyv'],
};

type Environment = Readonly<Record<string, string | undefined>>;

const defaultUrl = 'http://127.0.0.1:4318';

/** Options win over the environment. A bad value never throws: it is named in `problems`, and the default is used. */
export function readConfig(options: StartOptions, environment: Environment): Config {
  const problems: string[] = [];
  const text = (value: unknown, ...names: readonly string[]): string | undefined => {
    if (typeof value === 'string' && value !== '') return value;
    if (value !== undefined && typeof value !== 'string')
      problems.push(`an option of start() should be a string: ${typeof value}`);
    for (const name of names) {
      const found = environment[name];
      if (found !== undefined && found !== '') return found;
    }
    return undefined;
  };
  const flag = (value: boolean | undefined, name: string, fallback: boolean): boolean => {
    if (typeof value === 'boolean') return value;
    const found = environment[name]?.trim().toLowerCase();
    if (found === undefined || found === '') return fallback;
    if (['true', '1', 'yes', 'on'].includes(found)) return true;
    if (['false', '0', 'no', 'off'].includes(found)) return false;
    problems.push(`${name} should be true or false, not "${found}"; using ${fallback}`);
    return fallback;
  };
  const list = (value: readonly string[] | undefined, name: string): readonly string[] =>
    Array.isArray(value) ? value.filter(item => typeof item === 'string') : splitList(environment[name]);

  const url = readUrl(text(options.url, 'BELLWETHER_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT'), problems);
  const components: Components = {
    enhancedApm: flag(options.enhancedApm, 'BELLWETHER_ENHANCED_APM', true),
    cacheMonitoring: flag(options.cacheMonitoring, 'BELLWETHER_CACHE_MONITORING', true),
  };
  return {
    url,
    key: text(options.key, 'BELLWETHER_KEY'),
    gzip: readCompression(environment['OTEL_EXPORTER_OTLP_COMPRESSION'], url, problems),
    service: text(options.service, 'OTEL_SERVICE_NAME'),
    version: text(options.version, 'BELLWETHER_VERSION'),
    environment: text(options.environment, 'BELLWETHER_ENVIRONMENT'),
    attributes: { ...readPairs(environment['OTEL_RESOURCE_ATTRIBUTES'], problems), ...options.attributes },
    enabled: flag(options.enabled, 'BELLWETHER_ENABLED', true) && !flag(undefined, 'OTEL_SDK_DISABLED', false),
    debug: flag(options.debug, 'BELLWETHER_DEBUG', false),
    serverTiming: flag(options.serverTiming, 'BELLWETHER_SERVER_TIMING', false),
    tenantHosts: list(options.tenantHosts, 'BELLWETHER_TENANT_HOSTS'),
    stallMs: readStall(options.stallMs ?? environment['BELLWETHER_STALL_MS'], problems),
    slowRequestMs: readMilliseconds(options.slowRequestMs ?? environment['BELLWETHER_SLOW_REQUEST_MS'], 2000, problems),
    slowQueries: readThresholds(
      options.slowQueryMs ?? text(undefined, 'BELLWETHER_SLOW_QUERY_MS', 'SLOW_QUERY_THRESHOLD_MS'),
      'BELLWETHER_SLOW_QUERY_MS',
      problems,
    ),
    slowSql: flag(options.slowSql, 'BELLWETHER_SLOW_SQL', flag(undefined, 'SLOW_SQL_ENABLED', true)),
    components,
    cacheStats: flag(options.cacheStats, 'BELLWETHER_CACHE_STATS', true),
    queueStats: flag(options.queueStats, 'BELLWETHER_QUEUE_STATS', true),
    errors: {
      ...errorOptions(options),
      ignore: [...errorOptions(options).ignore, ...splitList(environment['BELLWETHER_IGNORE_ERRORS'])],
      sourceContext: flag(options.sourceContext, 'BELLWETHER_SOURCE_CONTEXT', true),
    },
    disable: [
      ...list(options.disable, 'BELLWETHER_DISABLE'),
      ...(components.enhancedApm ? [] : componentParts.enhancedApm),
      ...(components.cacheMonitoring ? [] : componentParts.cacheMonitoring),
    ],
    problems,
  };
}

/** The options about errors that can also be given later, to an SDK that runs. */
export function errorOptions(options: StartOptions): Omit<ErrorSettings, 'sourceContext'> {
  return {
    ignore: Array.isArray(options.ignoreErrors) ? options.ignoreErrors : [],
    beforeSend: typeof options.beforeSend === 'function' ? options.beforeSend : undefined,
    contextMembers: options.contextMembers ?? {},
  };
}

function readUrl(value: string | undefined, problems: string[]): URL {
  if (value === undefined) return new URL(defaultUrl);
  // `localhost:4318` parses as a URL with the scheme `localhost:`, so the scheme is checked and not only the form.
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  problems.push(`the URL to send telemetry to should look like ${defaultUrl}, not "${value}"; using ${defaultUrl}`);
  return new URL(defaultUrl);
}

/** `gzip` or `none`; unset, bodies are compressed unless they stay on this machine. */
function readCompression(value: string | undefined, url: URL, problems: string[]): boolean {
  if (value === 'gzip') return true;
  if (value === 'none') return false;
  if (value !== undefined && value !== '')
    problems.push(`OTEL_EXPORTER_OTLP_COMPRESSION should be gzip or none, not "${value}"`);
  return !isLoopback(url.hostname);
}

/** Whether a host is this machine, where compressing costs more than it saves. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
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

function readMilliseconds(value: number | string | undefined, fallbackMs: number, problems: string[]): number {
  if (value === undefined || value === '') return fallbackMs;
  const ms = Number(value);
  if (ms > 0) return ms;
  problems.push(`BELLWETHER_SLOW_REQUEST_MS should be a number of milliseconds, not "${value}"; using ${fallbackMs}`);
  return fallbackMs;
}

function splitList(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
}

/** `key=value,key=value`, percent-encoded (https://opentelemetry.io/docs/specs/otel/resource/sdk/). */
function readPairs(value: string | undefined, problems: string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const item of splitList(value)) {
    const at = item.indexOf('=');
    if (at < 1) {
      problems.push(`OTEL_RESOURCE_ATTRIBUTES should be key=value,key=value; "${item}" was left out`);
      continue;
    }
    const key = item.slice(0, at).trim();
    const text = item.slice(at + 1).trim();
    try {
      pairs[key] = decodeURIComponent(text);
    } catch {
      pairs[key] = text;
    }
  }
  return pairs;
}
