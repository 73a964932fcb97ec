import type { Attributes } from '@opentelemetry/api';
import { nowMs } from '../core/clock.js';
import { setTraceHeaders } from '../core/outgoing-headers.js';
import { randomWord } from '../core/random-ids.js';
import { newTrace, scopes, type Scope } from '../core/scope.js';
import { observeDuration } from '../core/templates.js';
import { mayKnowTenant, tenantBaggage } from '../core/tenant.js';
import { memberOf } from '../errors/member-of.js';
import { attributeKey } from '../otlp/span-writer.js';
import { redactQuery } from './http-server.js';
import { callPlaces } from './call-places.js';
import type { NotedStack } from './call-site.js';
import { FailedRequests, hasMark, isWorthAnother, type SentRequest } from './failed-requests.js';
import type { Instrumentation } from './instrumentation.js';
import { OriginTemplates } from './origin-templates.js';
import { requestFailure } from './request-failure.js';

const current = Symbol('bellwether.request');

interface UndiciRequest {
  /** Ours: what is known of it while it is open. A property costs the garbage collector less than a WeakMap. */
  [current]?: Open | undefined;
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
  /** `name, value, …` or lines, by undici's version. */
  readonly headers?: unknown;
  readonly contentLength?: unknown;
  addHeader(name: string, value: string): unknown;
}

interface Open {
  readonly scope: Scope;
  readonly root: boolean;
  readonly s0: number;
  readonly s1: number;
  readonly startMs: number;
  /** How often it has been sent before. */
  readonly resends: number;
  /** Where it was sent from, for the few that are looked at. */
  readonly stack: NotedStack | undefined;
  status: number;
}

const keys = {
  url: attributeKey('url.full'),
  status: attributeKey('http.response.status_code'),
  errorType: attributeKey('error.type'),
  resends: attributeKey('http.request.resend_count'),
};

/** `fetch` of Node and the npm package undici: both publish the same channels. */
export const undici: Instrumentation = {
  name: 'undici',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const origins = new OriginTemplates(recorder);
    const failed = new FailedRequests();
    const places = callPlaces(recorder, 'service');
    const { tenantHosts, propagators } = recorder.config;
    const sendsBaggage = propagators.includes('baggage');

    tools.subscribe<{ readonly request: UndiciRequest }>('undici:request:create', ({ request }) => {
      tools.seen();
      const active = scopes.getStore();
      const scope = active ?? newTrace();
      const startMs = nowMs();
      const span: Open = {
        scope,
        root: active === undefined,
        s0: active === undefined ? scope.s0 : randomWord(),
        s1: active === undefined ? scope.s1 : randomWord(),
        startMs,
        resends: failed.hasAny(startMs) ? failed.resends(scope, sentRequest(request), startMs) : 0,
        stack: scope.sampled ? places.look(scope, startMs) : undefined,
        status: 0,
      };
      request[current] = span;
      // A caller who brings its own (another tracer, a proxy) keeps it.
      if (!hasTraceParent(request.headers)) {
        setTraceHeaders(propagators, scope, span.s0, span.s1, (name, value) => void request.addHeader(name, value));
      }
      if (!sendsBaggage || scope.shared.tenantId === undefined) return;
      const baggage = tenantBaggage(scope.shared);
      if (baggage !== undefined && mayKnowTenant(new URL(request.origin).hostname, tenantHosts)) {
        request.addHeader('baggage', baggage);
      }
    });
    tools.subscribe<{ readonly request: UndiciRequest; readonly response: { readonly statusCode: number } }>(
      'undici:request:headers',
      ({ request, response }) => {
        const span = request[current];
        if (span !== undefined) span.status = response.statusCode;
      },
    );
    tools.subscribe<{ readonly request: UndiciRequest }>('undici:request:trailers', ({ request }) =>
      end(request, undefined),
    );
    tools.subscribe<{ readonly request: UndiciRequest; readonly error: unknown }>(
      'undici:request:error',
      ({ request, error }) => end(request, error),
    );

    function end(request: UndiciRequest, error: unknown): void {
      const span = request[current];
      if (span === undefined) return;
      request[current] = undefined;
      const endMs = nowMs();
      const origin = String(request.origin);
      const template = origins.of(request.method, origin, request.path);
      const failure = error === undefined || isRetriedAnswer(error, span.status) ? '' : requestFailure(error);
      observeDuration(template, failure === '' ? span.status : failure, endMs - span.startMs, clientOutcome);
      const { scope, resends, status } = span;
      // Outside of any trace each request is one of its own.
      if (!span.root && (failure !== '' || isWorthAnother(status) || resends > 0))
        failed.ended(scope, sentRequest(request), failure === '' ? status : failure, resends, endMs);
      if (resends > 0) origins.retries(template).value++;
      if (!scope.sampled) return;
      const { spans } = recorder;
      const before = spans.out.length;
      try {
        const [p0, p1] = span.root ? [0, 0] : [scope.s0, scope.s1];
        const start = spans.begin(scope, span.s0, span.s1, p0, p1, template, span.startMs, endMs);
        spans.string(keys.url, origin + redactedPath(request.path));
        if (status !== 0) spans.integer(keys.status, status);
        if (resends > 0) spans.integer(keys.resends, resends);
        places.tell(spans, span.stack);
        const isFailed = failure !== '' || status >= 400;
        if (isFailed) spans.string(keys.errorType, failure === '' ? String(status) : failure);
        spans.end(start, isFailed ? 2 : 0, failure !== '' && error instanceof Error ? error.message : '');
      } catch (fault) {
        spans.cancel(before);
        throw fault;
      }
      recorder.written();
    }
  },
};

/** undici 6 ends an answer that it will ask for again by an error of its own. */
function isRetriedAnswer(error: unknown, status: number): boolean {
  return status !== 0 && memberOf(error, 'code') === 'UND_ERR_REQ_RETRY';
}

function hasTraceParent(headers: unknown): boolean {
  if (typeof headers === 'string') return /^traceparent:/im.test(headers);
  return Array.isArray(headers) && placeOf(headers, 'traceparent') >= 0;
}

function placeOf(headers: readonly unknown[], wanted: string): number {
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at];
    if (typeof name === 'string' && name.length === wanted.length && name.toLowerCase() === wanted) return at;
  }
  return -1;
}

function sentRequest({ method, origin, path, headers, contentLength }: UndiciRequest): SentRequest {
  const mark = hasMark(method) ? (idempotencyKey(headers) ?? String(contentLength ?? '')) : '';
  return { method, origin: String(origin), path, mark };
}

function idempotencyKey(headers: unknown): string | undefined {
  if (typeof headers === 'string') return /^idempotency-key: *(.*)$/im.exec(headers)?.[1];
  if (!Array.isArray(headers)) return undefined;
  const at = placeOf(headers, 'idempotency-key');
  return at < 0 ? undefined : String(headers[at + 1]);
}

/** A client's 4xx and 5xx are errors; a status is a number, a failure without an answer a text. */
export function clientOutcome(outcome: string | number): Attributes {
  if (typeof outcome === 'string') return { 'error.type': outcome };
  return { 'http.response.status_code': outcome, ...(outcome >= 400 ? { 'error.type': String(outcome) } : {}) };
}

/** The path with its query's values hidden. */
export function redactedPath(path: string): string {
  const at = path.indexOf('?');
  return at < 0 ? path : `${path.slice(0, at)}?${redactQuery(path.slice(at + 1))}`;
}
