import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { detectResource } from '../config/resource.js';
import { activeRecorder } from '../core/active-recorder.js';
import { watchSignal } from '../lifecycle/signal-watchers.js';
import { type Check, type HealthStatus } from './check.js';
import { type CheckOutcome, CheckRunner } from './check-runner.js';
import { checkTelemetry } from './check-telemetry.js';
import { type FastifyHealth, fastifyHealth } from './fastify-health.js';
import { type HealthListener, healthListener } from './health-listener.js';
import { worstOf } from './worst-of.js';

export interface HealthOptions {
  /** What the service needs, by name; a function is a critical check. */
  readonly checks?: Readonly<Record<string, Check | Check['run']>>;
  /** Where the answers are; `/health` unless told otherwise. */
  readonly path?: string;
  /**
   * Who may see each check, the version and the environment: the bearer of `key`, or whom the function lets. Nobody unless told otherwise; the public
   * sees a status and nothing else.
   */
  readonly showDetail?: { readonly key: string } | ((request: IncomingMessage) => boolean);
  /** Adds the texts of errors to the details. They may name hosts, users and statements. */
  readonly showErrors?: boolean;
  /** `Retry-After` of a 503, in seconds; 5 unless told otherwise. */
  readonly retryAfterS?: number;
  /** `manual`: the service has started when `started()` is called; otherwise when its critical checks were well for the first time. */
  readonly startup?: 'checks' | 'manual';
  /** Answers 503 to readiness from SIGTERM on; true unless told otherwise. */
  readonly drainOnSigterm?: boolean;
  /**
   * How long the process goes on after SIGTERM when nothing else handles that signal, so that balancers see the 503 first; 0 ms unless told otherwise.
   */
  readonly drainMs?: number;
}

/** An answer to a probe, for any framework. */
export interface HealthAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/** All that is known, for your own code; it may hold what the public must not see. */
export interface HealthReport {
  readonly status: HealthStatus;
  readonly started: boolean;
  readonly draining: boolean;
  readonly checks: Readonly<Record<string, CheckOutcome>>;
}

export interface Health {
  /** A listener of `node:http`, and a middleware of Express. What is not below its path goes to `next`, or is answered 404. */
  readonly listener: HealthListener;
  /** A plugin of Fastify: `app.register(kit.fastify)`. */
  readonly fastify: FastifyHealth;
  /** The answer for a path such as `/health/ready`; undefined when the path is not ours. Never rejects. */
  answer(path: string, request?: IncomingMessage): Promise<HealthAnswer | undefined>;
  report(): Promise<HealthReport>;
  /** The service has started. */
  started(): void;
  /** The service takes no more work: readiness is 503 from now on. */
  drain(): void;
  /** Stops watching signals. */
  stop(): void;
}

const probes = ['live', 'ready', 'startup'] as const;

/**
 * Answers to whoever asks how the service is: `/health`, `/health/live`, `/health/ready`, `/health/startup` and `/health/<check>`.
 *
 * Liveness asks nothing else than this process: a database that is down is no reason to restart. Readiness is 503 with `Retry-After` before the start, while a
 * critical check fails and from SIGTERM on. Checks run when somebody asks, with a timeout, and their results are kept for a second.
 */
export function health(options: HealthOptions = {}): Health {
  const { path = '/health', retryAfterS = 5, drainMs = 0, showErrors = false } = options;
  const base = path.endsWith('/') ? path.slice(0, -1) : path;
  const runners = new Map(
    Object.entries(options.checks ?? {}).map(([name, given]) => {
      const check: Check = typeof given === 'function' ? { run: given } : given;
      return [name, new CheckRunner(check, checkTelemetry(name))];
    }),
  );
  for (const name of [...probes, ''])
    if (runners.has(name)) throw new Error(`health: a check cannot be called "${name}", that path is taken`);
  let hasStarted = false;
  let draining = false;
  let who: object | undefined;

  const stop =
    options.drainOnSigterm === false
      ? () => {}
      : watchSignal('SIGTERM', 'drain', () => {
          draining = true;
          if (drainMs > 0) return new Promise(resolve => setTimeout(resolve, drainMs).unref());
          return undefined;
        });

  async function report(): Promise<HealthReport> {
    const outcomes = await Promise.all(
      [...runners].map(async ([name, runner]) => [name, await runner.outcome()] as const),
    );
    const status = worstOf(outcomes.map(([, outcome]) => outcome));
    if (status !== 'unhealthy' && options.startup !== 'manual') hasStarted = true;
    return { status, started: hasStarted, draining, checks: Object.fromEntries(outcomes) };
  }

  const mayShow = (request: IncomingMessage | undefined): boolean => {
    const { showDetail } = options;
    if (request === undefined || showDetail === undefined) return false;
    if (typeof showDetail !== 'function') return bears(request, showDetail.key);
    try {
      // A function that answers later lets nobody in.
      return showDetail(request) === true;
    } catch {
      return false;
    }
  };

  function json(ok: boolean, status: string, more: object = {}): HealthAnswer {
    const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
    return {
      status: ok ? 200 : 503,
      headers: ok ? headers : { ...headers, 'retry-after': String(retryAfterS) },
      body: JSON.stringify({ status, timestamp: new Date().toISOString(), ...more }),
    };
  }

  const shown = ({ atUnixMs, detail, error, ...outcome }: CheckOutcome): object => ({
    ...outcome,
    durationMs: Math.round(outcome.durationMs * 10) / 10,
    checkedAt: new Date(atUnixMs).toISOString(),
    ...(detail === undefined ? {} : { detail }),
    ...(showErrors && error !== undefined ? { error: error instanceof Error ? error.message : String(error) } : {}),
  });

  function detailOf({ checks, started, draining: isDraining }: HealthReport): object {
    const names = Object.entries(checks).map(([name, outcome]) => [name, shown(outcome)] as const);
    return {
      ...(who ??= identity()),
      uptimeS: Math.round(process.uptime()),
      started,
      draining: isDraining,
      checks: Object.fromEntries(names),
    };
  }

  async function overall(request: IncomingMessage | undefined, isReadiness: boolean): Promise<HealthAnswer> {
    const now = await report();
    const more = mayShow(request) ? detailOf(now) : {};
    if (isReadiness && draining) return json(false, 'draining', more);
    if (isReadiness && !hasStarted) return json(false, 'starting', more);
    return json(now.status !== 'unhealthy', now.status, more);
  }

  async function probe(part: string, request: IncomingMessage | undefined): Promise<HealthAnswer | undefined> {
    switch (part) {
      case '':
        return overall(request, false);
      case 'live':
        return json(true, 'healthy');
      case 'ready':
        return overall(request, true);
      case 'startup':
        if (!hasStarted && options.startup !== 'manual') await report();
        return json(hasStarted, hasStarted ? 'healthy' : 'starting');
      default: {
        const outcome = await runners.get(part)?.outcome();
        if (outcome === undefined) return undefined;
        return json(outcome.status !== 'unhealthy', outcome.status, mayShow(request) ? shown(outcome) : {});
      }
    }
  }

  async function answer(asked: string, request?: IncomingMessage): Promise<HealthAnswer | undefined> {
    const part = partBelow(base, asked);
    if (part === undefined) return undefined;
    try {
      return await probe(part, request);
    } catch {
      activeRecorder()?.fault('health');
      return json(false, 'unhealthy');
    }
  }

  return {
    listener: healthListener(base, answer),
    fastify: fastifyHealth(
      ['', ...probes, ...runners.keys()].map(part => (part === '' ? base : `${base}/${part}`)),
      answer,
    ),
    answer,
    report,
    started() {
      hasStarted = true;
    },
    drain() {
      draining = true;
    },
    stop,
  };
}

/** `ready` of `/health/ready?x`; '' of `/health`; undefined for a path that is not below `base`. */
function partBelow(base: string, asked: string): string | undefined {
  const [path = ''] = asked.split('?', 1);
  if (!path.startsWith(base)) return undefined;
  const rest = path.slice(base.length);
  if (rest === '' || rest === '/') return '';
  return rest.startsWith('/') ? rest.slice(1) : undefined;
}

/** Whether the request brings the key, compared in a time that says nothing about it. An empty key is nobody's. */
function bears({ headers }: IncomingMessage, key: string): boolean {
  if (typeof key !== 'string' || key === '') return false;
  const [scheme, token = ''] = (headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && timingSafeEqual(digest(token), digest(key));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The service's name, version and environment, as telemetry has them. */
function identity(): object | undefined {
  const recorder = activeRecorder();
  if (recorder === undefined) return undefined;
  const resource = detectResource(recorder.config, process.env);
  return {
    service: resource['service.name'],
    version: resource['service.version'],
    environment: resource['deployment.environment.name'],
  };
}
