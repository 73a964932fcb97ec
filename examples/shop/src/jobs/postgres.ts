import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { untraced } from '../service/untraced.js';
import { asProducer, currentCarrier } from './carrier.js';
import { queueMetrics, type QueueState } from './queue-metrics.js';
import { maxAttempts, type Carrier, type Delivery, type Job, type JobQueue } from './queue.js';

interface JobRow {
  readonly id: string;
  readonly payload: Job;
  readonly carrier: Carrier;
  readonly attempts: number;
  readonly waited_ms: number;
}

type Claimed = Delivery & { readonly waitedMs: number };

const claimed = 5;
const lostAfterMs = 60_000;
const stateEveryMs = 15_000;

/**
 * Jobs in a table, for when there is no Redis.
 *
 * A claim takes rows that no other worker holds (`SKIP LOCKED`) and pushes their time forward, so that a job whose worker
 * died comes back by itself. A finished job's row goes.
 */
export function postgresJobs(database: () => Pick<pg.Pool, 'query'>, pollMs = 400): JobQueue {
  const stop = new AbortController();
  const told = queueMetrics('postgresql', 'shop.jobs');
  let busyMs = 0;
  let loop: Promise<void> | undefined;

  async function claim(): Promise<readonly Claimed[]> {
    const { rows } = await database().query<JobRow>(
      `UPDATE shop.jobs j SET attempts = attempts + 1, run_at = now() + make_interval(secs => $1)
       FROM (SELECT id, run_at FROM shop.jobs WHERE state = 'waiting' AND run_at <= now() ORDER BY run_at LIMIT $2 FOR UPDATE SKIP LOCKED) due
       WHERE j.id = due.id
       RETURNING j.id, payload, carrier, attempts, (extract(epoch FROM now() - due.run_at) * 1000)::float AS waited_ms`,
      [lostAfterMs / 1000, claimed],
    );
    return rows.map(row => ({
      id: row.id,
      job: row.payload,
      carrier: row.carrier,
      attempt: row.attempts,
      waitedMs: row.waited_ms,
    }));
  }

  async function handOver(delivery: Claimed, handle: (delivery: Delivery) => Promise<void>): Promise<void> {
    const startedMs = performance.now();
    const { job, attempt, waitedMs } = delivery;
    const took = (): number => {
      const tookMs = performance.now() - startedMs;
      busyMs += tookMs;
      return tookMs;
    };
    told.begun(job.name, attempt, waitedMs);
    try {
      await handle(delivery);
      told.ended(job.name, took());
      await untraced(() => database().query('DELETE FROM shop.jobs WHERE id = $1', [delivery.id]));
    } catch (error) {
      const state = attempt >= maxAttempts ? 'dead' : 'waiting';
      told.ended(job.name, took(), { error, next: state === 'dead' ? 'dead' : 'retry' });
      await untraced(() =>
        database().query(
          `UPDATE shop.jobs SET state = $2, last_error = $3, run_at = now() + make_interval(secs => $4) WHERE id = $1`,
          [delivery.id, state, String(error), 2 ** attempt],
        ),
      );
    }
  }

  async function tellState(): Promise<void> {
    const { rows } = await database().query<QueueState>(
      `SELECT count(*) FILTER (WHERE state = 'waiting' AND run_at <= now())::int AS waiting,
         count(*) FILTER (WHERE state = 'waiting' AND run_at > now())::int AS delayed,
         count(*) FILTER (WHERE state = 'dead')::int AS dead,
         COALESCE(extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'waiting' AND run_at <= now())), 0)::float AS "oldestSeconds"
       FROM shop.jobs`,
    );
    const [state] = rows;
    if (state !== undefined) told.state(state);
    told.busy(Math.min(1, busyMs / (stateEveryMs * claimed)));
    busyMs = 0;
  }

  return {
    async add(job) {
      const startedMs = performance.now();
      await asProducer(job, 'postgresql', async () => {
        await database().query('INSERT INTO shop.jobs (name, payload, carrier) VALUES ($1, $2, $3)', [
          job.name,
          JSON.stringify(job),
          JSON.stringify(currentCarrier()),
        ]);
      });
      told.sent(job.name, performance.now() - startedMs);
    },
    work(handle) {
      let stateDueMs = 0;
      loop = (async () => {
        while (!stop.signal.aborted) {
          const deliveries = await untraced(claim).catch((error: unknown) => {
            console.error(`the jobs table does not answer: ${String(error)}`);
            return [];
          });
          await Promise.all(deliveries.map(delivery => handOver(delivery, handle)));
          if (performance.now() >= stateDueMs) {
            stateDueMs = performance.now() + stateEveryMs;
            await untraced(tellState).catch((error: unknown) => {
              console.error(`the jobs table does not answer: ${String(error)}`);
            });
          }
          if (deliveries.length < claimed) await sleep(pollMs, undefined, { signal: stop.signal }).catch(() => {});
        }
      })();
    },
    async close() {
      stop.abort();
      await loop;
    },
  };
}
