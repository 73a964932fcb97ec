import { Queue, Worker } from 'bullmq';
import { redis } from './stories.js';

export interface Mail {
  readonly to: string;
  readonly subject: string;
}

/** Mails wait here; how long, how many and with what outcome is seen at BullMQ itself, as one trace with the request. */
export const mails = new Queue<Mail>('mails', { connection: redis });

export function startMailWorker(send: (to: string, subject: string) => Promise<void>): Worker<Mail> {
  const connection = redis.duplicate({ maxRetriesPerRequest: null });
  return new Worker<Mail>('mails', job => send(job.data.to, job.data.subject), { connection });
}
