import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { statusOf } from '../errors/ignore-rule.js';
import { nowMs } from '../core/clock.js';
import { foreignParent } from '../core/foreign-parent.js';
import { hexWord } from '../core/random-ids.js';
import { newTrace, noShared, type Scope, scopes } from '../core/scope.js';
import { errorType } from '../core/span-detail.js';
import { observeDuration } from '../core/templates.js';
import { tenantFromBaggage } from '../core/tenant.js';
import { continueTrace, isTraceParent } from '../core/trace-parent.js';
import { attributeKey } from '../otlp/span-writer.js';
import type { Instrumentation } from './instrumentation.js';
import { reportError } from './request-error.js';
import { RouteTemplates, statusAttributes } from './route-templates.js';
import { belongToRequestOf, markRequest, requestOf, ServerRequest } from './server-request.js';
import { whenBuiltinLoads } from './when-builtin-loads.js';
import { wrap } from './wrap.js';

const keys = {
  path: attributeKey('url.path'),
  status: attributeKey('http.response.status_code'),
  agent: attributeKey('user_agent.original'),
  client: attributeKey('client.address'),
  errorType: attributeKey('error.type'),
  protocol: attributeKey('network.protocol.version'),
};

const clientClosed = 499;

/**
 * Incoming HTTP/2: servers of `node:http2`, with streams or with the requests and responses that frameworks take. gRPC is HTTP/2 too and is seen where its methods are known.
 */
export const http2Server: Instrumentation = {
  name: 'http2-server',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const templates = new RouteTemplates(recorder);
    const inFlight = recorder.metrics
      .metric({
        name: 'http.server.active_requests',
        unit: '{request}',
        description: 'Requests that are being answered',
        kind: 'upDownCounter',
        scope: '@bellwether/node',
      })
      .point({});

    whenBuiltinLoads(tools, 'http2', ({ createServer, createSecureServer, Http2ServerRequest }) => {
      // The classes of servers are not exported; one of each that never listens shows them. Without `ca: []` Node would load all its root certificates for it: 27 ms.
      for (const server of [createServer(), createSecureServer({ ca: [] })]) {
        const undo = wrap(Object.getPrototypeOf(server), 'emit', (self, args, emit) => {
          if (args[0] !== 'stream') return emit.apply(self, args);
          let scope: Scope | undefined;
          try {
            // What Node emits with this event.
            scope = begin(args[1] as ServerHttp2Stream, args[2] as IncomingHttpHeaders);
          } catch {
            recorder.fault('http2-server (stream)');
          }
          return scope === undefined ? emit.apply(self, args) : scopes.run(scope, () => emit.apply(self, args));
        });
        if (undo !== undefined) tools.undo(undo);
      }
      tools.undo(
        belongToRequestOf(Http2ServerRequest.prototype, request => {
          const stream: unknown = Reflect.get(request, 'stream');
          return typeof stream === 'object' && stream !== null ? stream : undefined;
        }),
      );
    });

    function begin(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Scope | undefined {
      if (headers['content-type']?.startsWith('application/grpc') === true) return undefined;
      tools.seen(process.versions.node);
      const { session } = stream;
      const encrypted = session?.encrypted === true;
      const { remoteAddress, localPort } = session?.socket ?? {};
      // Frameworks' and our own readers look at these members of Node's request and no others.
      const request = {
        method: headers[':method'],
        url: headers[':path'],
        headers,
        socket: { remoteAddress, localPort, encrypted },
      } as unknown as IncomingMessage;
      // Its status is asked of the stream; nothing is read of it.
      const entry = new ServerRequest(nowMs(), request, {} as ServerResponse, undefined);
      const shared = noShared();
      shared.entry = entry;
      const header = (name: string): string | undefined => {
        const value = headers[name];
        return typeof value === 'string' ? value : undefined;
      };
      const own = header('traceparent');
      const parent = own !== undefined && isTraceParent(own) ? own : foreignParent(header);
      if (parent === undefined) entry.scope = newTrace(entry, shared, request);
      else {
        entry.scope = continueTrace(parent, (header('tracestate') ?? '').slice(0, 512), shared, entry, request);
        entry.parent0 = hexWord(parent, 36);
        entry.parent1 = hexWord(parent, 44);
        const baggage = header('baggage');
        if (baggage !== undefined) tenantFromBaggage(entry.scope.shared, baggage);
      }
      markRequest(stream, entry);
      inFlight.value++;
      stream.once('close', () => {
        try {
          end(stream);
        } catch {
          recorder.fault('http2-server (close)');
        }
      });
      return entry.scope;
    }

    function end(stream: ServerHttp2Stream): void {
      const entry = requestOf(stream);
      if (entry?.scope === undefined || entry.request === undefined || entry.ended) return;
      const { request, scope, error } = entry;
      const sent: unknown = stream.sentHeaders?.[':status'];
      const aborted = stream.aborted || typeof sent !== 'number';
      const status = aborted ? clientClosed : sent;
      const reported =
        error === undefined ? undefined : reportError(recorder, entry, error, aborted ? statusOf(error) : status);
      entry.ended = true;
      inFlight.value--;
      const endMs = nowMs();
      entry.route ??= entry.routeAtEnd?.();
      const route = templates.of(request, entry.route ?? '');
      const durationMs = endMs - entry.startMs;
      observeDuration(route.template, status, durationMs, statusAttributes);
      if (durationMs > route.slowMs) route.slow.value++;
      if (!scope.sampled) return;
      const { spans } = recorder;
      const before = spans.out.length;
      try {
        const { s0, s1 } = scope;
        const start = spans.begin(scope, s0, s1, entry.parent0, entry.parent1, route.template, entry.startMs, endMs);
        spans.string(keys.path, (request.url ?? '').split('?', 1)[0] ?? '');
        spans.string(keys.protocol, '2');
        const agent = request.headers['user-agent'];
        if (agent !== undefined) spans.string(keys.agent, agent.slice(0, 300));
        const { remoteAddress } = request.socket;
        if (remoteAddress !== undefined) spans.string(keys.client, remoteAddress);
        if (aborted) spans.attribute('http.request.aborted', true);
        else spans.integer(keys.status, status);
        const failed = !aborted && status >= 500;
        if (failed) spans.string(keys.errorType, error === undefined ? String(status) : errorType(error));
        if (failed && error !== undefined) spans.exception(error, endMs, reported);
        spans.detail(entry);
        const code = entry.status?.code ?? (failed ? 2 : 0);
        spans.end(start, code, code === 2 && error instanceof Error ? error.message : '');
      } catch (fault) {
        spans.cancel(before);
        throw fault;
      }
      recorder.written();
    }
  },
};
