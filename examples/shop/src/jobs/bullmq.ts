import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { log } from '../service/log.js';
import { untraced } from '../service/untraced.js';
import { currentCarrier } from './carrier.js';
import { maxAttempts, type Carrier, type Job, type JobQueue } from './queue.js';

interface Message {
  readonly job: Job;
  readonly carrier: Carrier;
}

const queueName = 'shop.jobs';

/** Jobs in Redis by BullMQ. The trace context travels in the message. */
export function bullmqJobs(redisUrl: string): JobQueue {
  // BullMQ's worker blocks on its connection and asks for this setting.
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  connection.on('error', report);
  const queue = untraced(() => new Queue<Message>(queueName, { connection }));
  queue.on('error', report);
  let worker: Worker<Message> | undefined;
  return {
    async add(job) {
      await queue.add(
        job.name,
        { job, carrier: currentCarrier() },
        {
          attempts: maxAttempts,
          backoff: { type: 'exponential', delay: 2_000 },
          removeOnComplete: true,
          removeOnFail: 1_000,
        },
      );
    },
    work(handle) {
      // What the worker asks Redis while it waits is noise; the handler's span names its own parent.
      worker = untraced(
        () =>
          new Worker<Message>(
            queueName,
            ({ id, data, attemptsMade }) => handle({ id: id ?? '', ...data, attempt: attemptsMade + 1 }),
            { connection: connection.duplicate(), concurrency: 5 },
          ),
      );
      worker.on('error', report);
    },
    async close() {
      await worker?.close();
      await queue.close();
      connection.disconnect();
    },
  };
}

function report(error: Error): void {
  log.error({ err: error }, 'the job queue in Redis does not answer');
}
