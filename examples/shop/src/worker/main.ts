import { asConsumer } from '../jobs/carrier.js';
import { chooseJobs } from '../jobs/choose.js';
import type { JobQueue } from '../jobs/queue.js';
import { startFastify } from '../service/fastify.js';
import { log } from '../service/log.js';
import { handleJob } from './handle-job.js';
import { startHousekeeping } from './housekeeping.js';
import { startRenewals } from './renewals.js';

let jobs: JobQueue | undefined;
const stop = new AbortController();

/** Does what can wait: receipts, shipments, partner shares, refund notes, renewals. */
await startFastify(() => {}, {
  prepare: async () => {
    const chosen = await chooseJobs();
    jobs = chosen.jobs;
    jobs.work(delivery =>
      asConsumer(delivery, chosen.system, async () => {
        try {
          await handleJob(delivery);
        } catch (error) {
          log.warn(
            { err: error, job: delivery.job.name, job_id: delivery.id, attempt: delivery.attempt },
            'job failed',
          );
          throw error;
        }
      }),
    );
    startRenewals(jobs, stop.signal);
    startHousekeeping(stop.signal);
  },
  close: async () => {
    stop.abort();
    await jobs?.close();
  },
});
