import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, type Theme, axe, launch, screenshot } from './src/browser.ts';
import { type Instance, newDataDir, removeDataDir, startInstance } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;
let browser: Browser;

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const resource = { attributes: [text('service.name', 'checkout')] };
const nowMs = Date.now();
const minutesAgo = (minutes: number): string => `${nowMs - minutes * 60_000}000000`;

async function send(path: string, body: object): Promise<void> {
  const answer = await fetch(`${instance.otlp}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

/** Half an hour of orders, resets that began five minutes ago, and one request with its trace. */
beforeAll(async () => {
  instance = await startInstance(dataDir);
  browser = await launch();
  const line = (minutes: number, body: string, severityNumber: number): object => ({
    timeUnixNano: minutesAgo(minutes),
    severityNumber,
    body: { stringValue: body },
  });
  const orders = Array.from({ length: 60 }, (_, i) => line(i / 2, `order ord_${i}f placed for ${i}.00 EUR`, 9));
  const resets = Array.from({ length: 20 }, (_, i) => line(i / 5, `connection reset by 10.0.0.${i}:5432`, 17));
  await send('/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [...orders, ...resets] }] }] });
  const span = {
    traceId,
    spanId: '00f067aa0ba902b7',
    name: 'POST /orders',
    kind: 2,
    startTimeUnixNano: minutesAgo(3),
    endTimeUnixNano: minutesAgo(3),
    attributes: [text('request.id', 'req-81f3'), text('tenant.id', 'acme')],
  };
  await send('/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  await instance.flush();
});
afterAll(async () => {
  await browser.close();
  await instance.stop();
  removeDataDir(dataDir);
});

async function open(path: string, theme: Theme, width = 1440): Promise<Page> {
  const page = await browser.page(theme, width);
  await page.goto(`${instance.api}${path}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  return page;
}

const palette = (page: Page): ReturnType<Page['getByRole']> => page.getByRole('dialog', { name: 'Command palette' });

test('[J6] [J7] patterns of log lines: what is new is told, and a click shows its lines', async () => {
  const page = await open('/logs', 'light');
  await page.getByRole('button', { name: 'Patterns' }).click();
  const list = page.getByRole('grid', { name: 'Patterns' });
  await list.getByText('order <*> placed for <*> EUR').waitFor();
  await list.getByRole('row', { name: /New .*connection reset by <\*>/ }).waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, 'log-patterns-light-1440');

  const filter = page.getByRole('group', { name: 'Patterns of which state' });
  await filter.getByRole('button', { name: /^New/ }).click();
  await list.getByText('order <*> placed').waitFor({ state: 'detached' });
  // The link alone shows the same.
  const other = await open(page.url().replace(instance.api, ''), 'dark', 390);
  await other.getByText('connection reset by').waitFor();
  expect(await axe(other)).toEqual([]);
  await screenshot(other, 'log-patterns-dark-390');

  await list.getByText('connection reset by').click();
  await page.getByText('20 matching lines').waitFor();
  await page.getByText('connection reset by 10.0.0.7:5432').waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe('pattern:"connection reset by <*>"');
  await page.goBack();
  await list.waitFor();
});

test('the palette goes to pages and services, does what it says, and knows where a pasted id belongs', async () => {
  const page = await open('/', 'light');
  // What is typed at once is not lost, nor taken for shortcuts.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('checkout');
  await palette(page).getByRole('option', { name: 'checkout', exact: true }).waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, 'palette-light-1440');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/services\/checkout/);

  const goes = async (pasted: string, option: RegExp, url: RegExp): Promise<void> => {
    await page.keyboard.press('Control+k');
    await palette(page).getByLabel('Go to, or do').fill(pasted);
    await palette(page).getByRole('option', { name: option }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(url);
    await palette(page).waitFor({ state: 'detached' });
  };
  await goes(traceId, /^Trace 4bf9/, new RegExp(`/traces/${traceId}`));
  await page.getByRole('heading', { level: 1, name: 'POST /orders' }).waitFor();
  await goes('top offen', /^Top offenders/, /\/services\?.*view=offenders/);
  await goes('acme', /^Traces of the tenant acme/, /\/traces\?.*q=tenant:acme/);
  await goes('req-81f3', /^Trace of the newest span with request.id req-81f3/, new RegExp(`/traces/${traceId}`));
  // A trace that was looked at is offered again.
  await page.getByRole('link', { name: 'Logs', exact: true }).click();
  await goes('POST', /^POST \/orders/, new RegExp(`/traces/${traceId}`));

  await page.keyboard.press('Control+k');
  await page.keyboard.type('dark');
  await palette(page).getByRole('option', { name: 'Switch to dark' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('html[data-theme="dark"]').waitFor();
});

test('a view is saved under a name, is in the list and the palette of whoever comes, and can be removed', async () => {
  const page = await open('/logs?q=level:error&from=now-1h', 'dark');
  await page.getByRole('button', { name: 'Saved views' }).click();
  const views = page.getByRole('dialog', { name: 'Saved views' });
  await views.getByLabel('Name of this page').fill('Resets of the hour');
  await views.getByRole('button', { name: 'Save', exact: true }).click();
  await views.getByRole('link', { name: 'Resets of the hour' }).waitFor();
  await views.getByLabel('Name of this page').fill('Resets of the hour');
  await views.getByRole('button', { name: 'Save', exact: true }).click();
  await views.getByText('There is a view called "Resets of the hour" already.').waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, 'views-dark-1440');

  const other = await open('/', 'light', 390);
  await other.keyboard.press('Control+k');
  await palette(other).getByLabel('Go to, or do').fill('resets');
  await palette(other)
    .getByRole('option', { name: /Resets of the hour/ })
    .click();
  await other.waitForURL(/\/logs\?q=level:error&from=now-1h/);
  // A phone's way to the list is the palette.
  await other.keyboard.press('Control+k');
  await palette(other).getByLabel('Go to, or do').fill('save');
  await palette(other).getByRole('option', { name: 'Save this view' }).click();
  const list = other.getByRole('dialog', { name: 'Saved views' });
  await list.getByRole('button', { name: 'Remove Resets of the hour' }).click();
  await list.getByText('Nothing is saved yet.').waitFor();
});

test('no page complained in its console', () => {
  // A name that is taken is answered with 409, which the browser tells too.
  expect(browser.complaints().filter(text => !text.includes('409'))).toEqual([]);
});
