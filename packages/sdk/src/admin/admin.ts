import type { IncomingMessage } from 'node:http';
import { detectResource } from '../config/resource.js';
import { activeRecorder } from '../core/active-recorder.js';
import { type FastifyHealth, fastifyHealth } from '../health/fastify-health.js';
import { type HealthListener, healthListener } from '../health/health-listener.js';
import type { Health, HealthAnswer } from '../health/health.js';
import { runningReport } from '../start.js';
import { adminPage } from './admin-page.js';
import { cacheTable } from './cache-table.js';
import { countedOnce, type CountCollections } from './collection-counts.js';
import { type Guard, isLetIn } from './guard.js';

export interface AdminOptions {
  /** Who may look. Required: without its word there is a 401 (with a key) or a 404 (with a function), as if nothing were here. */
  readonly guard: Guard;
  /** Where the view is; `/admin/metrics` unless told otherwise. `<path>/cache` is the caches alone. */
  readonly path?: string;
  /** The service's health kit, whose details are shown. */
  readonly health?: Health;
  /** Counts of a database: `mongoCollections(db)`, `postgresTables(pool)` or your own. Asked at most once a minute. */
  readonly collections?: CountCollections;
}

/** The admin view, for any framework. */
export interface Admin {
  /** A listener of `node:http`, and a middleware of Express. */
  readonly listener: HealthListener;
  /** A plugin of Fastify: `app.register(view.fastify)`. */
  readonly fastify: FastifyHealth;
  /** The answer for a path; undefined when it is not ours. Never rejects. */
  answer(path: string, request: IncomingMessage): Promise<HealthAnswer | undefined>;
}

/**
 * What an administrator wants to know of this process at a glance: what is instrumented and how the sending goes, caches, collections, health. As JSON, and as a page for browsers. It
 * shows nothing to whom the guard does not let in, and no secrets to anybody.
 */
export function admin({ guard, path = '/admin/metrics', health, collections }: AdminOptions): Admin {
  if (guard === undefined || guard === null) throw new Error('admin: a guard is needed, { key } or a function');
  const base = path.replace(/\/+$/, '');
  const counted = collections === undefined ? undefined : countedOnce(collections);

  async function view(): Promise<Readonly<Record<string, unknown>>> {
    const checks = await health?.report();
    return {
      ...identity(),
      uptimeS: Math.round(process.uptime()),
      cache: cache(),
      ...(counted === undefined ? {} : { database: await counted() }),
      ...(checks === undefined ? {} : { health: withoutErrors(checks) }),
      telemetry: runningReport() ?? { enabled: false },
    };
  }

  async function answer(asked: string, request: IncomingMessage): Promise<HealthAnswer | undefined> {
    const [at = ''] = asked.split('?', 1);
    const isCache = at === `${base}/cache`;
    if (at !== base && at !== `${base}/` && !isCache) return undefined;
    if (!(await isLetIn(guard, request)))
      return typeof guard === 'function'
        ? { status: 404, headers: plain, body: '{"error":"not found"}' }
        : { status: 401, headers: { ...plain, 'www-authenticate': 'Bearer' }, body: '{"error":"unauthorized"}' };
    try {
      const content = isCache ? { ...cache() } : await view();
      if ((request.headers.accept ?? '').includes('text/html'))
        return { status: 200, headers: page, body: adminPage('Telemetry of this process', content) };
      return { status: 200, headers: plain, body: JSON.stringify(content) };
    } catch {
      activeRecorder()?.fault('admin view');
      return { status: 500, headers: plain, body: '{"error":"the view failed"}' };
    }
  }

  return { listener: healthListener(base, answer), fastify: fastifyHealth([base, `${base}/cache`], answer), answer };
}

const plain = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
const page = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'x-content-type-options': 'nosniff',
};

function cache(): object {
  const recorder = activeRecorder();
  const systems = recorder === undefined ? [] : cacheTable(recorder.metrics);
  return systems.length === 0 ? { status: 'disabled' } : { status: 'enabled', statistics: systems };
}

function identity(): object {
  const recorder = activeRecorder();
  if (recorder === undefined) return {};
  const resource = detectResource(recorder.config, process.env);
  return {
    service: resource['service.name'],
    version: resource['service.version'],
    environment: resource['deployment.environment.name'],
    revision: resource['vcs.ref.head.revision'],
    host: resource['host.name'],
    node: process.versions.node,
  };
}

/** Texts of errors may name hosts, users and statements. */
function withoutErrors({ status, started, draining, checks }: Awaited<ReturnType<Health['report']>>): object {
  const shown = Object.entries(checks).map(([name, outcome]) => ({
    check: name,
    status: outcome.status,
    durationMs: Math.round(outcome.durationMs * 10) / 10,
    checkedAt: new Date(outcome.atUnixMs).toISOString(),
  }));
  return { status, started, draining, checks: shown };
}
