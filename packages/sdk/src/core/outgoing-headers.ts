import { wordHex } from './random-ids.js';
import type { Scope } from './scope.js';
import { traceParent } from './trace-parent.js';

/** Ways in which a trace is told to who is called, by OpenTelemetry's names (`OTEL_PROPAGATORS`) and two that it has none for. */
export const propagators = ['tracecontext', 'baggage', 'b3', 'b3multi', 'datadog', 'sentry'] as const;
export type Propagator = (typeof propagators)[number];

/** Calls `set` with each header that tells who is called of the span `(s0, s1)` in the trace of `scope`. Baggage is not among them: it depends on who is called. */
export function setTraceHeaders(
  wanted: readonly Propagator[],
  scope: Scope,
  s0: number,
  s1: number,
  set: (name: string, value: string) => void,
): void {
  for (const propagator of wanted) {
    switch (propagator) {
      case 'tracecontext':
        set('traceparent', traceParent(scope, s0, s1));
        if (scope.traceState !== '') set('tracestate', scope.traceState);
        break;
      case 'b3':
        set('b3', `${scope.traceId}-${wordHex(s0)}${wordHex(s1)}-${flag(scope)}`);
        break;
      case 'b3multi':
        set('x-b3-traceid', scope.traceId);
        set('x-b3-spanid', wordHex(s0) + wordHex(s1));
        set('x-b3-sampled', flag(scope));
        break;
      case 'datadog':
        // Its ids have 64 bits and are decimal; the high half of ours stands in its tags.
        set('x-datadog-trace-id', decimal(scope.t2, scope.t3));
        set('x-datadog-parent-id', decimal(s0, s1));
        set('x-datadog-sampling-priority', flag(scope));
        set('x-datadog-tags', `_dd.p.tid=${wordHex(scope.t0)}${wordHex(scope.t1)}`);
        break;
      case 'sentry':
        set('sentry-trace', `${scope.traceId}-${wordHex(s0)}${wordHex(s1)}-${flag(scope)}`);
        break;
      case 'baggage':
    }
  }
}

function flag(scope: Scope): string {
  return scope.isHandedOnSampled ? '1' : '0';
}

function decimal(high: number, low: number): string {
  return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString();
}

/** `tracecontext,b3`, or `none`; what is not known is named in `problems`. */
export function readPropagators(names: readonly string[], problems: string[]): readonly Propagator[] {
  if (names.length === 0) return ['tracecontext', 'baggage'];
  const known: Propagator[] = [];
  for (const name of names) {
    const found = propagators.find(propagator => propagator === name.toLowerCase());
    if (found !== undefined) known.push(found);
    else if (name !== 'none')
      problems.push(`OTEL_PROPAGATORS knows ${propagators.join(', ')} and none; "${name.slice(0, 50)}" was left out`);
  }
  return known;
}
