import Module from 'node:module';
import type { TraceAPI, TracerProvider } from '@opentelemetry/api';

interface Proxy {
  setDelegate(provider: TracerProvider): void;
}

/**
 * Hands `provider` to tracers that the application got before we started. They belong to its own copy of `@opentelemetry/api`, which knows nothing of the copy in
 * our bundle: each has a proxy whose tracers begin to work once it has a delegate. To be called before the global provider is set; when another SDK has set its
 * own, nothing is changed.
 */
export function delegateLoadedCopies(provider: TracerProvider): void {
  // Where all copies of the package, of whatever version, keep what is registered.
  const registered: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'));
  if (Reflect.has(Object(registered), 'trace')) return;
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
