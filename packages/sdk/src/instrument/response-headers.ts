import type { ServerResponse } from 'node:http';
import { http } from '../core/node-modules.js';
import type { ResponseHeader } from '../config/request-settings.js';
import { nowMs } from '../core/clock.js';
import type { Scope } from '../core/scope.js';
import { traceParent } from '../core/trace-parent.js';
import type { Tools } from './instrumentation.js';
import { requestOf } from './server-request.js';
import { wrap } from './wrap.js';

/**
 * The headers that are known when a request begins. `Server-Timing` names the trace to the browser (https://w3c.github.io/server-timing/), the others are for people
 * and gateways; the request id is the caller's, or the trace id.
 */
export function headersAtStart(
  wanted: readonly ResponseHeader[],
): ((response: ServerResponse, scope: Scope) => void) | undefined {
  const [timing, traceId, requestId] = (['server-timing', 'x-trace-id', 'x-request-id'] as const).map(name =>
    wanted.includes(name),
  );
  if (timing !== true && traceId !== true && requestId !== true) return undefined;
  return (response, scope) => {
    if (timing === true)
      response.setHeader('Server-Timing', `traceparent;desc="${traceParent(scope, scope.s0, scope.s1)}"`);
    if (traceId === true) response.setHeader('X-Trace-Id', scope.traceId);
    if (requestId === true) response.setHeader('X-Request-Id', scope.shared.requestId ?? scope.traceId);
  };
}

/**
 * `X-Response-Time: 0.123s` and `X-Process-Time: 0.123`, the time until the head of the answer is written. That is the last moment at which a header can be added,
 * and only a method of Node's tells of it; it is wrapped when one of the two is wanted.
 */
export function headersAtHead(tools: Tools, wanted: readonly ResponseHeader[]): void {
  const response = wanted.includes('x-response-time');
  const process = wanted.includes('x-process-time');
  if (!response && !process) return;
  const undo = wrap(http.ServerResponse.prototype, 'writeHead', (answer, args, writeHead) => {
    try {
      // `writeHead` is a method of ServerResponse's prototype.
      add(answer as ServerResponse);
    } catch {
      tools.recorder.fault('http-server (headers)');
    }
    return writeHead.apply(answer, args);
  });
  if (undo !== undefined) tools.undo(undo);

  function add(answer: ServerResponse): void {
    const entry = requestOf(answer.req);
    if (entry === undefined || answer.headersSent) return;
    const seconds = ((nowMs() - entry.startMs) / 1000).toFixed(3);
    if (response) answer.setHeader('X-Response-Time', `${seconds}s`);
    if (process) answer.setHeader('X-Process-Time', seconds);
  }
}
