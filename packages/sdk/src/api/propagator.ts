import {
  type Context,
  createTraceState,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { foreignParent } from '../core/foreign-parent.js';
import { type Propagator, setTraceHeaders } from '../core/outgoing-headers.js';
import { noShared, Scope } from '../core/scope.js';
import { tenantBaggage } from '../core/tenant.js';
import { isTraceParent } from '../core/trace-parent.js';
import { scopeOf } from './span-context.js';

const longestBaggageChars = 8192;
const maxBaggageMembers = 64;

/** Tells who is called of the trace in the ways that are wanted; what is read may be W3C or the headers of Sentry, B3 and Datadog, whatever is wanted. */
export function propagatorOf(wanted: readonly Propagator[]): TextMapPropagator {
  return {
    inject<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
      const scope = scopeOf(context);
      if (scope?.hasSpan === true)
        setTraceHeaders(wanted, scope, scope.s0, scope.s1, (name, value) => setter.set(carrier, name, value));
      const header = wanted.includes('baggage') ? baggageOf(context) : '';
      if (header !== '') setter.set(carrier, 'baggage', header);
    },
    extract,
    fields: () => {
      const names: string[] = wanted.includes('baggage') ? ['baggage'] : [];
      setTraceHeaders(wanted, anyScope, 1, 1, name => void names.push(name));
      return names;
    },
  };
}

/** For the names of the headers. */
const anyScope = new Scope(1, 1, 1, 1, 1, 1, true, noShared(), undefined, 'a=1');

function extract<Carrier>(context: Context, carrier: Carrier, getter: TextMapGetter<Carrier>): Context {
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
}

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
