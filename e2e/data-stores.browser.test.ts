import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { shopTelemetry } from '../packages/server/dist/api/shop-telemetry.test-support.js';
import { screenshot } from './src/browser.ts';
import { looksRight } from './src/looks.ts';
import { siteOfTests } from './src/site.ts';

let range: string;

const site = siteOfTests({
  async fill(instance) {
    const { fromMs, toMs, traces, metrics, logs } = shopTelemetry(Math.floor(Date.now() / 60_000) * 60_000);
    range = `from=${fromMs}&to=${toMs}`;
    for (const [signal, request] of Object.entries({ traces, metrics, logs }))
      await instance.send(`/v1/${signal}`, request);
    await instance.flush();
  },
  // Of a query that was not sent.
  mayComplain: /404 .*\/api\/bw\/v1\/databases\//,
});

test('[D2] [D11] [R4] [R6] from the load of databases to a query, who sends it, and a trace of it', async () => {
  const page = await site.open(`/databases?${range}`, 'light');
  const queries = page.getByRole('grid', { name: 'Queries' });
  await queries.getByRole('link', { name: 'SELECT orders' }).waitFor();
  await page.getByText('3 wait for one').waitFor();
  await looksRight(page, 'databases-light');
  await page.getByLabel('Filter queries').fill('orders');
  await queries.getByRole('link', { name: 'SELECT items' }).waitFor({ state: 'detached' });
  await queries.getByRole('link', { name: 'SELECT orders' }).click();
  await page.getByText('SELECT * FROM orders WHERE id = ?').waitFor();
  await page.getByText('/srv/shop/src/orders.ts:42').waitFor();
  await page.getByRole('grid', { name: 'Plan', exact: true }).getByText('Seq Scan on orders').waitFor();
  await page.getByText('Before: Index Scan using orders_pkey on orders. Now: Seq Scan on orders.').waitFor();
  await page.getByRole('grid', { name: 'Plan', exact: true }).getByText('Reads all rows').waitFor();
  await looksRight(page);
  // The link alone shows the same query.
  const other = await site.open(page.url().replace(site.instance.api, ''), 'dark', 390);
  await other.getByText('SELECT * FROM orders WHERE id = ?').waitFor();
  await looksRight(other, 'query-390-dark');
  await page.getByRole('grid', { name: 'Samples' }).getByRole('link', { name: 'Slow' }).click();
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
  // And back: the pane of the span leads to its query.
  await page.getByRole('link', { name: 'All calls of this query' }).click();
  await page.getByRole('heading', { name: 'SELECT orders' }).waitFor();
  await page.getByText('SELECT * FROM orders WHERE id = ?').waitFor();
});

test('a table is downloaded as CSV: all rows in the order shown, numbers unrounded with their unit', async () => {
  const page = await site.open(`/traces?${range}`, 'light');
  await page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1).waitFor();
  await screenshot(page, 'traces-csv');
  const traces = await csvOf(page, 'Traces');
  expect(traces[0]).toMatch(/^Time,Root,Duration \(ms\),Spans,Errors,Services/);
  expect(traces[1]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z,/);
  // More than are drawn at once.
  expect(traces.length - 1).toBe(
    Number(await page.getByRole('grid', { name: 'Traces' }).getAttribute('aria-rowcount')) - 1,
  );
  expect(traces.length).toBeGreaterThan(80);

  await page.goto(`${site.instance.api}/databases?${range}&sort=query`);
  await page.getByRole('grid', { name: 'Queries' }).getByRole('link', { name: 'SELECT orders' }).waitFor();
  const queries = await csvOf(page, 'Queries');
  expect(queries[0]).toBe('Query,Share of time (ratio),Calls (per second),Mean (ms),p95 (ms),Rows,Errors (ratio)');
  expect(queries[1]).toMatch(/^SELECT items\b[^,]*,0\.\d+,[\d.]+,[\d.]+,[\d.]+,[\d.]*,0$/);
  await looksRight(page);
});

test('keys: rows are walked and opened, pages are gone to, and the help of a page lists what it has', async () => {
  const page = await site.open(`/tasks?${range}`, 'light');
  const tasks = page.getByRole('grid', { name: 'Tasks' });
  await tasks.getByRole('link', { name: 'receipt' }).waitFor();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  for (const label of ['Next row', 'Uptime', 'Databases', 'Earlier', 'Zoom out', 'Copy link'])
    await help.getByText(label, { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  await page.keyboard.press('j');
  await expect.poll(() => tasks.locator('tr:focus').count()).toBe(1);
  await looksRight(page);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Traces' }).waitFor();
  for (const [letter, heading] of [
    ['d', 'Databases'],
    ['u', 'Uptime'],
    ['a', 'Dashboards'],
  ] as const) {
    await page.keyboard.press('g');
    await page.keyboard.press(letter);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }
  await page.keyboard.press('/');
  await expect
    .poll(() => page.getByLabel('Search dashboards').evaluate(field => field === document.activeElement))
    .toBe(true);
});

test('a change of a service leads to its deploys, with what was before and after', async () => {
  const page = await site.open(`/services/shop?${range}`, 'light');
  await page.getByRole('group', { name: 'Changes' }).getByRole('link', { name: 'Deploy 1.1.0' }).click();
  await page.getByRole('grid', { name: 'Deploys' }).getByText('1.1.0').waitFor();
  await page.getByRole('columnheader', { name: 'p95, before and after' }).waitFor();
  await looksRight(page, 'deploys-light');
});

/** The lines of a table's file. */
async function csvOf(page: Page, label: string): Promise<readonly string[]> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: `${label}: download CSV` }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe(`${label}.csv`);
  return readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\r\n');
}

test('[G1] [G3] queues tell what waits and what does not drain; a click shows the tasks of one, and a task leads to its traces', async () => {
  const page = await site.open(`/tasks?${range}`, 'dark');
  const queues = page.getByRole('grid', { name: 'Queues' });
  await queues.getByText('Growing').waitFor();
  await page.getByText('exports, orders do not drain').waitFor();
  await looksRight(page, 'tasks-dark');
  await queues.getByText('BullMQ, 190 waiting').click();
  await page.getByText('No task ran in this range').waitFor();
  expect(page.url()).toContain('queue=exports');
  await page.getByRole('group', { name: 'Which queue' }).getByRole('button', { name: 'All' }).click();
  await page.getByRole('grid', { name: 'Tasks' }).getByRole('link', { name: 'receipt' }).click();
  await page.getByRole('heading', { name: 'Traces' }).waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toContain('kind:consumer bellwether.task.type:receipt');
});

test('[F1] [P4] caches tell what stands out in words, and the misses that cost most with a trace of one', async () => {
  const page = await site.open(`/caches?${range}`, 'light');
  await page.getByText('Redis cache: Memory is at 99% of its limit.').waitFor();
  const keys = page.getByRole('grid', { name: 'Keys' });
  await keys.getByRole('link', { name: 'SELECT orders' }).waitFor();
  await looksRight(page, 'caches-light');
  await keys.getByTitle('See the trace of a miss').click();
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
});

test('[E1] [E2] services of others tell how they failed, what they cost of our time and who calls them', async () => {
  const page = await site.open(`/external?${range}`, 'light', 390);
  await page.getByRole('grid', { name: 'Services' }).getByRole('link', { name: 'stripe' }).waitFor();
  await page.getByRole('grid', { name: 'Who calls' }).getByText('shop calls stripe').waitFor();
  await looksRight(page, 'external-390-light');
  await page.getByRole('grid', { name: 'How calls failed' }).getByRole('link', { name: 'TimeoutError' }).click();
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
});

test('[R2] [H5] a service tells which instance stands out, and when something is full', async () => {
  const page = await site.open(`/services/shop/instances?${range}`, 'light');
  const instances = page.getByRole('grid', { name: 'Instances' });
  await instances.getByTitle(/memory 2\.0 times that of the others/).waitFor();
  await looksRight(page, 'instances-light');
  await page.getByRole('link', { name: 'Runtime', exact: true }).click();
  await page.getByRole('grid', { name: 'When something is full' }).getByText('Disk').waitFor();
  await looksRight(page, 'runtime-light');
});

test('a query that was not sent, and a range without any, are told so', async () => {
  const page = await site.open(`/databases/postgresql%20shop/queries/00000000000000aa?${range}`, 'light');
  await page.getByText('This query was not sent in this range').waitFor();
  await page.getByRole('link', { name: 'Queries of this database' }).click();
  await page.getByRole('grid', { name: 'Queries' }).waitFor();
  const empty = await site.open('/databases?from=1700000000000&to=1700000600000', 'dark');
  await empty.getByText('No database was asked for anything in this range').waitFor();
  await looksRight(empty);
});
