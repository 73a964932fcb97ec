import {
  context as contextApi,
  type Context,
  type Span,
  type SpanOptions,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import type { Recorder } from '../core/recorder.js';
import { noDetail } from '../core/span-detail.js';
import type { SpanWriter } from '../otlp/span-writer.js';
import { ApiSpan } from './api-span.js';
import { scopeOf, scopeUnder } from './span-context.js';
import { addLink, monotonicMs, setAttributes } from './span-editor.js';

/** The provider behind `trace.getTracer()`. */
export function tracerProvider(recorder: Recorder): TracerProvider {
  const tracers = new Map<string, Tracer>();
  return {
    getTracer(name, version) {
      const scope = version === undefined || version === '' ? name : `${name}\n${version}`;
      let tracer = tracers.get(scope);
      if (tracer === undefined) {
        tracer = new BellwetherTracer(recorder, recorder.spansOf(scope));
        if (tracers.size < 1000) tracers.set(scope, tracer);
      }
      return tracer;
    },
  };
}

class BellwetherTracer implements Tracer {
  readonly #recorder: Recorder;
  readonly #spans: SpanWriter;

  constructor(recorder: Recorder, spans: SpanWriter) {
    this.#recorder = recorder;
    this.#spans = spans;
  }

  startSpan(name: string, options: SpanOptions = {}, context: Context = contextApi.active()): Span {
    const detail = noDetail();
    const parent = options.root === true ? undefined : scopeOf(context);
    setAttributes(detail, options.attributes);
    for (const link of options.links ?? []) addLink(detail, link);
    return new ApiSpan({
      recorder: this.#recorder,
      spans: this.#spans,
      scope: scopeUnder(parent, detail),
      detail,
      parent,
      name: String(name),
      kind: (options.kind ?? 0) + 1,
      startMs: monotonicMs(options.startTime, this.#recorder.clock),
    });
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(name: string, options: SpanOptions, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    context: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: readonly (SpanOptions | Context | F)[]
  ): ReturnType<F> {
    // The overloads say what stands where: the function last, the options first, the context between.
    const fn = rest.at(-1) as F;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : {};
    const parent = rest.length > 2 ? (rest[1] as Context) : contextApi.active();
    const span = this.startSpan(name, options, parent);
    const context = trace.setSpan(parent, span);
    // `fn` returns what F returns.
    return contextApi.with(context, () => fn(span) as ReturnType<F>);
  }
}
