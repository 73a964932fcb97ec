import {
  context as contextApi,
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { errorType } from '../core/span-detail.js';

export interface TracedOptions {
  /** The span's name; `module.function` unless told otherwise. */
  readonly name?: string;
  /** Stands before the function's name. */
  readonly module?: string;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** The parent, such as what `extract` returned; the active span unless told otherwise. */
  readonly context?: Context;
}

type AnyFunction = (this: never, ...args: never[]) => unknown;

/**
 * Makes a function that does the same as `fn`, in a span of its own. It takes and returns what `fn` does, synchronously or by promise, rethrows errors
 * unchanged after noting them on the span, and while the SDK is off it only calls `fn`.
 *
 * ```ts
 * const settle = traced(async function settle(order: Order) { … }, { module: 'payments' });
 * const renew = traced('subscription.renew', async (id: string) => { … });
 * ```
 */
export function traced<F extends AnyFunction>(fn: F, options?: TracedOptions): F;
export function traced<F extends AnyFunction>(name: string, fn: F, options?: TracedOptions): F;
export function traced<F extends AnyFunction>(first: F | string, second?: F | TracedOptions, third?: TracedOptions): F {
  // The two overloads: a name and a function, or a function.
  const fn = (typeof first === 'string' ? second : first) as F;
  const given = (typeof first === 'string' ? { ...third, name: first } : second) as TracedOptions | undefined;
  const options = given ?? {};
  const functionName = fn.name === '' ? 'anonymous' : fn.name;
  const qualified = options.module === undefined ? functionName : `${options.module}.${functionName}`;
  const name = options.name ?? qualified;
  const attributes: Attributes = { 'code.function.name': fn.name === '' ? name : qualified, ...options.attributes };

  const call = function (this: unknown, ...args: unknown[]): unknown {
    const tracer = trace.getTracer('@bellwether/node');
    const parent = options.context ?? contextApi.active();
    const span = tracer.startSpan(name, { kind: options.kind ?? SpanKind.INTERNAL, attributes }, parent);
    let result: unknown;
    try {
      // `fn` with its own `this` and arguments.
      result = contextApi.with(trace.setSpan(parent, span), () => Reflect.apply(fn, this, args));
    } catch (error) {
      fail(span, error);
      throw error;
    }
    if (isThenable(result)) {
      return result.then(
        value => {
          span.end();
          return value;
        },
        (error: unknown) => {
          fail(span, error);
          throw error;
        },
      );
    }
    span.end();
    return result;
  };
  Object.defineProperty(call, 'name', { value: fn.name, configurable: true });
  Object.defineProperty(call, 'length', { value: fn.length, configurable: true });
  // It takes `fn`'s parameters and returns its result.
  return call as unknown as F;
}

function isThenable(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function fail(span: Span, error: unknown): void {
  span.recordException(error instanceof Error ? error : String(error));
  span.setAttribute('error.type', errorType(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
  span.end();
}
