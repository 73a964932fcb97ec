import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, context, propagation, trace } from '@opentelemetry/api';
import type { Carrier, Delivery } from './queue.js';

/** The trace context of what runs now, to be kept beside a job. */
export function currentCarrier(): Carrier {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

const notSampled = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: '0000000000000000000000000000dead',
  spanId: '000000000000dead',
  traceFlags: TraceFlags.NONE,
});

/** Runs what would only be noise in the traces, such as asking an empty queue for work: its parent is not sampled, so it is not either. */
export function untraced<T>(act: () => T): T {
  return context.with(notSampled, act);
}

/** Runs a job's handler as part of the trace that left the job: a consumer span named `process <job>`. */
export async function asConsumer(delivery: Delivery, system: string, handle: () => Promise<void>): Promise<void> {
  const parent = propagation.extract(ROOT_CONTEXT, delivery.carrier);
  const { job } = delivery;
  const attributes = {
    'messaging.system': system,
    'messaging.destination.name': 'shop.jobs',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.message.id': delivery.id,
    'job.name': job.name,
    'job.attempt': delivery.attempt,
    'tenant.id': job.who.tenantId,
    'user.id': job.who.userId,
  };
  const tracer = trace.getTracer('shop.jobs');
  await tracer.startActiveSpan(`process ${job.name}`, { kind: SpanKind.CONSUMER, attributes }, parent, async span => {
    try {
      await handle();
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}
