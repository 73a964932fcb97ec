import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { until } from './src/instance.ts';
import { looksRight, lookAt } from './src/looks.ts';
import { siteOfTests } from './src/site.ts';

let isBroken = false;
const asked: IncomingMessage['headers'][] = [];
const posted: string[] = [];
const shop = createServer((request, response) => {
  asked.push(request.headers);
  let body = '';
  request.setEncoding('utf8').on('data', part => (body += String(part)));
  request.on('end', () => request.method === 'POST' && posted.push(body));
  response.writeHead(isBroken ? 503 : 200).end('ok');
});

beforeAll(() => new Promise<void>(resolve => shop.listen(0, '127.0.0.1', resolve)));
afterAll(() => void shop.close());

const site = siteOfTests({
  flags(dataDir) {
    const config = join(dataDir, 'bellwether.yaml');
    writeFileSync(
      config,
      `uptime:
  allowInternal: true
  checks:
    - { kind: heartbeat, id: backup, name: Nightly backup, everySeconds: 3600, onStatusPage: true }
    - { kind: heartbeat, id: invoices, name: "Shop: invoices by mail", service: checkout-and-payments-of-the-shop }
`,
    );
    return ['--config', config];
  },
});

test('[K5] a check is added in the pages, is up, goes down with its reason, and a failed run leads to its trace', async () => {
  const page = await site.open('/uptime', 'light');
  await page.getByRole('link', { name: 'Nightly backup' }).waitFor();
  await page.getByRole('button', { name: 'Add a check' }).click();
  await page.getByLabel('Id', { exact: true }).fill('front');
  await page.getByLabel('Name', { exact: true }).fill('Shop front');
  await page.getByLabel('URL').fill(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/health`); // listening on TCP
  await page.getByLabel('Every, seconds').fill('5');
  await page.getByLabel('Failures before down').fill('1');
  await page.getByLabel('Show its name on the public status page').check();
  await looksRight(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /^Up Shop front/ }).waitFor();
  for (const [width, theme] of [
    [390, 'dark'],
    [1280, 'dark'],
    [1440, 'light'],
  ] as const) {
    await lookAt(page, { theme, width });
    await looksRight(page, `uptime-${width}-${theme}`);
    const cut = await page
      .getByRole('grid', { name: 'Checks' })
      .locator('a[href^="/uptime/"]')
      .evaluateAll(names => names.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent));
    expect(cut).toEqual([]);
  }
  expect(asked.at(-1)?.['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);

  isBroken = true;
  await page.getByRole('row', { name: /^Down Shop front/ }).waitFor();
  await page.getByRole('link', { name: 'Shop front' }).click();
  await page.getByText('Status: it answered 503, expected 200-299').first().waitFor();
  await page.getByRole('grid', { name: 'Incidents' }).getByText('It is down').waitFor();
  await looksRight(page, 'uptime-check-light');
  const metric = z.object({
    data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
  });
  await until('the metric tells that it is down', 60_000, async () => {
    const query = encodeURIComponent('bellwether_check_up{check="front"}');
    // A machine that is too busy to answer in time is asked again.
    const answer = metric.safeParse(await site.instance.get(`/api/v1/query?query=${query}`).catch(() => undefined));
    return answer.data?.data.result[0]?.value[1] === '0' || undefined;
  });
  await page.getByRole('link', { name: 'Trace', exact: true }).first().click();
  await page.getByText('check front').first().waitFor();
});

test('[K5] method, headers and body of a check are sent; values of headers are hidden once saved, and kept', async () => {
  const page = await site.open('/uptime', 'dark');
  await page.getByRole('button', { name: 'Add a check' }).click();
  await page.getByLabel('Id', { exact: true }).fill('orders');
  await page.getByLabel('Method').selectOption('POST');
  await page.getByLabel('URL').fill(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/orders`); // listening on TCP
  await page.getByLabel(/^Headers/).fill('no header');
  await page.getByLabel('Body').fill('{"probe":true}');
  await page.getByLabel('Expected status').fill('200-599');
  await page.getByLabel('Every, seconds').fill('5');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Write the header "no header" as name: value.').waitFor();
  await page.getByLabel(/^Headers/).fill('Authorization: Bearer s3same');
  await looksRight(page, 'uptime-form-dark');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'orders', exact: true }).click();
  const sent = (): boolean => asked.some(headers => headers.authorization === 'Bearer s3same');
  await until('the check is sent', 60_000, async () => (sent() && posted.includes('{"probe":true}')) || undefined);

  await page.getByRole('button', { name: 'Change' }).click();
  expect(await page.getByLabel(/^Headers/).inputValue()).toBe('authorization: (hidden)');
  expect(await page.getByLabel('Body').inputValue()).toBe('{"probe":true}');
  await page.getByLabel('Name', { exact: true }).fill('Orders');
  await page.getByLabel('Service that it checks').fill('checkout');
  await page.getByLabel(/^Expected in JSON/).fill('state: ready');
  asked.length = 0;
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Orders' }).waitFor();
  await until('the value is sent again', 60_000, async () => sent() || undefined);
  await page.getByText('Text: the answer is no JSON, or longer than 1 MiB').first().waitFor();
  expect(await page.getByRole('link', { name: 'checkout', exact: true }).getAttribute('href')).toMatch(
    /^\/services\/checkout/,
  );

  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByText('It is paused: it does not run').waitFor();
  await looksRight(page);
  await page.goto(`${site.instance.api}/uptime?state=paused`);
  await page.getByRole('row', { name: /^Paused Orders/ }).waitFor();
  await page.getByRole('link', { name: 'Orders', exact: true }).click();
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
});

test('[K5] a job that calls its address is heard; the address of nobody is not', async () => {
  const page = await site.open('/uptime/backup', 'dark', 390);
  const address = (await page.locator('code').textContent()) ?? '';
  await page.getByText('It has not run yet').waitFor();
  expect((await fetch(address, { method: 'POST' })).status).toBe(200);
  await page.getByRole('grid', { name: 'Runs' }).getByText('Up').waitFor();
  await looksRight(page, 'uptime-heartbeat-390-dark');
  expect((await fetch(`${site.instance.api}/api/bw/v1/heartbeats/nobody`)).status).toBe(404);
});

test('[K7] the status page is off until it is switched on, and tells names, states and a note alone', async () => {
  expect((await fetch(`${site.instance.api}/status/shop`)).status).toBe(404);
  const page = await site.open('/uptime', 'dark');
  await page.getByRole('button', { name: 'Status page' }).click();
  await page.getByLabel('Address: /status/').fill('shop');
  await page.getByLabel('Title').fill('The <shop>');
  await page.getByLabel('Note: what is wrong').fill('Orders are slow.\nWe are <b>on it</b>.');
  await page.getByLabel('The note is').selectOption('investigating');
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByRole('link', { name: 'Open status page' }).click();
  await page.getByRole('heading', { name: 'The <shop>' }).waitFor();
  await page.getByText('1 of 2 systems are down').waitFor();
  await page.getByText('We are <b>on it</b>.').first().waitFor();
  await page.getByText(/^Investigating, since/).waitFor();
  await page.getByRole('heading', { name: 'Incidents' }).waitFor();
  await page.getByText('Shop front is down').waitFor();
  await looksRight(page, 'status-dark');
  const html = await (await fetch(`${site.instance.api}/status/shop`)).text();
  expect(html).toContain('Nightly backup');
  for (const secret of ['127.0.0.1', '503', 'front"', 'heartbeats']) expect(html).not.toContain(secret);

  await page.goto(`${site.instance.api}/uptime`);
  await page.getByRole('button', { name: 'Status page' }).click();
  await page.getByRole('button', { name: 'Switch off' }).click();
  await page.getByRole('link', { name: 'Open status page' }).waitFor({ state: 'detached' });
  expect((await fetch(`${site.instance.api}/status/shop`)).status).toBe(404);
});

test('[K5] [K7] maintenance is planned in the pages, shown on the check and the status page, and removed', async () => {
  const page = await site.open('/uptime', 'light');
  await page.getByRole('button', { name: 'Maintenance', exact: true }).click();
  await page.getByLabel('Name', { exact: true }).fill('Weekly restart');
  await page.getByLabel('How often').selectOption('weekly');
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByLabel('Checks, by id').fill('backup');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('every Sunday, 02:00 Europe/Berlin, 60 min').waitFor();
  await looksRight(page, 'uptime-maintenance-light');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('link', { name: 'Nightly backup' }).click();
  await page.getByText(/(?:Next maintenance|Maintenance now): Weekly restart/).waitFor();

  await page.goto(`${site.instance.api}/uptime`);
  await page.getByRole('button', { name: 'Maintenance', exact: true }).click();
  await page.getByRole('button', { name: 'Remove Weekly restart' }).click();
  await page.getByRole('button', { name: 'Remove Weekly restart' }).waitFor({ state: 'detached' });
});
