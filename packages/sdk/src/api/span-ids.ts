import { createTraceState, type SpanContext, TraceFlags } from '@opentelemetry/api';
import type { Scope } from '../core/scope.js';

/** A scope's ids as OpenTelemetry writes them. */
export function spanContextOf(scope: Scope): SpanContext {
  const { traceId, spanId, isHandedOnSampled, traceState } = scope;
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: isHandedOnSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  };
  return traceState === '' ? context : { ...context, traceState: createTraceState(traceState) };
}
