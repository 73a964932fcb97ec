import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningBellwether, startBellwether, until } from './test-support/bellwether.js';
import { startFile } from './test-support/child-app.js';
import { matrixFolder } from './test-support/matrix.js';
import { type Peer, startPostgres, startRedis } from './test-support/peers.js';

const source = join(matrixFolder, 'apps/finding-kinds.mjs');
const folder = join(matrixFolder, 'current/.apps', `finding-kinds-${process.pid}`);
const lines = readFileSync(source, 'utf8').split('\n');

/** The kind, the request that has the fault, its innocent twins, and how often it does it; how many wait for a connection depends on who is served first. */
const kinds = [
  { kind: 'n-plus-one-http', faulty: 'GET /requests-in-a-loop', innocent: ['GET /one-request'], timesEach: 8 },
  { kind: 'n-plus-one-cache', faulty: 'GET /reads-in-a-loop', innocent: ['GET /one-read'], timesEach: 60 },
  { kind: 'sequential-awaits', faulty: 'GET /one-by-one', innocent: ['GET /together'], timesEach: 3 },
  { kind: 'slow-query', faulty: 'GET /late', innocent: ['GET /late/on-purpose'], timesEach: 1 },
  { kind: 'unbounded-result', faulty: 'POST /sums', innocent: ['POST /sums/bounded'], timesEach: 1 },
  { kind: 'missing-pagination', faulty: 'GET /list', innocent: ['GET /list/page'], timesEach: 1 },
  { kind: 'chatty-service', faulty: 'GET /vendor', innocent: ['GET /vendor/together'], timesEach: 12 },
  { kind: 'retry-storm', faulty: 'GET /retries', innocent: ['GET /retries/patient'], timesEach: 6 },
  { kind: 'pool-starvation', faulty: 'GET /narrow-pool', innocent: ['GET /wide-pool'], timesEach: undefined },
  { kind: 'oversized-payload', faulty: 'GET /large', innocent: ['GET /export'], timesEach: 1 },
] as const;

/** What is asked for last; its size is what it is on any machine. */
const lastFaulty = 'GET /large';

/** The line of the application that is marked with a kind. */
const lineOf = (kind: string): number =>
  lines.findIndex(text => text.includes('// place: ') && text.split(' ').includes(kind)) + 1;

const blockedAt = `${folder}/finding-kinds.mjs:${lineOf('blocked-event-loop')}`;

/** The part of the API's answers that is looked at. */
interface Finding {
  readonly id: string;
  readonly kind: string;
  readonly route: string;
  readonly subject: string;
  readonly database: string;
  readonly place: string;
  readonly requests: number;
  readonly timesEach: number;
}

let bellwether: RunningBellwether | undefined;
let inventory: http.Server | undefined;
const peers: Peer[] = [];
/** All findings, once all requests were looked at. */
let seen: readonly Finding[] = [];

/** A service of somebody else: each answer takes 15 ms, and one of its requests always fails. */
async function startInventory(): Promise<string> {
  inventory = http.createServer((request, response) => {
    response.statusCode = request.url === '/fails' ? 503 : 200;
    setTimeout(() => response.end(`"${request.url}"`), 15);
  });
  inventory.listen(0, '127.0.0.1');
  await once(inventory, 'listening');
  // A server that listens on TCP has such an address.
  return `http://127.0.0.1:${(inventory.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  copyFileSync(source, join(folder, 'finding-kinds.mjs'));
  const [postgres, redis, inventoryUrl] = await Promise.all([startPostgres(), startRedis(), startInventory()]);
  peers.push(postgres, redis);
  bellwether = await startBellwether();
  const app = await startFile(join(folder, 'finding-kinds.mjs'), {
    name: 'kinds',
    environment: {
      BELLWETHER_URL: bellwether.ingest,
      BELLWETHER_STALL_MS: '50',
      DATABASE_URL: postgres.url,
      OTHER_DATABASE_URL: postgres.url.replace(/\/postgres$/, '/template1'),
      REDIS_URL: redis.url,
      INVENTORY_URL: inventoryUrl,
    },
  });
  // The innocent ones come before the last of the others: once that one is seen, all of them were looked at.
  const requests = [
    ...kinds.flatMap(({ faulty, innocent }) => [faulty, ...innocent]),
    'GET /late/elsewhere',
    ...kinds.map(({ faulty }) => faulty),
  ];
  for (const request of requests) {
    const [method = 'GET', path = ''] = request.split(' ');
    const answer = await fetch(`http://127.0.0.1:${app.port}${path}`, { method });
    const body = await answer.text();
    if (answer.status !== 200) throw new Error(`${request} answered ${answer.status}: ${body}`);
  }
  // The first stall starts the thread that sees where the next ones are.
  await until('the loop that was blocked is seen with its line', async () => {
    await fetch(`http://127.0.0.1:${app.port}/computes`);
    return (await findings()).find(({ place }) => place === blockedAt);
  });
  await app.stop();
  const isSeen = (all: readonly Finding[]): boolean =>
    kinds.every(({ kind, faulty }) =>
      all.some(one => one.kind === kind && one.route === faulty && (faulty !== lastFaulty || one.requests === 2)),
    );
  seen = await until('all kinds are seen, and the last request', async () => {
    seen = await findings();
    return isSeen(seen) ? seen : undefined;
  }).catch(() => seen);
}, 240_000);
afterAll(async () => {
  inventory?.closeAllConnections();
  inventory?.close();
  await bellwether?.stop();
  for (const peer of peers) await peer.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Parsed JSON of the API. */
async function ask(path: string): Promise<unknown> {
  if (bellwether === undefined) throw new Error('Bellwether did not start');
  return bellwether.get(path);
}

const range = (): string => `from=${Date.now() - 3_600_000}&to=${Date.now() + 60_000}`;

async function findings(): Promise<readonly Finding[]> {
  // As `packages/model/src/api/findings.ts` describes it.
  const answer = (await ask(`/api/bw/v1/findings?${range()}&service=kinds&limit=500`)) as {
    findings: readonly Finding[];
  };
  return answer.findings;
}

test.each(kinds)(
  '[D9] [P5] $kind of a real application is found with its line, and the innocent twin is not',
  ({ kind, faulty, innocent, timesEach }) => {
    const found = seen.filter(one => one.kind === kind);
    const right = found.filter(({ route }) => route === faulty);
    expect(right).toMatchObject([timesEach === undefined ? { route: faulty } : { timesEach }]);
    // An answer that is too large has no line: it was made bit by bit.
    const place = kind === 'oversized-payload' ? '' : `${folder}/finding-kinds.mjs:${lineOf(kind)}`;
    expect(right[0]?.place).toBe(place);
    expect(found.filter(({ route }) => innocent.some(one => one === route))).toEqual([]);
  },
);

test('[D9] [P5] a blocked event loop is found with its line, named by where it stands in the project', () => {
  const found = seen.filter(({ place }) => place === blockedAt);
  expect(found).toMatchObject([
    {
      kind: 'blocked-event-loop',
      route: 'GET /computes',
      subject: blockedAt.split('/').slice(-3).join('/').replace(/:\d+$/, ''),
    },
  ]);
});

test('[D9] the same slow query of two databases is two findings, and the index is for the table in its schema', async () => {
  const slow = seen.filter(({ kind }) => kind === 'slow-query');
  const elsewhere = slow.filter(({ route }) => route === 'GET /late/elsewhere');
  expect(elsewhere.map(({ database }) => database).toSorted()).toEqual(['postgresql postgres', 'postgresql template1']);
  const late = slow.find(({ route }) => route === 'GET /late');
  const detail = (await ask(`/api/bw/v1/findings/${late?.id}?${range()}`)) as {
    rewrites: readonly { readonly code: string }[];
  };
  expect(detail.rewrites[0]?.code).toBe('CREATE INDEX CONCURRENTLY ON shop.late_orders (customer_id);');
});
