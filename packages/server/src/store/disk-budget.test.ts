import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChdbStore, type ChdbStore } from './chdb-store.js';
import { keepWithinBudget } from './disk-budget.js';
import { migrate } from './migrate.js';

let dataDir: string;
let store: ChdbStore;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bellwether-budget-'));
  store = await openChdbStore({ dataDir });
  await migrate(store, fileURLToPath(new URL('../../migrations', import.meta.url)), '0.1.0');
  for (const table of ['spans', 'logs', 'metric_samples']) await store.command(`SYSTEM STOP MERGES ${table}`);
}, 30_000);

afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true });
});

/** Lines of noise that were received so many days ago, whatever they say of their own time. */
const add = (daysAgo: number, rows: number, ownTime = 'now64(9)'): Promise<void> =>
  store.command(
    `INSERT INTO logs (workspace, ts, service, body, received) SELECT 'w', ${ownTime}, 'd${daysAgo}', hex(randomString(500)), today() - ${daysAgo} FROM numbers(${rows})`,
  );

const bytes = async (): Promise<number> => {
  const [row] = await store.rows<{ bytes: string }>(
    "SELECT toString(sum(bytes_on_disk)) AS bytes FROM system.parts WHERE active AND database = 'bellwether'",
  );
  return Number(row?.bytes);
};

const services = async (): Promise<readonly string[]> => {
  const rows = await store.rows<{ service: string }>('SELECT DISTINCT service FROM logs ORDER BY service');
  return rows.map(({ service }) => service);
};

test('[T6] what was received first goes first, whatever its own time, and is named before', async () => {
  await add(3, 2000, "toDateTime64('2030-01-01 00:00:00', 9, 'UTC')");
  await add(2, 2000, "toDateTime64('2001-01-01 00:00:00', 9, 'UTC')");
  await add(1, 2000);
  await add(0, 2000);
  const warnings: string[] = [];
  const log = { warn: (_: object, text: string) => warnings.push(text), error: () => {} };
  const used = await bytes();
  const day = (await store.rows<{ day: string }>('SELECT toString(today() - 3) AS day'))[0]?.day;

  const roomy = keepWithinBudget({ store, maxBytes: used * 2, now: () => 0, log });
  expect(await roomy.check()).toMatchObject({ state: 'ok', usedBytes: used, droppedRows: 0 });
  roomy.stop();

  const close = keepWithinBudget({ store, maxBytes: Math.round(used * 1.05), now: () => 0, log });
  expect(await close.check()).toMatchObject({ state: 'soon', oldestDay: day, droppedRows: 0 });
  await close.check();
  close.stop();
  expect(warnings).toEqual([expect.stringContaining('nearly used up')]);
  expect(await services()).toEqual(['d0', 'd1', 'd2', 'd3']);

  const tight = keepWithinBudget({ store, maxBytes: Math.round(used * 0.6), now: () => 5, log });
  expect(await tight.check()).toMatchObject({ state: 'dropping', droppedRows: 4000, lastDroppedAtMs: 5 });
  tight.stop();

  expect(await services()).toEqual(['d0', 'd1']);
  expect(await bytes()).toBeLessThan(used * 0.6);
  expect(warnings.at(-1)).toContain('was dropped');
}, 60_000);

test('findings go too when there is no room, and no workspace keeps the store full with them', async () => {
  await store.command('SYSTEM STOP MERGES findings');
  for (const daysAgo of [2, 1])
    await store.command(
      `INSERT INTO findings (workspace, ts, finding, facts, received) SELECT 'w', now64(9) - ${daysAgo}, number, hex(randomString(500)), today() - ${daysAgo} FROM numbers(8000)`,
    );
  const budget = keepWithinBudget({
    store,
    maxBytes: Math.round((await bytes()) * 0.7),
    now: () => 0,
    log: { warn: () => undefined, error: () => undefined },
  });
  await budget.check();
  budget.stop();
  expect(await store.rows('SELECT DISTINCT toString(today() - received) AS daysAgo FROM findings')).toEqual([
    { daysAgo: '1' },
  ]);
}, 60_000);

test('series that alone use up the budget leave a tenth of it to the data', async () => {
  await store.command('SYSTEM STOP MERGES metric_series');
  await store.command(
    "INSERT INTO metric_series (workspace, metric, id, attrs, received) SELECT 'w', 'm', number, map('k', hex(randomString(300))), today() FROM numbers(10000)",
  );
  for (let i = 0; i < 10; i++) await add(0, 300);
  const rows = async (): Promise<number> =>
    Number((await store.rows<{ n: string }>('SELECT toString(count()) AS n FROM logs'))[0]?.n);
  const before = await rows();
  const warnings: string[] = [];
  const log = { warn: (_: object, text: string) => warnings.push(text), error: () => {} };
  const budget = keepWithinBudget({ store, maxBytes: 3_000_000, now: () => 0, log });
  await budget.check();
  const left = await rows();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(before);
  await budget.check();
  expect(await rows()).toBe(left);
  expect(warnings.at(-1)).toContain('too small for the series');
  budget.stop();
}, 60_000);
