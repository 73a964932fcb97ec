import type { MatrixCase } from './matrix.js';
import type { SeenSpan } from './otlp.js';
import type { Sink } from './sink.js';

/** The client spans that the request to `path` made, by their start. */
export function spansUnder(sink: Sink, path: string): readonly SeenSpan[] {
  const root = sink.spans.find(span => span.kind === 2 && span.attributes['url.path'] === path);
  return sink.spans
    .filter(span => root !== undefined && span.traceId === root.traceId && span.kind === 3)
    .toSorted((a, b) => (a.startNs < b.startNs ? -1 : 1));
}

/** All that the sink has seen as one text, to look for what must not be in it. */
export function allText({ spans, logs, points }: Sink): string {
  return JSON.stringify([spans, logs, points], (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

/** What a span or record says of the function that asked. In a bundle without a source map nobody knows the application's code from the libraries'. */
export function askedBy({ form }: MatrixCase, name: string): Readonly<Record<string, unknown>> {
  return form === 'esbuild' || form === 'webpack' ? {} : { 'code.function.name': name };
}
