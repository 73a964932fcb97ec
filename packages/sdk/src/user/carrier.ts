import { context, propagation, ROOT_CONTEXT, type Context } from '@opentelemetry/api';

/** Strings by name, such as headers, or a column of JSON in a jobs table. */
export type Carrier = Record<string, string>;

/** Writes the active trace (and tenant) into `carrier`, for work that is done later or elsewhere. Returns the carrier. */
export function inject(carrier: Carrier = {}): Carrier {
  propagation.inject(context.active(), carrier);
  return carrier;
}

/**
 * The context that `inject` wrote. Spans begun in it belong to that trace:
 * `tracer.startActiveSpan('job', { kind: SpanKind.CONSUMER }, extract(job.carrier), async span => …)`.
 */
export function extract(carrier: Readonly<Record<string, unknown>> | null | undefined): Context {
  return propagation.extract(ROOT_CONTEXT, carrier ?? {});
}
