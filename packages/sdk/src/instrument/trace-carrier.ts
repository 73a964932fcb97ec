import { hexWord } from '../core/random-ids.js';
import { noShared, type Scope, type Shared } from '../core/scope.js';
import type { SpanDetail } from '../core/span-detail.js';
import { tenantBaggage, tenantFromBaggage } from '../core/tenant.js';
import { continueTrace, isTraceParent, traceParent } from '../core/trace-parent.js';
import { memberOf } from '../errors/member-of.js';

/** The headers by which a message hands its trace and tenant on: `traceparent`, `tracestate`, `baggage`. */
export type TraceCarrier = Readonly<Record<string, string>>;

/** What names the span of `scope` as the parent of what comes of a message; undefined for work without a trace. */
export function carrierOf(scope: Scope): TraceCarrier | undefined {
  if (!scope.hasSpan) return undefined;
  const baggage = tenantBaggage(scope.shared);
  return {
    traceparent: traceParent(scope, scope.s0, scope.s1),
    ...(scope.traceState === '' ? {} : { tracestate: scope.traceState }),
    ...(baggage === undefined ? {} : { baggage }),
  };
}

/** A new span, and the span that it is a child of. */
export interface ContinuedTrace {
  readonly scope: Scope;
  readonly parent0: number;
  readonly parent1: number;
}

/** A new span in the trace that `carrier` names, with its tenant; undefined when it names none. Values may be bytes, as brokers give them. */
export function continueCarrier(carrier: unknown, detail: SpanDetail): ContinuedTrace | undefined {
  const parent = textOf(memberOf(carrier, 'traceparent'));
  if (parent === undefined || !isTraceParent(parent)) return undefined;
  const shared: Shared = noShared();
  const baggage = textOf(memberOf(carrier, 'baggage'));
  if (baggage !== undefined) tenantFromBaggage(shared, baggage);
  const state = textOf(memberOf(carrier, 'tracestate'))?.slice(0, 512) ?? '';
  const scope = continueTrace(parent, state, shared, detail);
  return { scope, parent0: hexWord(parent, 36), parent1: hexWord(parent, 44) };
}

/** The carrier that is kept as JSON in one text. */
export function parseCarrier(json: unknown): unknown {
  if (typeof json !== 'string' || json.length > 10_000 || !json.startsWith('{')) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array && value.length <= 8192 ? Buffer.from(value).toString('latin1') : undefined;
}
