import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningBellwether, startBellwether, until } from './test-support/bellwether.js';
import { startFile } from './test-support/child-app.js';
import { matrixFolder } from './test-support/matrix.js';
import { startMongoPeer } from './test-support/mongo-peer.js';
import { type Peer, startPostgres } from './test-support/peers.js';
import { makePrismaClient } from './test-support/prisma-client.js';

const sources = join(matrixFolder, 'apps/n-plus-one');
const folder = join(matrixFolder, 'current/.apps', `n-plus-one-${process.pid}`);

const orders = `model Customer {
  id     Int     @id
  name   String
  orders Order[]
  @@map("customers")
}
model Order {
  id         Int      @id
  customerId Int      @map("customer_id")
  customer   Customer @relation(fields: [customerId], references: [id])
  @@map("orders")
}
`;

/** A line of the application. */
const line = /\/n-plus-one-\d+\/[\w-]+\.mjs:\d+$/;
/** Prisma and Drizzle send from a microtask of their own, where older engines have forgotten who asked. */
const lineOrNone = /^$|\/n-plus-one-\d+\/[\w-]+\.mjs:\d+$/;

/** What the finding of each application must be called by, and the rewrite's title. */
const libraries = [
  { app: 'pg', orm: '', title: 'pg: = ANY($1)', place: line },
  { app: 'knex', orm: 'knex', title: 'Knex: whereIn', place: line },
  { app: 'prisma', orm: 'prisma', title: 'Prisma: include', place: lineOrNone },
  { app: 'drizzle', orm: 'drizzle', title: 'Drizzle: with', place: lineOrNone },
  { app: 'typeorm', orm: 'typeorm', title: 'TypeORM: relations', place: line },
  { app: 'sequelize', orm: 'sequelize', title: 'Sequelize: include', place: line },
  { app: 'mikro-orm', orm: 'mikro-orm', title: 'MikroORM: populate', place: line },
  { app: 'mongoose', orm: 'mongoose', title: 'mongoose: populate', place: line },
] as const;

/** The part of the API's answers that is looked at. */
interface Finding {
  readonly id: string;
  readonly kind: string;
  readonly service: string;
  readonly route: string;
  readonly orm: string;
  readonly place: string;
  readonly requests: number;
  readonly timesEach: number;
}

let bellwether: RunningBellwether | undefined;
const peers: Peer[] = [];
/** What each application answered, by its name. */
const answers = new Map<string, readonly string[]>();
const right = JSON.stringify(Array.from({ length: 12 }, (_, i) => `customer ${i + 1}`));

beforeAll(async () => {
  makePrismaClient({ set: 'current', form: 'esm' }, orders, 'prisma-orders-client');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(sources)) copyFileSync(join(sources, name), join(folder, name));
  const postgres = await startPostgres();
  peers.push(postgres);
  const mongo = await startMongoPeer();
  peers.push(mongo);
  bellwether = await startBellwether();
  for (const { app } of libraries) {
    const running = await startFile(join(folder, `${app}.mjs`), {
      name: app,
      environment: {
        BELLWETHER_URL: bellwether.ingest,
        DATABASE_URL: app === 'mongoose' ? mongo.url : postgres.url,
      },
    });
    // The rewritten route comes before the last of the others: once that one is seen, all of it was looked at.
    for (const path of ['/orders', '/rewritten', '/rewritten', '/orders']) {
      const { body } = await running.get(path);
      answers.set(app, [...(answers.get(app) ?? []), body]);
    }
    await running.stop();
  }
}, 240_000);
afterAll(async () => {
  await bellwether?.stop();
  for (const peer of peers) await peer.stop();
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(matrixFolder, 'current/.apps/prisma-orders-client'), { recursive: true, force: true });
});

/** Parsed JSON of the API. */
async function ask(path: string): Promise<unknown> {
  if (bellwether === undefined) throw new Error('Bellwether did not start');
  return bellwether.get(path);
}

const range = (): string => `from=${Date.now() - 3_600_000}&to=${Date.now() + 60_000}`;

async function findingsOf(service: string): Promise<readonly Finding[]> {
  // As `packages/model/src/api/findings.ts` describes it.
  const answer = (await ask(`/api/bw/v1/findings?${range()}&service=${service}`)) as {
    findings: readonly Finding[];
  };
  return answer.findings;
}

/** Code without its breaks and indents, as it may be formatted. */
const flat = (code: string): string => code.replaceAll(/\s+/g, ' ').trim();

test.each(libraries)(
  '[D9] [P5] [W43] a loop of queries with $app is found with its line and the rewrite, and the rewrite, applied, is not',
  async ({ app, orm, title, place }) => {
    expect(answers.get(app)).toEqual([right, right, right, right]);
    const found = await until(`the loop of ${app} is found twice`, async () =>
      (await findingsOf(app)).find(({ kind, requests }) => kind === 'n-plus-one-sql' && requests >= 2),
    );
    expect(found).toMatchObject({ orm, requests: 2, timesEach: 12 });
    expect(found.place).toMatch(place);

    const detail = (await ask(`/api/bw/v1/findings/${found.id}?${range()}`)) as {
      rewrites: readonly { readonly title: string; readonly code: string }[];
    };
    const [rewrite] = detail.rewrites;
    expect(rewrite?.title).toBe(title);
    const source = readFileSync(join(sources, `${app}.mjs`), 'utf8');
    const applied = source.slice(source.indexOf('async function rewritten()'));
    expect(flat(applied)).toContain(flat(rewrite?.code ?? 'no rewrite'));

    const stored = (await ask(`/api/bw/v1/traces?${range()}&q=${encodeURIComponent(`service:${app}`)}`)) as {
      traces: readonly unknown[];
    };
    expect(stored.traces.filter(trace => JSON.stringify(trace).includes('GET /rewritten'))).toHaveLength(2);
    expect((await findingsOf(app)).filter(({ kind }) => kind === 'n-plus-one-sql')).toHaveLength(1);
    expect((await findingsOf(app)).filter(({ kind, requests }) => kind === 'n-plus-one-sql' && requests > 2)).toEqual(
      [],
    );
  },
);
