import { errorMonitor } from 'node:events';
import { http } from '../core/node-modules.js';
import type { ClientRequest } from 'node:http';
import { nowMs } from '../core/clock.js';
import { setTraceHeaders } from '../core/outgoing-headers.js';
import { randomWord } from '../core/random-ids.js';
import type { Recorder } from '../core/recorder.js';
import { newTrace, scopes, type Scope } from '../core/scope.js';
import { observeDuration } from '../core/templates.js';
import { mayKnowTenant, tenantBaggage } from '../core/tenant.js';
import { isOwnAgent } from '../export/post.js';
import { attributeKey } from '../otlp/span-writer.js';
import { type CallPlaces, callPlaces } from './call-places.js';
import type { NotedStack } from './call-site.js';
import { FailedRequests, hasMark, isWorthAnother, type SentRequest } from './failed-requests.js';
import type { Instrumentation } from './instrumentation.js';
import { OriginTemplates } from './origin-templates.js';
import { requestFailure } from './request-failure.js';
import { clientOutcome, redactedPath } from './undici.js';
import { wrap } from './wrap.js';

interface Open {
  readonly scope: Scope;
  readonly root: boolean;
  readonly s0: number;
  readonly s1: number;
  readonly startMs: number;
  readonly origin: string;
  /** How often it has been sent before. */
  readonly resends: number;
  /** Where it was sent from, for the few that are looked at. */
  readonly stack: NotedStack | undefined;
  error: unknown;
}

const keys = {
  url: attributeKey('url.full'),
  status: attributeKey('http.response.status_code'),
  errorType: attributeKey('error.type'),
  resends: attributeKey('http.request.resend_count'),
};

/**
 * Outgoing `node:http` and `node:https`, and what is built on them (axios, got, the AWS SDK, ...).
 *
 * Their channel tells of a request when its headers are out already, so one method of ClientRequest is wrapped: the one that is called when the headers
 * are about to be written. All ways to make a request go through it, whoever imported what and when.
 */
export const httpClient: Instrumentation = {
  name: 'http-client',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const origins = new OriginTemplates(recorder);
    const failed = new FailedRequests();
    const places = callPlaces(recorder, 'service');
    const undo = wrap(http.ClientRequest.prototype, '_implicitHeader', (request, args, write) => {
      try {
        // `_implicitHeader` is a method of ClientRequest's prototype alone.
        begin(request as ClientRequest);
      } catch {
        recorder.fault('http-client (request)');
      }
      return write.apply(request, args);
    });
    if (undo === undefined) throw new Error('ClientRequest has no _implicitHeader in this version of Node');
    tools.undo(undo);

    function begin(request: ClientRequest): void {
      const agent: unknown = Reflect.get(request, 'agent');
      if (isOwnAgent(agent) || request.headersSent) return;
      tools.seen(process.versions.node);
      const active = scopes.getStore();
      const scope = active ?? newTrace();
      const port = portOf(request);
      const { tenantHosts, propagators } = recorder.config;
      const origin = `${request.protocol}//${request.host}${port === undefined ? '' : `:${port}`}`;
      const startMs = nowMs();
      const open: Open = {
        scope,
        root: active === undefined,
        s0: active === undefined ? scope.s0 : randomWord(),
        s1: active === undefined ? scope.s1 : randomWord(),
        startMs,
        origin,
        resends: failed.hasAny(startMs) ? failed.resends(scope, sentRequest(request, origin), startMs) : 0,
        stack: scope.sampled ? places.look(scope, startMs) : undefined,
        error: undefined,
      };
      // A caller who brings its own traceparent (another tracer, a proxy) keeps it.
      if (!request.hasHeader('traceparent')) {
        setTraceHeaders(propagators, scope, open.s0, open.s1, (name, value) => void request.setHeader(name, value));
      }
      const baggage = propagators.includes('baggage') ? tenantBaggage(scope.shared) : undefined;
      if (baggage !== undefined && !request.hasHeader('baggage') && mayKnowTenant(request.host, tenantHosts)) {
        request.setHeader('baggage', baggage);
      }
      request.once(errorMonitor, error => {
        open.error = error;
      });
      request.once('close', () => {
        try {
          end(request, open, { recorder, origins, failed, places });
        } catch {
          recorder.fault('http-client (answer)');
        }
      });
    }
  },
};

interface Tellers {
  readonly recorder: Recorder;
  readonly origins: OriginTemplates;
  readonly failed: FailedRequests;
  readonly places: CallPlaces;
}

function end(request: ClientRequest, open: Open, { recorder, origins, failed, places }: Tellers): void {
  const endMs = nowMs();
  const response: unknown = Reflect.get(request, 'res');
  const found =
    typeof response === 'object' && response !== null && 'statusCode' in response ? response.statusCode : undefined;
  const status = typeof found === 'number' ? found : 0;
  const failure = failureOf(request, open, status, endMs);
  const template = origins.of(request.method, open.origin, request.path);
  observeDuration(template, failure === '' ? status : failure, endMs - open.startMs, clientOutcome);
  const { scope, resends } = open;
  // Outside of any trace each request is one of its own.
  if (!open.root && (failure !== '' || isWorthAnother(status) || resends > 0))
    failed.ended(scope, sentRequest(request, open.origin), failure === '' ? status : failure, resends, endMs);
  if (resends > 0) origins.retries(template).value++;
  if (!scope.sampled) return;
  const { spans } = recorder;
  const before = spans.out.length;
  try {
    const [p0, p1] = open.root ? [0, 0] : [scope.s0, scope.s1];
    const start = spans.begin(scope, open.s0, open.s1, p0, p1, template, open.startMs, endMs);
    spans.string(keys.url, open.origin + redactedPath(request.path));
    if (status !== 0) spans.integer(keys.status, status);
    if (resends > 0) spans.integer(keys.resends, resends);
    places.tell(spans, open.stack);
    const isFailed = failure !== '' || status >= 400;
    if (isFailed) spans.string(keys.errorType, failure === '' ? String(status) : failure);
    spans.end(start, isFailed ? 2 : 0, open.error instanceof Error ? open.error.message : '');
  } catch (fault) {
    spans.cancel(before);
    throw fault;
  }
  recorder.written();
}

/** '' for a request that was answered, else what went wrong. */
function failureOf(request: ClientRequest, { error, startMs }: Open, status: number, endMs: number): string {
  if (error === undefined) return status === 0 ? 'aborted' : '';
  const failure = requestFailure(error);
  return failure === 'ECONNRESET' && isEndedLate(request, endMs - startMs) ? 'timeout' : failure;
}

/** Who ends a request from its `timeout` event without a reason of its own leaves only a closed connection behind, just then. */
function isEndedLate(request: ClientRequest, durationMs: number): boolean {
  const timeoutsMs: readonly unknown[] = [Reflect.get(request, 'timeout'), request.socket?.timeout];
  return timeoutsMs.some(
    timeoutMs =>
      typeof timeoutMs === 'number' &&
      timeoutMs > 0 &&
      durationMs >= timeoutMs - 1 &&
      durationMs <= timeoutMs * 1.25 + 250,
  );
}

function sentRequest(request: ClientRequest, origin: string): SentRequest {
  const { method, path } = request;
  const mark = hasMark(method) ? (request.getHeader('idempotency-key') ?? request.getHeader('content-length')) : '';
  return { method, origin, path, mark: String(mark ?? '') };
}

/** The port, when it stands in the Host header, that is when it is not the scheme's own. */
function portOf(request: ClientRequest): string | undefined {
  const host = request.getHeader('host');
  return typeof host === 'string' ? /:(\d+)$/.exec(host)?.[1] : undefined;
}
