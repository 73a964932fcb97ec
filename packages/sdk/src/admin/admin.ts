import type { IncomingMessage } from 'node:http';
import { detectResource } from '../config/resource.js';
import { activeRecorder } from '../core/active-recorder.js';
import { isProfiling, profileAndSend, type SentProfile } from '../profile/profile.js';
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
  /** The same for `POST <path>/profile`, which takes a profile. */
  profiled(path: string, request: IncomingMessage): Promise<HealthAnswer | undefined>;
}

/**
 * What an administrator wants to know of this process at a glance: what is instrumented and how the sending goes, caches, collections, health. As JSON, and as a page for browsers. It
 * shows nothing to whom the guard does not let in, and no secrets to anybody.
 */
export function admin({ guard, path = '/admin/metrics', health, collections }: AdminOptions): Admin {
  if (guard === undefined || guard === null) throw new Error('admin: a guard is needed, { key } or a function');
  const base = path.replace(/\/+$/, '');
  let profiles: SentProfile | { readonly status: 'running' | 'failed'; readonly kind: string } | undefined;
  const counted = collections === undefined ? undefined : countedOnce(collections);

  async function view(): Promise<Readonly<Record<string, unknown>>> {
    const checks = await health?.report();
    return {
      ...identity(),
      uptimeS: Math.round(process.uptime()),
      ...(profiles === undefined ? {} : { profile: profileShown(profiles) }),
      cache: cache(),
      ...(counted === undefined ? {} : { database: await counted() }),
      ...(checks === undefined ? {} : { health: withoutErrors(checks) }),
      telemetry: runningReport() ?? { enabled: false },
    };
  }

  /** The answer for whom the guard does not let in. */
  async function refusal(request: IncomingMessage): Promise<HealthAnswer | undefined> {
    if (await isLetIn(guard, request)) return undefined;
    return typeof guard === 'function'
      ? { status: 404, headers: plain, body: '{"error":"not found"}' }
      : { status: 401, headers: { ...plain, 'www-authenticate': 'Bearer' }, body: '{"error":"unauthorized"}' };
  }

  async function answer(asked: string, request: IncomingMessage): Promise<HealthAnswer | undefined> {
    const [at = ''] = asked.split('?', 1);
    const isCache = at === `${base}/cache`;
    if (at !== base && at !== `${base}/` && !isCache) return undefined;
    const refused = await refusal(request);
    if (refused !== undefined) return refused;
    try {
      const content = isCache ? { ...cache() } : await view();
      return shown(request, 'Telemetry of this process', content, isCache ? undefined : `${base}/profile`);
    } catch {
      activeRecorder()?.fault('admin view');
      return { status: 500, headers: plain, body: '{"error":"the view failed"}' };
    }
  }

  const profilePath = `${base}/profile`;

  /** `POST <path>/profile?kind=cpu&seconds=10`: begins one and answers at once, so that this request is not in progress meanwhile; the view tells what became of it. */
  async function profiled(asked: string, request: IncomingMessage): Promise<HealthAnswer | undefined> {
    const [at = '', query = ''] = asked.split('?', 2);
    if (at !== profilePath) return undefined;
    const refused = await refusal(request);
    if (refused !== undefined) return refused;
    // A page of somebody else can have a browser send a form, with the cookies that the guard may go by.
    if (isCrossSite(request)) return { status: 403, headers: plain, body: '{"error":"asked by another site"}' };
    const search = new URLSearchParams(query);
    const kind = search.get('kind') ?? 'cpu';
    const seconds = Number(search.get('seconds') ?? activeRecorder()?.config.profileSeconds ?? 10);
    if ((kind !== 'cpu' && kind !== 'heap') || !(seconds > 0 && seconds <= 60))
      return { status: 400, headers: plain, body: '{"error":"kind is cpu or heap, seconds at most 60"}' };
    if (isProfiling()) return { status: 409, headers: plain, body: '{"error":"a profile is being taken"}' };
    profiles = { status: 'running', kind };
    void profileAndSend(kind, seconds * 1000, false).then(
      taken => (profiles = taken),
      () => (profiles = { status: 'failed', kind }),
    );
    if (isForBrowser(request)) return { status: 303, headers: { ...plain, location: base }, body: '' };
    return { status: 202, headers: plain, body: JSON.stringify(profiles) };
  }

  return {
    listener: healthListener(base, answer, profiled),
    fastify: fastifyHealth([base, `${base}/cache`], answer, { path: profilePath, answer: profiled }),
    answer,
    profiled,
  };
}

function profileShown(last: SentProfile | { readonly status: string; readonly kind: string }): object {
  if (!('taken' in last)) return last;
  const { taken, isSent } = last;
  return {
    status: 'taken',
    kind: taken.kind,
    from: new Date(taken.startUnixMs).toISOString(),
    durationMs: Math.round(taken.durationMs),
    traces: taken.traceIds.length,
    pprofBytes: taken.pprof.length,
    sent: isSent,
  };
}

function isForBrowser({ headers }: IncomingMessage): boolean {
  return (headers.accept ?? '').includes('text/html');
}

/** As a page for browsers, else as JSON. */
function shown(
  request: IncomingMessage,
  title: string,
  content: Readonly<Record<string, unknown>>,
  profilePath?: string,
): HealthAnswer {
  if (isForBrowser(request)) return { status: 200, headers: page, body: adminPage(title, content, profilePath) };
  return { status: 200, headers: plain, body: JSON.stringify(content) };
}

/** Whether a browser says that a page of another origin sent this. */
function isCrossSite({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.host;
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
