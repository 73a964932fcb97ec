import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { untraced } from '../service/untraced.js';
import { currentCarrier } from './carrier.js';
import { maxAttempts, type Carrier, type Delivery, type Job, type JobQueue } from './queue.js';

interface JobRow {
  readonly id: string;
  readonly payload: Job;
  readonly carrier: Carrier;
  readonly attempts: number;
}

const claimed = 5;
const lostAfterMs = 60_000;

/**
 * Jobs in a table, for when there is no Redis.
 *
 * A claim takes rows that no other worker holds (`SKIP LOCKED`) and pushes their time forward, so that a job whose worker
 * died comes back by itself. A finished job's row goes.
 */
export function postgresJobs(database: () => Pick<pg.Pool, 'query'>, pollMs = 400): JobQueue {
  const stop = new AbortController();
  let loop: Promise<void> | undefined;

  async function claim(): Promise<readonly Delivery[]> {
    const { rows } = await database().query<JobRow>(
      `UPDATE shop.jobs SET attempts = attempts + 1, run_at = now() + make_interval(secs => $1)
       WHERE id IN (SELECT id FROM shop.jobs WHERE state = 'waiting' AND run_at <= now() ORDER BY run_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING id, payload, carrier, attempts`,
      [lostAfterMs / 1000, claimed],
    );
    return rows.map(row => ({ id: row.id, job: row.payload, carrier: row.carrier, attempt: row.attempts }));
  }

  async function handOver(delivery: Delivery, handle: (delivery: Delivery) => Promise<void>): Promise<void> {
    try {
      await handle(delivery);
      await untraced(() => database().query('DELETE FROM shop.jobs WHERE id = $1', [delivery.id]));
    } catch (error) {
      const state = delivery.attempt >= maxAttempts ? 'dead' : 'waiting';
      await untraced(() =>
        database().query(
          `UPDATE shop.jobs SET state = $2, last_error = $3, run_at = now() + make_interval(secs => $4) WHERE id = $1`,
          [delivery.id, state, String(error), 2 ** delivery.attempt],
        ),
      );
    }
  }

  return {
    async add(job) {
      await database().query('INSERT INTO shop.jobs (name, payload, carrier) VALUES ($1, $2, $3)', [
        job.name,
        JSON.stringify(job),
        JSON.stringify(currentCarrier()),
      ]);
    },
    work(handle) {
      loop = (async () => {
        while (!stop.signal.aborted) {
          const deliveries = await untraced(claim).catch((error: unknown) => {
            console.error(`the jobs table does not answer: ${String(error)}`);
            return [];
          });
          await Promise.all(deliveries.map(delivery => handOver(delivery, handle)));
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
