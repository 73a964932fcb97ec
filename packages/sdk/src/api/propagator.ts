import {
  type Context,
  createTraceState,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { foreignParent } from '../core/foreign-parent.js';
import { tenantBaggage } from '../core/tenant.js';
import { isTraceParent } from '../core/trace-parent.js';
import { scopeOf } from './span-context.js';

const longestBaggageChars = 8192;
const maxBaggageMembers = 64;

/** W3C trace context and baggage; what it reads may also be the headers of Sentry, B3 and Datadog. */
export const w3c: TextMapPropagator = {
  inject<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
    const span = trace.getSpanContext(context);
    if (span !== undefined && trace.isSpanContextValid(span)) {
      const flags = (span.traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01';
      setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-${flags}`);
      const state = span.traceState?.serialize() ?? '';
      if (state !== '') setter.set(carrier, 'tracestate', state);
    }
    const header = baggageOf(context);
    if (header !== '') setter.set(carrier, 'baggage', header);
  },

  extract<Carrier>(context: Context, carrier: Carrier, getter: TextMapGetter<Carrier>): Context {
    let extracted = context;
    const own = first(getter.get(carrier, 'traceparent'));
    const parent =
      own !== undefined && isTraceParent(own) ? own : foreignParent(name => first(getter.get(carrier, name)));
    if (parent !== undefined) {
      const state = first(getter.get(carrier, 'tracestate'));
      extracted = trace.setSpanContext(extracted, {
        traceId: parent.slice(3, 35),
        spanId: parent.slice(36, 52),
        traceFlags: Number.parseInt(parent.slice(53, 55), 16) & 1,
        isRemote: true,
        ...(state === undefined ? {} : { traceState: createTraceState(state) }),
      });
    }
    const baggage = first(getter.get(carrier, 'baggage'));
    return baggage === undefined ? extracted : propagation.setBaggage(extracted, parseBaggage(baggage));
  },

  fields: () => ['traceparent', 'tracestate', 'baggage'],
};

/** The tenant first: it must arrive; then what the application put in, as much of it as fits. */
function baggageOf(context: Context): string {
  const entries = propagation.getBaggage(context)?.getAllEntries() ?? [];
  const scope = scopeOf(context);
  const tenant = scope === undefined ? undefined : tenantBaggage(scope.shared);
  const members = entries.map(([key, { value }]) => `${key}=${encodeURIComponent(value)}`);
  if (tenant !== undefined && !entries.some(([key]) => key === 'tenant.id')) members.unshift(...tenant.split(','));
  let header = '';
  for (const member of members.slice(0, maxBaggageMembers)) {
    const longer = header === '' ? member : `${header},${member}`;
    if (longer.length <= longestBaggageChars) header = longer;
  }
  return header;
}

function first(value: undefined | string | string[]): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** https://www.w3.org/TR/baggage/: at most 64 members and 8,192 characters; what cannot be read is passed over. */
function parseBaggage(header: string): ReturnType<typeof propagation.createBaggage> {
  const entries: Record<string, { value: string }> = {};
  for (const member of header.slice(0, longestBaggageChars).split(',').slice(0, maxBaggageMembers)) {
    const [pair = ''] = member.split(';');
    const at = pair.indexOf('=');
    if (at < 1) continue;
    try {
      entries[pair.slice(0, at).trim()] = { value: decodeURIComponent(pair.slice(at + 1).trim()) };
    } catch {
      continue;
    }
  }
  return propagation.createBaggage(entries);
}
