import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbedded, type EmbeddedDatabase } from '../database/embedded.js';
import { writeSnapshot } from '../database/snapshot.js';
import { money } from '../domain/money.js';
import { postgresJobs } from './postgres.js';
import type { Delivery, Job } from './queue.js';

let database: EmbeddedDatabase;
let pool: Pool;

beforeAll(async () => {
  await writeSnapshot();
  database = await startEmbedded();
  pool = new Pool({ connectionString: database.url, max: 8 });
});

afterAll(async () => {
  await pool?.end();
  await database?.stop();
});

const who = { tenantId: 'globex', userId: 'u_1' };
const refunded = (orderId: string): Job => ({
  name: 'order.refunded',
  who,
  orderId,
  amount: money(100, 'USD'),
  reason: 'damaged',
});

test('two workers share the jobs: each is done once', async () => {
  const producer = postgresJobs(() => pool);
  const done: string[] = [];
  const work = async ({ job }: Delivery): Promise<void> => {
    await sleep(2);
    if (job.name === 'order.refunded') done.push(job.orderId);
  };
  const orders = Array.from({ length: 40 }, (_, i) => `ord_${i}`);
  for (const orderId of orders) await producer.add(refunded(orderId));
  const workers = [postgresJobs(() => pool, 10), postgresJobs(() => pool, 10)];
  for (const worker of workers) worker.work(work);
  await expect.poll(() => done.length).toBeGreaterThanOrEqual(40);
  for (const worker of workers) await worker.close();
  expect(done.toSorted()).toEqual(orders.toSorted());
  expect((await pool.query('SELECT count(*)::int AS n FROM shop.jobs')).rows).toEqual([{ n: 0 }]);
});

test('a job that fails comes again, one attempt later, with its trace', async () => {
  const jobs = postgresJobs(() => pool, 10);
  await pool.query(`INSERT INTO shop.jobs (name, payload, carrier) VALUES ('order.refunded', $1, $2)`, [
    JSON.stringify(refunded('ord_x')),
    JSON.stringify({ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }),
  ]);
  const attempts: Delivery[] = [];
  jobs.work(async delivery => {
    attempts.push(delivery);
    if (delivery.attempt === 1) throw new Error('the mail server is busy');
  });
  await expect.poll(() => attempts.length).toBe(2);
  await jobs.close();
  expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
  expect(attempts[1]?.carrier).toEqual({ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' });
});
