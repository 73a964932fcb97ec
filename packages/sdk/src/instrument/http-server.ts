import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Attributes } from '@opentelemetry/api';
import { nowMs } from '../core/clock.js';
import { offerExemplar } from '../core/exemplars.js';
import { foreignParent } from '../core/foreign-parent.js';
import { hexWord } from '../core/random-ids.js';
import { newTrace, noShared, scopes } from '../core/scope.js';
import { errorType } from '../core/span-detail.js';
import { observeDuration } from '../core/templates.js';
import { encodeShared } from '../core/shared-attributes.js';
import { tenantFromBaggage } from '../core/tenant.js';
import { continueTrace, isTraceParent } from '../core/trace-parent.js';
import { attributeKey } from '../otlp/span-writer.js';
import { statusOf } from '../errors/ignore-rule.js';
import { requestAttributes } from '../errors/request-facts.js';
import type { Instrumentation } from './instrumentation.js';
import { reportError } from './request-error.js';
import { headersAtHead, headersAtStart } from './response-headers.js';
import { type RouteTemplate, RouteTemplates, statusAttributes } from './route-templates.js';
import { addSent, markRequest, requestOf, ServerRequest, setSent } from './server-request.js';

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
  size: attributeKey('http.response.body.size'),
  sent: attributeKey('http.request.body.size'),
};

/** The outcome under which a request is counted whose client went away before the answer; nginx's code for it. */
const clientClosed = 499;

const longestAgentChars = 300;

/** Incoming HTTP of `node:http` and all frameworks on it. */
export const httpServer: Instrumentation = {
  name: 'http-server',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const { responseHeaders, requestEvents } = recorder.config;
    const addHeaders = headersAtStart(responseHeaders);
    headersAtHead(tools, responseHeaders);
    const templates = new RouteTemplates(recorder);
    const watched = new WeakSet<Socket>();
    const inFlight = recorder.metrics
      .metric({
        name: 'http.server.active_requests',
        unit: '{request}',
        description: 'Requests that are being answered',
        kind: 'upDownCounter',
        scope: '@bellwether/node',
      })
      .point({});

    tools.subscribe<Message>('http.server.request.start', ({ request, response, socket }) => {
      const { headers } = request;
      const open = requestOf(socket);
      const entry = new ServerRequest(nowMs(), request, response, open);
      const shared = noShared();
      shared.entry = entry;
      const requestId = headers['x-request-id'];
      if (typeof requestId === 'string' && isRequestId(requestId)) {
        shared.requestId = requestId;
        encodeShared(shared);
      }
      const parent = parentOf(headers);
      if (parent !== undefined) {
        const state = headers.tracestate;
        const kept = typeof state === 'string' && state.length <= 512 ? state : '';
        entry.scope = continueTrace(parent, kept, shared, entry, request);
        entry.parent0 = hexWord(parent, 36);
        entry.parent1 = hexWord(parent, 44);
        if (typeof headers.baggage === 'string') tenantFromBaggage(entry.scope.shared, headers.baggage);
      } else {
        entry.scope = newTrace(entry, shared, request);
      }
      const { scope } = entry;
      if (!watched.has(socket)) {
        watched.add(socket);
        socket.once('close', () => closed(socket));
      }
      markRequest(socket, entry);
      markRequest(request, entry);
      inFlight.value++;
      addHeaders?.(response, scope);
      scopes.enterWith(scope);
    });

    tools.subscribe<Message>('http.server.response.finish', ({ request, response }) => {
      const entry = requestOf(request);
      if (entry === undefined) return;
      const { statusCode } = response;
      const reported =
        entry.error === undefined || entry.ended ? undefined : reportError(recorder, entry, entry.error, statusCode);
      end(entry, statusCode, false, reported);
    });

    // An error that ends the process answers nobody any more; the request that threw it still counts as a 500.
    tools.undo(
      recorder.atFatal((error, scope) => {
        const entry = scope?.detail;
        if (!(entry instanceof ServerRequest)) return;
        entry.error ??= error;
        end(entry, 500, false);
      }),
    );

    /** One listener per connection, not per request: what is still open when it closes was aborted. */
    function closed(socket: Socket): void {
      try {
        let next: ServerRequest | undefined;
        for (let entry = requestOf(socket); entry !== undefined; entry = next) {
          next = entry.before;
          if (entry.error !== undefined && !entry.ended)
            reportError(recorder, entry, entry.error, statusOf(entry.error));
          end(entry, clientClosed, true);
        }
      } catch {
        recorder.fault('http-server (close)');
      }
    }

    function end(entry: ServerRequest, status: number, aborted: boolean, reported?: string): void {
      try {
        write(entry, status, aborted, reported);
      } finally {
        entry.letGo();
      }
    }

    /** `reported` is the id under which its error was reported, for who would count it twice. */
    function write(entry: ServerRequest, status: number, aborted: boolean, reported: string | undefined): void {
      const { request, response, scope } = entry;
      if (entry.ended || scope === undefined || request === undefined || response === undefined) return;
      entry.ended = true;
      inFlight.value--;
      const endMs = nowMs();
      const { socket } = request;
      if (requestOf(socket) === entry) markRequest(socket, undefined);
      entry.route ??= entry.routeAtEnd?.();
      const route = templates.of(request, entry.route ?? '');
      const durationMs = endMs - entry.startMs;
      const point = observeDuration(route.template, status, durationMs, statusAttributes);
      offerExemplar(point, durationMs / 1000, scope, recorder.clock.offsetMs + endMs);
      const bytes = aborted ? 0 : bodyBytes(socket, response);
      route.recordSize(status, bytes);
      const sent = bytesSent(request.headers);
      if (sent > 0) route.recordRequestSize(sent);
      if (durationMs > route.slowMs) {
        if (scope.shared.held !== undefined) scope.shared.held.isWanted = true;
        tellSlow(route, entry, durationMs, status);
      }
      if (requestEvents) tell(route, entry, durationMs, { status, aborted, sent, bytes });
      if (!scope.sampled) return;
      const { spans } = recorder;
      const before = spans.out.length;
      try {
        const { s0, s1 } = scope;
        const start = spans.begin(scope, s0, s1, entry.parent0, entry.parent1, route.template, entry.startMs, endMs);
        const url = request.url ?? '';
        const at = url.indexOf('?');
        spans.string(keys.path, at < 0 ? url : url.slice(0, at));
        if (at >= 0) spans.string(keys.query, redactQuery(url.slice(at + 1)));
        const agent = request.headers['user-agent'];
        if (agent !== undefined) spans.string(keys.agent, agent.slice(0, longestAgentChars));
        if (socket.remoteAddress !== undefined) spans.string(keys.client, socket.remoteAddress);
        if (aborted) spans.attribute('http.request.aborted', true);
        else spans.integer(keys.status, status);
        if (bytes > 0) spans.integer(keys.size, bytes);
        if (sent > 0) spans.integer(keys.sent, sent);
        const failed = !aborted && status >= 500;
        if (failed) spans.string(keys.errorType, entry.error === undefined ? String(status) : errorType(entry.error));
        if (failed && entry.error !== undefined) spans.exception(entry.error, endMs, reported);
        spans.detail(entry);
        const code = entry.status?.code ?? (failed ? 2 : 0);
        spans.end(start, code, code === 2 ? (entry.status?.message ?? messageOf(entry.error)) : '');
      } catch (error) {
        spans.cancel(before);
        throw error;
      }
      recorder.written();
    }

    /** The request as one record with all that is known of it, for who wants to ask questions of requests rather than of spans. */
    function tell(
      route: RouteTemplate,
      entry: ServerRequest,
      durationMs: number,
      { status, aborted, sent, bytes }: Answered,
    ): void {
      const { name } = route.template.spec;
      const attributes: Record<string, unknown> = {
        ...entry.attributes,
        ...requestAttributes(entry.scope?.shared),
        'http.response.status_code': status,
        duration_ms: Math.round(durationMs * 1000) / 1000,
        ...(bytes > 0 ? { 'http.response.body.size': bytes } : {}),
        ...(sent > 0 ? { 'http.request.body.size': sent } : {}),
        ...(aborted ? { 'http.request.aborted': true } : {}),
        ...(entry.error === undefined ? {} : { 'error.type': errorType(entry.error) }),
      };
      recorder.log({
        severity: status >= 500 ? 17 : 9,
        severityText: status >= 500 ? 'ERROR' : 'INFO',
        body: `${name} ${status} in ${Math.round(durationMs)} ms`,
        attributes,
        scope: entry.scope,
        eventName: 'http.request',
      });
    }

    function tellSlow(route: RouteTemplate, entry: ServerRequest, durationMs: number, status: number): void {
      route.slow.value++;
      const attributes: Attributes = {
        'http.request.method': entry.facts.method,
        'http.response.status_code': status,
        duration_ms: Math.round(durationMs),
        threshold_ms: route.slowMs,
        ...(entry.route === undefined ? {} : { 'http.route': entry.route }),
      };
      recorder.log({
        severity: 13,
        severityText: 'WARN',
        body: `slow request: ${route.template.spec.name} took ${Math.round(durationMs)} ms`,
        attributes,
        scope: entry.scope,
        eventName: 'http.slow_request',
      });
    }
  },
};

/** How a request ended: `sent` by the client, and the `bytes` of the answer. */
interface Answered {
  readonly status: number;
  readonly aborted: boolean;
  readonly sent: number;
  readonly bytes: number;
}

/** Ids of gateways and callers; anything else is not taken into our records, nor sent back. */
function isRequestId(id: string): boolean {
  return id.length <= 200 && /^[\w.:/+=@-]+$/.test(id);
}

/** The length of a request's body as its head says it; 0 when it had none, or none that is known beforehand. */
function bytesSent(headers: IncomingHttpHeaders): number {
  const length = headers['content-length'];
  return length === undefined ? 0 : Number(length) || 0;
}

/** `traceparent`, or what another tracer's headers say in its place. */
function parentOf(headers: IncomingHttpHeaders): string | undefined {
  const { traceparent } = headers;
  if (typeof traceparent === 'string' && isTraceParent(traceparent)) return traceparent;
  return foreignParent(name => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

/** What Node keeps of an answer; not in its types, but read by `http` itself and by frameworks for as long as there is one. */
interface Answer {
  readonly _header?: unknown;
  readonly _contentLength?: unknown;
  readonly _hasBody?: unknown;
}

/**
 * Bytes of an answer's body. Mostly Node knows its length. Of a streamed one it is what the connection sent since the last streamed one, less all that is known of the
 * answers between; with pipelining that is an estimate.
 */
function bodyBytes(socket: Socket, response: ServerResponse): number {
  // The three are there in all versions of Node that we run on; where one is missing, it is undefined and what comes after holds.
  const { _header: header, _contentLength: length, _hasBody: hasBody } = response as ServerResponse & Answer;
  const head = typeof header === 'string' ? header.length : 0;
  const known = hasBody === false ? 0 : length;
  if (typeof known === 'number') {
    addSent(socket, head + known);
    return known;
  }
  // Counting what waits in the connection's buffers costs, so it is done for these only.
  return Math.max(0, setSent(socket, socket.bytesWritten) - head);
}

/** Keeps a query's keys and hides its values: they hold tokens and e-mail addresses more often than anything of use. */
export function redactQuery(query: string): string {
  return query
    .slice(0, 1000)
    .split('&')
    .map(part => (part.includes('=') ? `${part.slice(0, part.indexOf('='))}=REDACTED` : part))
    .join('&');
}
