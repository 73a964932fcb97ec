import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, startRedis, type Peer } from '../../../packages/sdk/src/test-support/peers.js';
import { startOtlpSink, type OtlpSink } from './otlp-sink.js';
import { serviceNames } from './service/addresses.js';

// The built shop on a real PostgreSQL and a real Redis, as `DATABASE_URL` and `REDIS_URL` ask for it.
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const peers: Peer[] = [];
let sink: OtlpSink;
let shop: ChildProcess;

beforeAll(async () => {
  const [postgres, redis] = [await startPostgres(), await startRedis()];
  peers.push(postgres, redis);
  sink = await startOtlpSink();
  shop = fork(main, ['--otlp', sink.url, '--port', '0', '--rate', '15'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, DATABASE_URL: postgres.url, REDIS_URL: redis.url, NODE_ENV: 'development' },
  });
  await new Promise((resolve, reject) => {
    shop.once('message', resolve);
    shop.once('exit', code => reject(new Error(`the shop ended with code ${code} before it opened`)));
  });
});
afterAll(async () => {
  shop?.kill('SIGTERM');
  await new Promise(resolve =>
    shop === undefined || shop.exitCode !== null ? resolve(0) : shop.once('exit', resolve),
  );
  await sink?.stop();
  for (const peer of peers) await peer.stop();
});

/** How many services the widest trace so far crosses. */
function widest(): number {
  const services = new Map<string, Set<string>>();
  for (const { traceId, service } of sink.spans)
    services.set(traceId, (services.get(traceId) ?? new Set()).add(service));
  return Math.max(0, ...[...services.values()].map(seen => seen.size));
}

const systems = (): readonly string[] =>
  [
    ...new Set(sink.spans.map(span => String(span.attributes['db.system.name'] ?? '')).filter(name => name !== '')),
  ].toSorted();

test('[B4] with jobs in Redis (BullMQ) a checkout is one trace through all six services, too', async () => {
  await expect.poll(widest, { timeout: 60_000, interval: 200 }).toBe(serviceNames.length);
});

test('queries go to the real PostgreSQL, cached reads to the real Redis', async () => {
  await expect.poll(systems, { timeout: 30_000, interval: 200 }).toEqual(['postgresql', 'redis']);
});
