import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { type Browser, type Theme, axe, launch, screenshot } from './src/browser.ts';
import { customersOneByOne, sendRequest } from './src/finding-traces.ts';
import { type Instance, newDataDir, removeDataDir, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;
let browser: Browser;
let traceId: string;

beforeAll(async () => {
  instance = await startInstance(dataDir);
  browser = await launch();
  for (let n = 1; n <= 5; n++) traceId = await sendRequest(instance, n, '/orders', customersOneByOne);
  await sendRequest(instance, 9, '/search', [
    { statement: 'SELECT * FROM products WHERE name LIKE $1', summary: 'SELECT products', startMs: 1, durationMs: 900 },
  ]);
  await until('the findings are there', 30_000, async () => {
    const now = Date.now();
    const url = `${instance.api}/api/bw/v1/findings?from=${now - 3_600_000}&to=${now}`;
    const text = await (await fetch(url)).text();
    return text.includes('n-plus-one-sql') && text.includes('slow-query') ? true : undefined;
  });
});
afterAll(async () => {
  await browser.close();
  await instance.stop();
  removeDataDir(dataDir);
});

async function open(path: string, theme: Theme, width = 1440): Promise<Page> {
  const page = await browser.page(theme, width);
  await page.goto(`${instance.api}${path}`);
  return page;
}

const loop = 'N+1 queries: SELECT customers by id';

test('[D9] [P5] from the list to the line, the rewrite and the marked spans of a trace; the link alone shows the same', async () => {
  const page = await open('/findings', 'light');
  await page.getByRole('link', { name: loop }).waitFor();
  expect(await page.getByText('src/orders.ts:12').count()).toBe(1);
  expect(await axe(page)).toEqual([]);
  await screenshot(page, 'findings-light');
  await page.getByRole('link', { name: loop }).click();
  await page.getByText('const orders = await prisma.order.findMany({ include: { customer: true } });').waitFor();
  const waterfall = page.getByRole('list', { name: 'The request, with the spans marked that show it' });
  await waterfall.getByText('3 more like these').waitFor();
  expect(await page.getByText('/srv/app/src/orders.ts:12').count()).toBe(1);
  expect(await axe(page)).toEqual([]);
  await screenshot(page, 'finding-light');

  const other = await open(new URL(page.url()).pathname, 'dark', 1280);
  await other.getByText('3 more like these').waitFor();
  expect(await axe(other)).toEqual([]);
  await screenshot(other, 'finding-dark');
  const phone = await open(new URL(page.url()).pathname, 'dark', 390);
  await phone.getByText('3 more like these').waitFor();
  expect(await axe(phone)).toEqual([]);
  await screenshot(phone, 'finding-390-dark');

  await page.getByRole('link', { name: 'Whole trace' }).click();
  await page.getByRole('heading', { name: 'GET /orders' }).waitFor();
  expect(page.url()).toContain('/traces/');
});

test('[P5] a trace that has one says so and leads to it, and so do the service and the list of services', async () => {
  const page = await open(`/traces/${traceId}`, 'light');
  await page.getByRole('link', { name: 'N+1 queries' }).click();
  await page.getByRole('heading', { name: loop }).waitFor();
  await page.goto(`${instance.api}/services/shop`);
  await page.getByRole('navigation', { name: 'Views of the service' }).getByRole('link', { name: 'Findings' }).click();
  await page.getByRole('link', { name: loop }).waitFor();
  expect(page.url()).toContain('service=shop');
  await page.goto(`${instance.api}/services`);
  await page.getByRole('main').getByRole('link', { name: 'Findings' }).click();
  await page.getByRole('link', { name: loop }).waitFor();
});

test('[D9] [D11] the page of a query has its findings', async () => {
  const page = await open('/databases', 'light');
  await page.getByRole('grid', { name: 'Queries' }).getByRole('link', { name: 'SELECT customers' }).click();
  const found = page.getByRole('group', { name: 'Findings' });
  await found.getByText(/shop GET \/orders, [\d.,k]+ requests/).waitFor();
  expect(await found.getByRole('listitem').count()).toBe(1);
  expect(await axe(page)).toEqual([]);
  await screenshot(page, 'query-findings-light');
  await found.getByRole('link', { name: loop }).click();
  await page.getByRole('heading', { name: loop }).waitFor();
});

test('[D9] kinds, words and states narrow the list; a resolved one is found among the resolved; what is not there is told so', async () => {
  const page = await open('/findings', 'dark', 390);
  await page.getByRole('link', { name: loop }).waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, 'findings-390-dark');
  await page.getByLabel('Kind of finding').selectOption('slow-query');
  await page.getByRole('link', { name: loop }).waitFor({ state: 'detached' });
  expect(page.url()).toContain('kind=slow-query');
  await page.getByLabel('Filter findings').fill('nothing like it');
  await page.getByText('No finding matches the filter in this range').waitFor();
  await page.getByRole('button', { name: 'Remove the filter' }).click();
  await page.getByRole('link', { name: loop }).click();
  await page.getByRole('button', { name: 'Resolve', exact: true }).click();
  await page.getByRole('button', { name: 'Open again' }).waitFor();
  await page.goto(`${instance.api}/findings?state=resolved`);
  await page.getByRole('link', { name: loop }).waitFor();

  const missing = await open('/findings/00000000000000aa', 'light');
  await missing.getByText('This finding was not seen in this range').waitFor();
  expect(await axe(missing)).toEqual([]);
});
