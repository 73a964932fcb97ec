import { addresses } from '../service/addresses.js';
import { database } from '../service/database.js';
import { postgresJobs } from './postgres.js';
import type { JobQueue } from './queue.js';

/** BullMQ when there is a Redis, else the jobs table. BullMQ is loaded only when it is used. */
export async function chooseJobs(): Promise<{ readonly jobs: JobQueue; readonly system: 'bullmq' | 'postgresql' }> {
  const { redisUrl } = addresses();
  if (redisUrl === undefined) return { jobs: postgresJobs(database), system: 'postgresql' };
  const { bullmqJobs } = await import('./bullmq.js');
  return { jobs: bullmqJobs(redisUrl), system: 'bullmq' };
}
