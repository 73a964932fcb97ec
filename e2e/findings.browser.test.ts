import { expect, test } from 'vitest';
import { customersOneByOne, sendRequest } from './src/finding-traces.ts';
import { type Instance, until } from './src/instance.ts';
import { looksRight } from './src/looks.ts';
import { siteOfTests } from './src/site.ts';

let traceId: string;

async function sendLoops(instance: Instance): Promise<void> {
  for (let n = 1; n <= 5; n++) traceId = await sendRequest(instance, n, '/orders', customersOneByOne);
  await sendRequest(instance, 9, '/search', [
    { statement: 'SELECT * FROM products WHERE name LIKE $1', summary: 'SELECT products', startMs: 1, durationMs: 900 },
  ]);
  await until('the findings are there', 60_000, async () => {
    const now = Date.now();
    const url = `${instance.api}/api/bw/v1/findings?from=${now - 3_600_000}&to=${now}`;
    const text = await (await fetch(url)).text();
    return text.includes('n-plus-one-sql') && text.includes('slow-query') ? true : undefined;
  });
}

// Of a finding that was not seen.
const site = siteOfTests({ fill: sendLoops, mayComplain: /404 .*\/api\/bw\/v1\/findings\// });

const loop = 'N+1 queries: SELECT customers by id';

test('[D9] [P5] from the list to the line, the rewrite and the marked spans of a trace; the link alone shows the same', async () => {
  const page = await site.open('/findings', 'light');
  await page.getByRole('link', { name: loop }).waitFor();
  expect(await page.getByText('src/orders.ts:12').count()).toBe(1);
  await looksRight(page, 'findings-light');
  await page.getByRole('link', { name: loop }).click();
  await page.getByText('const orders = await prisma.order.findMany({ include: { customer: true } });').waitFor();
  const waterfall = page.getByRole('list', { name: 'The request, with the spans marked that show it' });
  await waterfall.getByText('3 more like these').waitFor();
  expect(await page.getByText('/srv/app/src/orders.ts:12').count()).toBe(1);
  await looksRight(page, 'finding-light');

  const other = await site.open(new URL(page.url()).pathname, 'dark', 1280);
  await other.getByText('3 more like these').waitFor();
  await looksRight(other, 'finding-dark');
  const phone = await site.open(new URL(page.url()).pathname, 'dark', 390);
  await phone.getByText('3 more like these').waitFor();
  await looksRight(phone, 'finding-390-dark');

  await page.getByRole('link', { name: 'Whole trace' }).click();
  await page.getByRole('heading', { name: 'GET /orders' }).waitFor();
  expect(page.url()).toContain('/traces/');
});

test('[P5] a trace that has one says so and leads to it, and so do the service and the list of services', async () => {
  const page = await site.open(`/traces/${traceId}`, 'light');
  await page.getByRole('link', { name: 'N+1 queries' }).click();
  await page.getByRole('heading', { name: loop }).waitFor();
  await page.goto(`${site.instance.api}/services/shop`);
  await page.getByRole('navigation', { name: 'Views of the service' }).getByRole('link', { name: 'Findings' }).click();
  await page.getByRole('link', { name: loop }).waitFor();
  expect(page.url()).toContain('service=shop');
  await page.goto(`${site.instance.api}/services`);
  await page.getByRole('main').getByRole('link', { name: 'Findings' }).click();
  await page.getByRole('link', { name: loop }).waitFor();
});

test('[D9] [D11] the page of a query has its findings', async () => {
  const page = await site.open('/databases', 'light');
  await page.getByRole('grid', { name: 'Queries' }).getByRole('link', { name: 'SELECT customers' }).click();
  const found = page.getByRole('group', { name: 'Findings' });
  await found.getByText(/shop GET \/orders, [\d.,k]+ requests/).waitFor();
  expect(await found.getByRole('listitem').count()).toBe(1);
  await looksRight(page, 'query-findings-light');
  await found.getByRole('link', { name: loop }).click();
  await page.getByRole('heading', { name: loop }).waitFor();
});

test('[D9] findings are picked and ignored together, and that is undone', async () => {
  const page = await site.open('/findings', 'light');
  const list = page.getByRole('grid', { name: 'Findings' });
  await list.getByRole('link', { name: loop }).waitFor();
  await page.keyboard.press('j');
  await page.locator('tbody tr:first-child:focus').waitFor();
  await page.keyboard.press('x');
  await page.getByText('1 finding picked').waitFor();
  for (const box of await list.getByRole('checkbox').all()) await box.check();
  const boxes = await list.getByRole('checkbox').count();
  await page.getByText(`${boxes} findings picked`).waitFor();
  await looksRight(page, 'findings-picked-light');
  await page.getByRole('button', { name: 'Ignore', exact: true }).click();
  await page.getByRole('status').getByText(`${boxes} findings ignored`).waitFor();
  await page.getByText('Nothing was found in this range').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await list.getByRole('link', { name: loop }).waitFor();
  expect(await list.getByRole('checkbox').count()).toBe(boxes);
});

test('[D9] kinds, words and states narrow the list; a resolved one is found among the resolved; what is not there is told so', async () => {
  const page = await site.open('/findings', 'dark', 390);
  await page.getByRole('link', { name: loop }).waitFor();
  await looksRight(page, 'findings-390-dark');
  await page.getByLabel('Kind of finding').selectOption('slow-query');
  await page.getByRole('link', { name: loop }).waitFor({ state: 'detached' });
  expect(page.url()).toContain('kind=slow-query');
  await page.getByLabel('Filter findings').fill('nothing like it');
  await page.getByText('No finding matches the filter in this range').waitFor();
  await page.getByRole('button', { name: 'Remove the filter' }).click();
  await page.getByRole('link', { name: loop }).click();
  await page.getByRole('button', { name: 'Resolve', exact: true }).click();
  await page.getByRole('button', { name: 'Open again' }).waitFor();
  await page.goto(`${site.instance.api}/findings?state=resolved`);
  await page.getByRole('link', { name: loop }).waitFor();

  const missing = await site.open('/findings/00000000000000aa', 'light');
  await missing.getByText('This finding was not seen in this range').waitFor();
  await looksRight(missing);
});
