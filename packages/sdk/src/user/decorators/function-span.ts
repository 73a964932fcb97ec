import {
  context as contextApi,
  type Attributes,
  type Context,
  type Link,
  type SpanStatus,
  trace,
} from '@opentelemetry/api';
import { RequestSpan } from '../../api/request-span.js';
import { setStatus } from '../../api/span-editor.js';
import { activeRecorder } from '../../core/active-recorder.js';
import { nowMs } from '../../core/clock.js';
import type { Recorder } from '../../core/recorder.js';
import { childOf, newTrace, type Scope, scopes } from '../../core/scope.js';
import { addEvent, errorType, exceptionAttributes, type SpanDetail, type SpanEvent } from '../../core/span-detail.js';
import { observeDuration, type Template } from '../../core/templates.js';
import { attributeKey } from '../../otlp/span-writer.js';
import { followResult } from './follow-result.js';

/** Any function, with its `this` and its parameters left as they are. */
export type AnyFunction = (this: never, ...args: never[]) => unknown;

/** What is recorded of each call of a function: a span, and its duration in a histogram whose counts are the calls and failures. */
export interface FunctionSpan {
  readonly name: string;
  /** As on the wire: see `spanKind`. */
  readonly kind: number;
  readonly attributes: Attributes;
  /** The histogram of its durations in seconds. */
  readonly metric: { readonly name: string; readonly description: string };
  readonly metricAttributes: Attributes;
  /** Tells results apart that are no failures, such as a cache's hit and miss; one of a few words. */
  readonly resultOf?: (result: unknown) => string;
  /** The metric's attribute for what `resultOf` said; failures have `error.type`. */
  readonly resultAttribute?: string;
  /** The last argument is a callback of Node's kind, and the call is over when that is called. */
  readonly endsByCallback?: boolean;
  /** The external service that the calls count for; inner calls of it that are seen by themselves do not count again. */
  readonly service?: string;
  /** Whether a call, given the active scope, is counted already by what surrounds it. Then the function is only called. */
  readonly isCounted?: (args: readonly unknown[], active: Scope | undefined) => boolean;
  /** The parent, from what the function is called with; the active span when there is none. */
  readonly contextOf?: (args: readonly unknown[]) => Context | undefined;
}

interface Made {
  readonly recorder: Recorder;
  readonly plan: FunctionSpan;
  readonly template: Template;
  /** The attributes of a series, from an outcome as `#write` words it. */
  readonly outcomeAttributes: (outcome: string | number) => Attributes;
}

/**
 * A stand-in for `fn` that records its calls, and calls nothing but `fn` while the SDK is off. It is a proxy: name, length, properties, prototype and
 * metadata are `fn`'s own. `plan` is asked at the first call, with the function's name; for a method, whose place in its class is `key`, with the
 * class before it.
 */
export function inSpan<F extends AnyFunction>(fn: F, plan: (name: string) => FunctionSpan, key?: string | symbol): F {
  let made: Made | undefined;
  const proxy: F = new Proxy(fn, {
    apply(target, self: unknown, args: unknown[]) {
      const recorder = activeRecorder();
      if (recorder === undefined) return Reflect.apply(target, self, args);
      let call: FunctionCall | undefined;
      let context: Context | undefined;
      try {
        if (made?.recorder !== recorder) {
          const planned = plan(key === undefined ? fn.name : methodName(self, key, proxy));
          made = makeFor(recorder, planned);
        }
        if (made.plan.isCounted?.(args, scopes.getStore()) === true) return Reflect.apply(target, self, args);
        context = made.plan.contextOf?.(args);
        if (context === undefined) call = new FunctionCall(made, scopes.getStore());
      } catch {
        recorder.fault('traced');
        return Reflect.apply(target, self, args);
      }
      if (call !== undefined) return call.run(target, self, args);
      const known = made;
      return contextApi.with(context ?? contextApi.active(), () =>
        new FunctionCall(known, scopes.getStore()).run(target, self, args),
      );
    },
    // Metadata that decorators such as NestJS' keep by function is looked up along prototypes, so `fn` is one.
    getPrototypeOf: () => fn,
  });
  return proxy;
}

const errorTypeKey = attributeKey('error.type');

/** One call of such a function; users add to its span through it. */
class FunctionCall implements SpanDetail {
  name: string | undefined = undefined;
  status: SpanStatus | undefined = undefined;
  attributes: Attributes | undefined = undefined;
  events: SpanEvent[] | undefined = undefined;
  links: Link[] | undefined = undefined;
  droppedAttributes = 0;
  droppedEvents = 0;
  droppedLinks = 0;
  readonly declaredService: string | undefined;

  readonly #made: Made;
  readonly #scope: Scope;
  readonly #parent: Scope | undefined;
  readonly #startMs = nowMs();
  #ended = false;

  constructor(made: Made, parent: Scope | undefined) {
    this.#made = made;
    this.#parent = parent;
    this.declaredService = made.plan.service ?? parent?.detail?.declaredService;
    this.#scope = parent === undefined ? newTrace(this) : childOf(parent, this);
    // What else is in a context that somebody uses (baggage, values) is to be found inside of the function too.
    if (parent?.context !== undefined)
      this.#scope.context = trace.setSpan(parent.context, new RequestSpan(this.#scope, this));
  }

  run(fn: AnyFunction, self: unknown, args: readonly unknown[]): unknown {
    const callback: unknown = this.#made.plan.endsByCallback === true ? args.at(-1) : undefined;
    const isOverLater = typeof callback === 'function';
    const passed = isOverLater ? [...args.slice(0, -1), this.#ending(callback)] : args;
    let result: unknown;
    try {
      result = scopes.run(this.#scope, Reflect.apply, fn, self, passed);
    } catch (error) {
      this.#end(true, error);
      throw error;
    }
    if (isOverLater) return result;
    if (typeof result !== 'object' || result === null) {
      this.#end(false, result);
      return result;
    }
    return followResult(result, this.#scope, (failed, value) => this.#end(failed, value));
  }

  /** The caller's callback, which first ends the span; what the caller does in it belongs to the caller's span. */
  #ending(callback: object): unknown {
    return new Proxy(callback, {
      apply: (target, self: unknown, args: unknown[]) => {
        const [error, value] = args;
        const failed = error !== undefined && error !== null;
        this.#end(failed, failed ? error : value);
        // The proxy stands for a function; its caller is the one who says that it is.
        return scopes.run(this.#parent, Reflect.apply, target as AnyFunction, self, args);
      },
    });
  }

  #end(failed: boolean, value: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const { recorder } = this.#made;
    const before = recorder.spans.out.length;
    try {
      this.#write(failed, value);
    } catch {
      recorder.spans.cancel(Math.min(before, recorder.spans.out.length));
      recorder.fault('traced (end)');
      return;
    }
    recorder.written();
  }

  #write(failed: boolean, value: unknown): void {
    const { recorder, plan, template, outcomeAttributes } = this.#made;
    const endMs = nowMs();
    const failure = failed ? errorType(value) : '';
    const outcome = failed ? `${failedPrefix}${failure}` : (plan.resultOf?.(value) ?? '');
    observeDuration(template, outcome, endMs - this.#startMs, outcomeAttributes);
    const scope = this.#scope;
    if (!scope.sampled) return;
    if (failed) {
      const attributes = exceptionAttributes(value);
      addEvent(this, { name: 'exception', atMs: endMs, attributes });
      setStatus(this, { code: 2, message: String(attributes['exception.message']) });
    }
    const { spans } = recorder;
    const parent = this.#parent;
    const mark = spans.begin(
      scope,
      scope.s0,
      scope.s1,
      parent?.s0 ?? 0,
      parent?.s1 ?? 0,
      template,
      this.#startMs,
      endMs,
    );
    if (failed) spans.string(errorTypeKey, failure);
    else if (plan.resultAttribute !== undefined) spans.attribute(plan.resultAttribute, outcome);
    spans.detail(this);
    spans.end(mark, this.status?.code ?? 0, this.status?.message ?? '');
  }
}

/** Keeps an error's class apart from a result of the same name. */
const failedPrefix = 'error:';

function makeFor(recorder: Recorder, plan: FunctionSpan): Made {
  const { resultAttribute } = plan;
  return {
    recorder,
    plan,
    template: templateOf(recorder, plan),
    outcomeAttributes(outcome) {
      const text = String(outcome);
      const failed = text.startsWith(failedPrefix);
      return {
        ...(resultAttribute === undefined ? {} : { [resultAttribute]: failed ? 'error' : text }),
        ...(failed ? { 'error.type': text.slice(failedPrefix.length) } : {}),
      };
    },
  };
}

const templatesByRecorder = new WeakMap<Recorder, Map<string, Template>>();

/** Functions that are wrapped again and again (in a request handler, say) share what is kept by name. */
function templateOf(recorder: Recorder, plan: FunctionSpan): Template {
  let known = templatesByRecorder.get(recorder);
  if (known === undefined) {
    known = new Map();
    templatesByRecorder.set(recorder, known);
  }
  const { name, kind, attributes, metricAttributes } = plan;
  const key = JSON.stringify([name, kind, plan.metric.name, attributes, metricAttributes]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const metric = recorder.metrics.metric({ ...plan.metric, unit: 's', kind: 'histogram', scope: '@bellwether/node' });
  const { full } = recorder.templates;
  const made = recorder.templates.create(
    { name, kind, attributes, metric, metricAttributes },
    { name: plan.metric.name, kind, attributes: {}, metric, metricAttributes: {} },
  );
  if (!full) known.set(key, made);
  return made;
}

/** `Class.method`: the class is the one that has the method, not a subclass that inherits it. */
function methodName(self: unknown, key: string | symbol, method: unknown): string {
  const name = typeof key === 'symbol' ? (key.description ?? 'method') : key;
  for (let at: unknown = self; isObject(at); at = Object.getPrototypeOf(at)) {
    if (Object.getOwnPropertyDescriptor(at, key)?.value !== method) continue;
    const owner: unknown = typeof at === 'function' ? at : Reflect.get(at, 'constructor');
    return typeof owner === 'function' && owner.name !== '' ? `${owner.name}.${name}` : name;
  }
  return name;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
