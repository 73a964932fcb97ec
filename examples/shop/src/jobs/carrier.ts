import { setTenant } from '@bellwether/node';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import { tenants } from '../domain/tenants.js';
import type { Carrier, Delivery, Job } from './queue.js';

/** The trace context of what runs now, to be kept beside a job. */
export function currentCarrier(): Carrier {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** Leaves a job in a span of its own, `send <job>`, that the worker's span goes on with. */
export async function asProducer(job: Job, system: string, send: () => Promise<void>): Promise<void> {
  const attributes = {
    'messaging.system': system,
    'messaging.destination.name': 'shop.jobs',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'job.name': job.name,
  };
  const tracer = trace.getTracer('shop.jobs');
  await tracer.startActiveSpan(`send ${job.name}`, { kind: SpanKind.PRODUCER, attributes }, async span => {
    try {
      await send();
    } finally {
      span.end();
    }
  });
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
    'user.id': job.who.userId,
  };
  const tracer = trace.getTracer('shop.jobs');
  await tracer.startActiveSpan(`process ${job.name}`, { kind: SpanKind.CONSUMER, attributes }, parent, async span => {
    const plan = tenants.find(tenant => tenant.id === job.who.tenantId)?.plan;
    setTenant(job.who.tenantId, plan === undefined ? {} : { plan });
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
