import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { nowMs } from '../core/clock.js';
import { randomWord } from '../core/random-ids.js';
import { errorType } from '../core/span-detail.js';
import { observeDuration } from '../core/templates.js';
import { mayKnowTenant, tenantBaggage } from '../core/tenant.js';
import { traceParent } from '../core/trace-parent.js';
import { attributeKey } from '../otlp/span-writer.js';
import type { Instrumentation } from './instrumentation.js';
import { beginLeaf, type LeafCall } from './leaf-call.js';
import { OriginTemplates } from './origin-templates.js';
import { clientOutcome, redactedPath } from './undici.js';
import { whenBuiltinLoads } from './when-builtin-loads.js';
import { wrap } from './wrap.js';

const keys = {
  url: attributeKey('url.full'),
  status: attributeKey('http.response.status_code'),
  errorType: attributeKey('error.type'),
};

/** Outgoing HTTP/2 of `node:http2`: each stream of a session. gRPC's are seen where its methods are known. */
export const http2Client: Instrumentation = {
  name: 'http2-client',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const origins = new OriginTemplates(recorder);
    whenBuiltinLoads(tools, 'http2', http2 => {
      const undo = wrap(http2, 'connect', (self, args, connect) => {
        const session = connect.apply(self, args);
        try {
          const [authority] = args;
          // What `connect` returns, and what it takes first.
          follow(session as ClientHttp2Session, new URL(String(authority)).origin);
        } catch {
          recorder.fault('http2-client (session)');
        }
        return session;
      });
      if (undo !== undefined) tools.undo(undo);
    });

    function follow(session: ClientHttp2Session, origin: string): void {
      wrap(session, 'request', (self, args, request) => {
        const [headers, ...rest] = args;
        const isPlain =
          headers === undefined || headers === null || (typeof headers === 'object' && !Array.isArray(headers));
        const given = isPlain ? (headers ?? {}) : undefined;
        if (given === undefined || String(Reflect.get(given, 'content-type')).startsWith('application/grpc'))
          return request.apply(self, args);
        let call: LeafCall | undefined;
        let sent: unknown = headers;
        try {
          call = beginLeaf();
          sent = withTrace(given, call, origin);
        } catch {
          recorder.fault('http2-client (request)');
        }
        const stream = request.call(self, sent, ...rest);
        // What `request` returns.
        if (call !== undefined) watch(stream as ClientHttp2Stream, given, call, origin);
        return stream;
      });
    }

    function withTrace(headers: object, call: LeafCall, origin: string): object {
      const { scope, isRoot } = call;
      call.s0 = isRoot ? scope.s0 : randomWord();
      call.s1 = isRoot ? scope.s1 : randomWord();
      const more: Record<string, string> = {};
      if (!('traceparent' in headers)) {
        more['traceparent'] = traceParent(scope, call.s0, call.s1);
        if (scope.traceState !== '') more['tracestate'] = scope.traceState;
      }
      const baggage = tenantBaggage(scope.shared);
      if (
        baggage !== undefined &&
        !('baggage' in headers) &&
        mayKnowTenant(new URL(origin).hostname, recorder.config.tenantHosts)
      )
        more['baggage'] = baggage;
      // Symbols that Node reads, such as the one for headers that are not to be indexed, come along.
      return { ...headers, ...more };
    }

    function watch(stream: ClientHttp2Stream, headers: object, call: LeafCall, origin: string): void {
      tools.seen(process.versions.node);
      let status = 0;
      stream.once('response', (answer: IncomingHttpHeaders) => {
        status = Number(answer[':status'] ?? 0);
      });
      stream.once('close', () => {
        try {
          end(stream, headers, call, origin, status);
        } catch {
          recorder.fault('http2-client (answer)');
        }
      });
    }

    function end(stream: ClientHttp2Stream, headers: object, call: LeafCall, origin: string, status: number): void {
      const { scope, isRoot, startMs } = call;
      const endMs = nowMs();
      const error: unknown = Reflect.get(stream, 'errored');
      const failure = error instanceof Error ? errorType(error) : status === 0 ? 'aborted' : '';
      const method: unknown = Reflect.get(headers, ':method');
      const asked: unknown = Reflect.get(headers, ':path');
      const path = typeof asked === 'string' ? asked : '/';
      const template = origins.of(typeof method === 'string' ? method : 'GET', origin, path);
      observeDuration(template, failure === '' ? status : failure, endMs - startMs, clientOutcome);
      if (!scope.sampled) return;
      const { spans } = recorder;
      const before = spans.out.length;
      try {
        const [p0, p1] = isRoot ? [0, 0] : [scope.s0, scope.s1];
        const start = spans.begin(scope, call.s0, call.s1, p0, p1, template, startMs, endMs);
        spans.string(keys.url, origin + redactedPath(path));
        if (status !== 0) spans.integer(keys.status, status);
        const failed = failure !== '' || status >= 400;
        if (failed) spans.string(keys.errorType, failure === '' ? String(status) : failure);
        spans.end(start, failed ? 2 : 0, error instanceof Error ? error.message : '');
      } catch (fault) {
        spans.cancel(before);
        throw fault;
      }
      recorder.written();
    }
  },
};
