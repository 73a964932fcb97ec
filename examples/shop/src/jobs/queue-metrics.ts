import { metrics, type Attributes } from '@opentelemetry/api';

/** How a queue is doing, at a moment. */
export interface QueueState {
  readonly waiting: number;
  readonly delayed: number;
  readonly dead: number;
  /** Age of the job that waits longest, in seconds. */
  readonly oldestSeconds: number;
}

/** Tells what libraries of queues tell by themselves under instrumentation: the names are those of the guide's page "Queues and tasks". */
export interface QueueMetrics {
  sent(task: string, tookMs: number): void;
  begun(task: string, attempt: number, waitedMs: number): void;
  /** `next`: whether a failed job runs again. */
  ended(task: string, tookMs: number, failure?: { readonly error: unknown; readonly next: 'retry' | 'dead' }): void;
  state(state: QueueState): void;
  busy(ratio: number): void;
}

export function queueMetrics(system: string, queue: string): QueueMetrics {
  const meter = metrics.getMeter('shop.jobs');
  const seconds = { unit: 's' };
  const client = meter.createHistogram('messaging.client.operation.duration', seconds);
  const process = meter.createHistogram('messaging.process.duration', seconds);
  const wait = meter.createHistogram('messaging.message.wait.duration', seconds);
  const retries = meter.createCounter('messaging.message.retries', { unit: '{message}' });
  const dead = meter.createCounter('messaging.message.dead_letters', { unit: '{message}' });
  const depth = meter.createGauge('messaging.queue.depth', { unit: '{message}' });
  const oldest = meter.createGauge('messaging.queue.oldest_age', seconds);
  const utilization = meter.createGauge('messaging.worker.utilization', { unit: '1' });
  const where: Attributes = { 'messaging.system': system, 'messaging.destination.name': queue };
  const of = (task: string): Attributes => ({ ...where, 'bellwether.task.type': task });
  return {
    sent: (task, tookMs) => client.record(tookMs / 1000, { ...of(task), 'messaging.operation.name': 'send' }),
    begun(task, attempt, waitedMs) {
      wait.record(Math.max(0, waitedMs) / 1000, of(task));
      if (attempt > 1) retries.add(1, of(task));
    },
    ended(task, tookMs, failure) {
      const errorType =
        failure?.error instanceof Error ? failure.error.name : failure === undefined ? undefined : '_OTHER';
      process.record(tookMs / 1000, {
        ...of(task),
        'messaging.operation.name': 'process',
        ...(errorType === undefined ? {} : { 'error.type': errorType }),
      });
      if (failure?.next === 'dead') dead.add(1, of(task));
    },
    state({ waiting, delayed, dead: given, oldestSeconds }) {
      for (const [name, count] of Object.entries({ waiting, delayed, failed: given }))
        depth.record(count, { ...where, 'bellwether.task.state': name });
      oldest.record(oldestSeconds, where);
    },
    busy: ratio => utilization.record(ratio, where),
  };
}
