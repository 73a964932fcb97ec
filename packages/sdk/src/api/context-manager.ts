import { type Context, type ContextManager, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { newTrace, Scope, scopes } from '../core/scope.js';
import { setTenantOf } from '../core/tenant.js';
import { contextOf, factsOf, scopeOf } from './span-context.js';

/** Whether nothing is in a context: the `ROOT_CONTEXT` of whichever copy of `@opentelemetry/api` made it (we carry one of our own). */
function isEmpty(context: Context): boolean {
  if (context === ROOT_CONTEXT) return true;
  // Where all copies of the package keep the values; should that change, the root of another copy is a context like any other.
  const values: unknown = Reflect.get(context, '_currentContext');
  return values instanceof Map && values.size === 0;
}

/** OpenTelemetry's context on the SDK's one AsyncLocalStorage. */
export class ScopeContextManager implements ContextManager {
  active(): Context {
    const scope = scopes.getStore();
    return scope === undefined ? ROOT_CONTEXT : contextOf(scope);
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return scopes.run(this.#scopeFor(context), () => Reflect.apply(fn, thisArg, args));
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target;
    const run = (self: unknown, args: unknown[]): unknown =>
      scopes.run(this.#scopeFor(context), () => Reflect.apply(target, self, args));
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return run(this, args);
    };
    // A function with the same parameters and result as `target`.
    return bound as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }

  #scopeFor(context: Context): Scope | undefined {
    const active = scopes.getStore();
    if (active?.context === context) return active;
    if (isEmpty(context)) return undefined;
    const known = scopeOf(context);
    const begun = known ?? newTrace(undefined, factsOf(active));
    const { t0, t1, t2, t3, s0, s1, sampled, detail, traceState } = begun;
    // A part of the span's work that has facts of its own keeps them in contexts made within it.
    const isSameSpan = known?.s0 === active?.s0 && known?.s1 === active?.s1;
    const { shared } = known !== undefined && isSameSpan && active !== undefined ? active : begun;
    // A context without a span: its spans share a trace and have no parent.
    const [spanHigh, spanLow] = known === undefined ? [0, 0] : [s0, s1];
    const scope = new Scope(t0, t1, t2, t3, spanHigh, spanLow, sampled, shared, detail, traceState);
    scope.context = context;
    if (shared.tenantId === undefined) {
      const baggage = propagation.getBaggage(context);
      const tenant = baggage?.getEntry('tenant.id')?.value;
      if (tenant !== undefined) setTenantOf(shared, tenant, baggage?.getEntry('tenant.plan')?.value);
    }
    return scope;
  }
}
