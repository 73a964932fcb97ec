import { type Attributes, type Context, SpanKind } from '@opentelemetry/api';
import { type FunctionDecorator, functionDecorator } from './decorators/function-decorator.js';
import { type AnyFunction, type FunctionSpan, inSpan } from './decorators/function-span.js';

export interface TracedOptions {
  /** The span's name; `module.function` unless told otherwise. */
  readonly name?: string;
  /** Stands before the function's name. */
  readonly module?: string;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /**
   * The parent, such as what `extract` returned, or a function that finds it in the arguments of a call; the active span unless told otherwise.
   */
  readonly context?: Context | ((...args: readonly never[]) => Context | undefined);
  /** The function's last argument is a callback `(error, value)`, and the call is over when that is called. */
  readonly callback?: boolean;
}

/**
 * Makes a function that does the same as `fn`, in a span of its own. It takes and returns what `fn` does (a promise, a generator, a stream are followed to
 * their end), rethrows errors unchanged after noting them on the span, and while the SDK is off it only calls `fn`.
 *
 * Without a function it is a decorator of methods, with and without `experimentalDecorators`.
 *
 * ```ts
 * const settle = traced(async function settle(order: Order) { … }, { module: 'payments' });
 * const renew = traced('subscription.renew', async (id: string) => { … });
 * class Stories { @traced() async create(title: string) { … } }
 * ```
 */
export function traced<F extends AnyFunction>(fn: F, options?: TracedOptions): F;
export function traced<F extends AnyFunction>(name: string, fn: F, options?: TracedOptions): F;
export function traced(name: string, options?: TracedOptions): FunctionDecorator;
export function traced(options?: TracedOptions): FunctionDecorator;
export function traced(
  first?: AnyFunction | string | TracedOptions,
  second?: AnyFunction | TracedOptions,
  third?: TracedOptions,
): AnyFunction | FunctionDecorator {
  const fn = [first, second].find(value => typeof value === 'function');
  const options = [first, second, third].find(value => typeof value === 'object') ?? {};
  const plan = tracedPlan(typeof first === 'string' ? { ...options, name: first } : options);
  return fn === undefined ? functionDecorator(plan) : inSpan(fn, plan);
}

/** What `traced` records, by the name of the function. */
export function tracedPlan(options: TracedOptions): (fn: string) => FunctionSpan {
  const { name, module, kind, attributes, context, callback = false } = options;
  return fn => {
    const qualified = module === undefined ? fn || 'anonymous' : `${module}.${fn || 'anonymous'}`;
    const spanName = name ?? qualified;
    const code = fn === '' ? spanName : qualified;
    return {
      name: spanName,
      kind: (kind ?? SpanKind.INTERNAL) + 1,
      attributes: { 'code.function.name': code, ...attributes },
      metric: { name: 'function.duration', description: 'Time of traced functions, until what they return is over' },
      metricAttributes: {
        'code.function.name': code,
        ...(spanName === code ? {} : { 'bellwether.operation': spanName }),
      },
      endsByCallback: callback,
      ...(context === undefined ? {} : { contextOf: contextFinder(context) }),
    };
  };
}

/** How the parent is found when a function is called. */
export function contextFinder(
  context: NonNullable<TracedOptions['context']>,
): (args: readonly unknown[]) => Context | undefined {
  if (typeof context !== 'function') return () => context;
  return args => {
    // The user's own function, with the arguments of the call that it is declared for.
    const found: unknown = Reflect.apply(context, undefined, args);
    return isContext(found) ? found : undefined;
  };
}

function isContext(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && 'getValue' in value && 'setValue' in value;
}
