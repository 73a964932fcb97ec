import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from './refusal.js';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** One path that is answered. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'OPTIONS';
  /** A segment `:name` stands for any one; a slash at the end is optional. */
  readonly path: string;
  /** May throw `BadInput` and `Refusal`; anything else is a bug, and answered 500. */
  handle(request: IncomingMessage): Promise<Answer>;
  /** How a refusal looks to this route's senders. */
  refuse(refusal: Refusal, request: IncomingMessage): Answer;
}

export function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** A refusal for people and for senders of no known kind. */
export function refuseAsJson({ message, facts }: Refusal): Answer {
  return json(facts.status, { error: { code: facts.reason, message, remedy: facts.remedy } });
}

/** Does a path fit a route's? A slash at the end of the route's is optional. */
export function matches(pattern: string, path: string): boolean {
  if (pattern === path) return true;
  if (!pattern.includes(':')) return pattern.endsWith('/') && pattern.length > 1 && pattern.slice(0, -1) === path;
  const wanted = pattern.replace(/\/$/, '').split('/');
  const given = path.replace(/\/$/, '').split('/');
  return (
    wanted.length === given.length &&
    wanted.every((segment, i) => (segment.startsWith(':') ? given[i] !== '' : segment === given[i]))
  );
}

const maxNamed = 3;

/** The route of a request. Throws a 404 or 405 `Refusal` that names what there is, and the likely fix. */
export function routeOf(routes: readonly Route[], method: string, path: string): Route {
  const there = routes.filter(route => matches(route.path, path));
  const match = there.find(route => route.method === method || (method === 'HEAD' && route.method === 'GET'));
  if (match !== undefined) return match;
  if (there.length > 0) {
    const methods = there.map(route => route.method).join(', ');
    throw new Refusal(`${path} takes ${methods}, not ${method.slice(0, 10)}`, {
      status: 405,
      reason: 'wrong-method',
      remedy:
        methods === 'POST'
          ? 'Telemetry is sent here with POST; to look at it, open the user interface'
          : `Use ${methods}`,
      headers: { allow: methods },
    });
  }
  const known = routes.slice(0, maxNamed).map(route => `${route.method} ${route.path}`);
  const others = routes.length > maxNamed ? ['and what GET / lists'] : [];
  const meant = likelyPath(
    routes.map(route => route.path),
    path,
  );
  throw new Refusal(`there is nothing at ${path.slice(0, 80)}`, {
    status: 404,
    reason: 'unknown-path',
    remedy: `${meant === undefined ? '' : `Did you mean ${meant}? `}Known: ${[...known, ...others].join(', ')}`,
  });
}

/** A path that differs little, or that the one asked for ends with (an endpoint configured with the signal's path twice). */
export function likelyPath(known: readonly string[], path: string): string | undefined {
  const plain = path
    .toLowerCase()
    .replace(/\/+$/, '')
    .replaceAll(/\/{2,}/g, '/');
  const candidates = known.filter(candidate => candidate.length > 1);
  return (
    candidates.find(candidate => plain === candidate || plain.endsWith(candidate)) ??
    candidates.find(candidate => distance(candidate, plain) <= 2) ??
    candidates.find(candidate => plain.length > 3 && candidate.endsWith(plain))
  );
}

/** Levenshtein's distance. Paths are short; longer ones are simply far. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}

export function refusalHeaders({ facts }: Refusal): Readonly<Record<string, string>> {
  const retry = facts.retryAfterSeconds === undefined ? {} : { 'retry-after': String(facts.retryAfterSeconds) };
  return { ...facts.headers, ...retry };
}

const held = new WeakSet<IncomingMessage>();

/** For `Expect: 100-continue`: the sender is told to go on when somebody reads the body, and not at all when the request is refused before. */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  held.add(request);
  request.once('resume', () => {
    if (held.delete(request)) response.writeContinue();
  });
}

/**
 * Sends an answer. When the request's body was not read to its end it is read and thrown away first, for 2 s at most: a sender that is still
 * writing hears the answer only so. The connection is closed then.
 */
export async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const headers: Record<string, string | number> = {
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
  };
  if (!request.readableEnded && !request.complete) {
    headers['connection'] = 'close';
    if (!held.delete(request)) await discard(request, 2000);
  }
  if (response.destroyed || response.headersSent) return;
  response.writeHead(answer.status, headers);
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

async function discard(request: IncomingMessage, maxMs: number): Promise<void> {
  const done = new AbortController();
  const ended = new Promise<void>(resolve => {
    request
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve());
  });
  request.resume();
  await Promise.race([ended, sleep(maxMs, undefined, { signal: done.signal, ref: false }).catch(() => {})]);
  done.abort();
}
