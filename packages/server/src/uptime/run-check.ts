import { randomBytes } from 'node:crypto';
import type { CheckDefinition, CheckRun } from '@bellwether/model';
import type { Reach } from './resolve-target.js';
import { runDns } from './run-dns.js';
import { RunFailed, type RunFacts, networkFailure } from './run-failed.js';
import { type RunContext, runHttp } from './run-http.js';
import { runTcp } from './run-tcp.js';
import { runTls } from './run-tls.js';

/** Checks that call somebody; a heartbeat waits to be called. */
export type CallingCheck = Exclude<CheckDefinition, { kind: 'heartbeat' }>;

/** A run, and the span that it is the trace's root of. */
export type FinishedRun = CheckRun & { readonly spanId: string };

export interface RunDeps {
  readonly reach: Reach;
  readonly now: () => number;
  /** Certificates and name servers of tests; undefined: the system's. */
  readonly trusted?: readonly string[] | undefined;
  readonly nameServers?: readonly string[] | undefined;
}

/** Runs a check once. It never throws: a fault of ours is a failed run that says so. When `signal` aborts, the run has failed too. */
export async function runCheck(check: CallingCheck, deps: RunDeps, signal: AbortSignal): Promise<FinishedRun> {
  const { reach, now, trusted, nameServers } = deps;
  const startedMs = now();
  const startedAt = performance.now();
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  const late = AbortSignal.timeout(Math.ceil(check.timeoutSeconds * 1000));
  const context: RunContext = { reach, now, trusted, traceparent: `00-${traceId}-${spanId}-01` };
  const finished = (facts: RunFacts, failure?: RunFailed): FinishedRun => ({
    startedMs,
    isUp: failure === undefined,
    isInMaintenance: false,
    reason: failure?.reason ?? null,
    message: failure?.message.slice(0, 1000) ?? '',
    durationMs: performance.now() - startedAt,
    httpStatus: facts.httpStatus ?? null,
    certificateDays: facts.certificateDays ?? null,
    traceId,
    spanId,
  });
  try {
    const either = AbortSignal.any([signal, late]);
    return finished(await untilAborted(run(check, context, nameServers, either), either));
  } catch (error) {
    const failure = late.aborted
      ? new RunFailed('timeout', `no answer within ${check.timeoutSeconds} s`)
      : error instanceof RunFailed
        ? error
        : networkFailure(error, check.id);
    return finished(failure.found, failure);
  }
}

function run(
  check: CallingCheck,
  context: RunContext,
  nameServers: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<RunFacts> {
  switch (check.kind) {
    case 'http':
      return runHttp(check, context, signal);
    case 'tcp':
      return runTcp(check, context, signal);
    case 'dns':
      return runDns(check, { reach: context.reach, servers: nameServers }, signal);
    case 'tls':
      return runTls(check, context, signal);
  }
}

/** The system's look-up of names can not be stopped: we stop waiting for it. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
