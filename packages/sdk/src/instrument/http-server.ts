import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Attributes } from '@opentelemetry/api';
import { nowMs } from '../core/clock.js';
import type { Recorder } from '../core/recorder.js';
import { newTrace, noShared, scopes, type Scope } from '../core/scope.js';
import { errorType, noDetail, type SpanDetail } from '../core/span-detail.js';
import { observeDuration, spanKind, type Template } from '../core/templates.js';
import { tenantFromBaggage } from '../core/tenant.js';
import { continueTrace, isTraceParent, traceParent } from '../core/trace-parent.js';
import { hexWord } from '../core/random-ids.js';
import { attributeKey } from '../otlp/span-writer.js';
import type { Instrumentation } from './instrumentation.js';

/** A request that is being answered. Frameworks' instrumentations put the route and the error here. */
export interface ServerRequest {
  readonly scope: Scope;
  readonly detail: SpanDetail;
  readonly startMs: number;
  readonly parent0: number;
  readonly parent1: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The matched route's template, such as `/orders/:id`; never the path. */
  route: string | undefined;
  /** What a handler threw; recorded when the answer is a 5xx. */
  error: unknown;
  ended: boolean;
  /** The one before on the same connection (HTTP pipelining), when that had not ended. */
  readonly before: ServerRequest | undefined;
}

const current = Symbol('bellwether.request');

interface Marked {
  [current]?: ServerRequest;
}

/** The request that `object` (an IncomingMessage or its socket) belongs to. */
export function requestOf(object: object): ServerRequest | undefined {
  // A symbol of ours on an object of Node's: absent, or what we put there.
  return (object as Marked)[current];
}

function mark(object: object, request: ServerRequest): void {
  // As above: the property is ours alone.
  (object as Marked)[current] = request;
}

interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
}

const keys = {
  path: attributeKey('url.path'),
  query: attributeKey('url.query'),
  status: attributeKey('http.response.status_code'),
  agent: attributeKey('user_agent.original'),
  client: attributeKey('client.address'),
  errorType: attributeKey('error.type'),
  aborted: attributeKey('http.request.aborted'),
};

/** The outcome under which a request is counted whose client went away before the answer; nginx's code for it. */
const clientClosed = 499;

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']);

/** Incoming HTTP of `node:http` and all frameworks on it. */
export const httpServer: Instrumentation = {
  name: 'http-server',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const templates = new RouteTemplates(recorder);
    const active = recorder.metrics.metric({
      name: 'http.server.active_requests',
      unit: '{request}',
      description: 'Requests that are being answered',
      kind: 'upDownCounter',
      scope: '@bellwether/node',
    });
    const inFlight = active.point({});
    const { serverTiming } = recorder.config;

    tools.subscribe<Message>('http.server.request.start', ({ request, response, socket }) => {
      const { headers } = request;
      const shared = noShared();
      const detail = noDetail();
      const parent = headers.traceparent;
      let scope: Scope;
      let [parent0, parent1] = [0, 0];
      if (typeof parent === 'string' && isTraceParent(parent)) {
        const state = headers.tracestate;
        scope = continueTrace(parent, typeof state === 'string' && state.length <= 512 ? state : '', shared, detail);
        parent0 = hexWord(parent, 36);
        parent1 = hexWord(parent, 44);
        if (typeof headers.baggage === 'string') tenantFromBaggage(shared, headers.baggage);
      } else {
        scope = newTrace(detail, shared);
      }
      const open = requestOf(socket);
      const entry: ServerRequest = {
        scope,
        detail,
        startMs: nowMs(),
        parent0,
        parent1,
        request,
        response,
        route: undefined,
        error: undefined,
        ended: false,
        before: open === undefined || open.ended ? undefined : open,
      };
      if (open === undefined) socket.once('close', () => closed(socket));
      mark(socket, entry);
      mark(request, entry);
      inFlight.value++;
      if (serverTiming)
        response.setHeader('Server-Timing', `traceparent;desc="${traceParent(scope, scope.s0, scope.s1)}"`);
      scopes.enterWith(scope);
    });

    tools.subscribe<Message>('http.server.response.finish', ({ request }) => {
      const entry = requestOf(request);
      if (entry !== undefined && !entry.ended) end(entry, entry.response.statusCode, false);
    });

    /** One listener per connection, not per request: what is still open when it closes was aborted. */
    function closed(socket: Socket): void {
      for (let entry = requestOf(socket); entry !== undefined; entry = entry.before) {
        if (!entry.ended) end(entry, clientClosed, true);
      }
    }

    function end(entry: ServerRequest, status: number, aborted: boolean): void {
      entry.ended = true;
      inFlight.value--;
      const endMs = nowMs();
      const { request, scope, detail } = entry;
      const template = templates.of(request, entry.route ?? '');
      observeDuration(template, status, endMs - entry.startMs, outcome);
      if (!scope.sampled) return;
      const { spans } = recorder;
      const before = spans.out.length;
      try {
        const start = spans.begin(
          scope,
          scope.s0,
          scope.s1,
          entry.parent0,
          entry.parent1,
          template,
          entry.startMs,
          endMs,
        );
        const url = request.url ?? '';
        const at = url.indexOf('?');
        spans.string(keys.path, at < 0 ? url : url.slice(0, at));
        if (at >= 0) spans.string(keys.query, redactQuery(url.slice(at + 1)));
        const agent = request.headers['user-agent'];
        if (agent !== undefined) spans.string(keys.agent, agent.slice(0, 300));
        if (request.socket.remoteAddress !== undefined) spans.string(keys.client, request.socket.remoteAddress);
        if (aborted) spans.attribute('http.request.aborted', true);
        else spans.integer(keys.status, status);
        const failed = !aborted && status >= 500;
        if (failed) spans.string(keys.errorType, entry.error === undefined ? String(status) : errorType(entry.error));
        if (failed && entry.error !== undefined) spans.exception(entry.error, endMs);
        spans.detail(detail);
        const code = detail.status?.code ?? (failed ? 2 : 0);
        spans.end(start, code, code === 2 ? (detail.status?.message ?? messageOf(entry.error)) : '');
      } catch (error) {
        spans.cancel(before);
        throw error;
      }
      recorder.written();
    }
    tools.seen(process.versions.node);
  },
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function outcome(status: string | number): Attributes {
  const code = Number(status);
  if (code === clientClosed) return { 'http.response.status_code': code, 'http.request.aborted': true };
  return { 'http.response.status_code': code, ...(code >= 500 ? { 'error.type': String(code) } : {}) };
}

/** Templates by route and method. */
class RouteTemplates {
  readonly #byRoute = new Map<string, Map<string, Template>>();
  readonly #recorder: Recorder;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** `route` is empty when no route matched: the span is then named by its method alone. */
  of(request: IncomingMessage, route: string): Template {
    const sent = request.method ?? '';
    const method = knownMethods.has(sent) ? sent : '_OTHER';
    const byMethod = this.#byRoute.get(route);
    const known = byMethod?.get(method);
    if (known !== undefined) return known;
    const { templates, metrics } = this.#recorder;
    const metric = metrics.metric({
      name: 'http.server.request.duration',
      unit: 's',
      description: 'Time from the first byte of a request to the last of its answer',
      kind: 'histogram',
      scope: '@bellwether/node',
    });
    const encrypted = 'encrypted' in request.socket && request.socket.encrypted === true;
    const port = request.socket.localPort;
    const attributes: Attributes = {
      'http.request.method': method,
      'url.scheme': encrypted ? 'https' : 'http',
      ...(route === '' ? {} : { 'http.route': route }),
    };
    const spec = (route: string, name: string): Parameters<typeof templates.create>[0] => ({
      name,
      kind: spanKind.server,
      attributes: { ...attributes, ...(port === undefined ? {} : { 'server.port': port }) },
      metric,
      metricAttributes:
        route === '' ? { 'http.request.method': method, 'url.scheme': attributes['url.scheme'] ?? '' } : attributes,
    });
    const full = templates.full;
    const shown = method === '_OTHER' ? 'HTTP' : method;
    const made = templates.create(spec(route, route === '' ? shown : `${shown} ${route}`), spec('', shown));
    if (full) return made;
    if (byMethod === undefined) this.#byRoute.set(route, new Map([[method, made]]));
    else byMethod.set(method, made);
    return made;
  }
}

/** Keeps a query's keys and hides its values: they hold tokens and e-mail addresses more often than anything of use. */
export function redactQuery(query: string): string {
  return query
    .slice(0, 1000)
    .split('&')
    .map(part => (part.includes('=') ? `${part.slice(0, part.indexOf('='))}=REDACTED` : part))
    .join('&');
}
