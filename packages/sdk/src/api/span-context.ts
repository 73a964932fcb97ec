import { type Context, ROOT_CONTEXT, type SpanContext, trace, TraceFlags } from '@opentelemetry/api';
import { hexWord } from '../core/random-ids.js';
import { childOf, newTrace, noShared, Scope, scopes, type Shared } from '../core/scope.js';
import type { SpanDetail } from '../core/span-detail.js';
import { ApiSpan } from './api-span.js';
import { RequestSpan } from './request-span.js';
import { spanContextOf } from './span-ids.js';

/** The OpenTelemetry view of a scope. */
export function contextOf(scope: Scope): Context {
  if (!scope.hasSpan) return (scope.context ??= ROOT_CONTEXT);
  scope.context ??= trace.setSpan(
    ROOT_CONTEXT,
    scope.detail === undefined ? trace.wrapSpanContext(spanContextOf(scope)) : new RequestSpan(scope, scope.detail),
  );
  return scope.context;
}

/** The scope that an OpenTelemetry context stands for; undefined when no span is in it. */
export function scopeOf(context: Context): Scope | undefined {
  const active = scopes.getStore();
  if (active?.context === context) return active.hasSpan ? active : undefined;
  const span = trace.getSpan(context);
  if (span === undefined) return undefined;
  if (span instanceof ApiSpan || span instanceof RequestSpan) return span.scope;
  const foreign = span.spanContext();
  if (!trace.isSpanContextValid(foreign)) return undefined;
  return scopeOfSpanContext(foreign, noShared(), undefined);
}

function scopeOfSpanContext(context: SpanContext, shared: Shared, detail: SpanDetail | undefined): Scope {
  const { traceId, spanId, traceFlags, traceState } = context;
  return new Scope(
    hexWord(traceId, 0),
    hexWord(traceId, 8),
    hexWord(traceId, 16),
    hexWord(traceId, 24),
    hexWord(spanId, 0),
    hexWord(spanId, 8),
    (traceFlags & TraceFlags.SAMPLED) !== 0,
    shared,
    detail,
    traceState?.serialize() ?? '',
  );
}

/** A new span's scope under `parent`, or in a new trace. */
export function scopeUnder(parent: Scope | undefined, detail: SpanDetail): Scope {
  return parent === undefined ? newTrace(detail, factsOf(scopes.getStore())) : childOf(parent, detail);
}

/** What a scope without a span says about the work in it; nothing for one that has a span, since what begins a trace anew is work of its own. */
export function factsOf(scope: Scope | undefined): Shared {
  return scope === undefined || scope.hasSpan ? noShared() : scope.shared;
}
