import type { TraceAPI, TracerProvider } from '@opentelemetry/api';
import Module from 'node:module';

interface Proxy {
  setDelegate(provider: TracerProvider): void;
}

/** Where all copies of `@opentelemetry/api`, of whatever version, keep what is registered. */
const key = Symbol.for('opentelemetry.js.api.1');

/** Newer than every version that will be. */
const anyVersion = '1.999.0';

/** What is registered, such as `trace` and `context`, and the version of the copy that registered first. */
type Registry = Record<string, unknown>;

function registered(): Registry | undefined {
  const found: unknown = Reflect.get(globalThis, key);
  // An object of theirs whose members we only move.
  return typeof found === 'object' && found !== null ? (found as Registry) : undefined;
}

/**
 * Has `register` put our providers where the application's copy of `@opentelemetry/api` finds them. Our own copy is in our bundle, and copies do not trust each other: one registers
 * only beside its exact version, and uses only what its own version or a newer one registered. What we register are interfaces of version 1, which all of them
 * know, so we register as if we were alone and say afterwards that we are newer than all. Lost by that is `diag.setLogger`, which wants exactly its own version.
 *
 * `register` is told which kinds another SDK has taken before; they stay with it.
 */
export function registerForAllCopies(register: (isTaken: (kind: string) => boolean) => void): void {
  const others = registered() ?? {};
  Reflect.deleteProperty(globalThis, key);
  try {
    register(kind => Object.hasOwn(others, kind));
  } finally {
    Reflect.set(globalThis, key, { ...registered(), ...others, version: anyVersion });
  }
}

/**
 * Hands `provider` to tracers that the application got before we started: each copy has a proxy whose tracers begin to work once it has a delegate. To be called before
 * the global provider is set.
 */
export function delegateLoadedCopies(provider: TracerProvider): void {
  // Node's cache of CommonJS modules, by file; it is not in the types.
  const cache: unknown = Reflect.get(Module, '_cache');
  if (typeof cache !== 'object' || cache === null) return;
  for (const file of Object.keys(cache)) {
    if (!/[\\/]@opentelemetry[\\/]api[\\/]build[\\/]src[\\/]index\.js$/.test(file)) continue;
    const exports: unknown = Reflect.get(Object(Reflect.get(cache, file)), 'exports');
    const trace: unknown = Reflect.get(Object(exports), 'trace');
    const proxy: unknown = isTraceApi(trace) ? trace.getTracerProvider() : undefined;
    if (isProxy(proxy)) proxy.setDelegate(provider);
  }
}

function isTraceApi(value: unknown): value is TraceAPI {
  return typeof value === 'object' && value !== null && 'getTracerProvider' in value;
}

function isProxy(value: unknown): value is Proxy {
  return typeof value === 'object' && value !== null && 'setDelegate' in value;
}
