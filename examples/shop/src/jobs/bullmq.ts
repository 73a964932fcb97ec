import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
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
  const queue = new Queue<Message>(queueName, { connection });
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
      worker = new Worker<Message>(
        queueName,
        ({ id, data, attemptsMade }) => handle({ id: id ?? '', ...data, attempt: attemptsMade + 1 }),
        { connection: connection.duplicate(), concurrency: 5 },
      );
    },
    async close() {
      await worker?.close();
      await queue.close();
      connection.disconnect();
    },
  };
}
