import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Instance } from './src/instance.ts';
import { looksRight } from './src/looks.ts';
import { siteOfTests } from './src/site.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const resource = { attributes: [text('service.name', 'checkout')] };
const nowMs = Date.now();
const minutesAgo = (minutes: number): string => `${nowMs - minutes * 60_000}000000`;

/** Half an hour of orders, resets that began five minutes ago, and one request with its trace. */
async function sendOrders(instance: Instance): Promise<void> {
  const line = (minutes: number, body: string, severityNumber: number): object => ({
    timeUnixNano: minutesAgo(minutes),
    severityNumber,
    body: { stringValue: body },
  });
  const orders = Array.from({ length: 60 }, (_, i) => line(i / 2, `order ord_${i}f placed for ${i}.00 EUR`, 9));
  const resets = Array.from({ length: 20 }, (_, i) => line(i / 5, `connection reset by 10.0.0.${i}:5432`, 17));
  await instance.send('/v1/logs', {
    resourceLogs: [{ resource, scopeLogs: [{ logRecords: [...orders, ...resets] }] }],
  });
  const span = {
    traceId,
    spanId: '00f067aa0ba902b7',
    name: 'POST /orders',
    kind: 2,
    startTimeUnixNano: minutesAgo(3),
    endTimeUnixNano: minutesAgo(3),
    attributes: [text('request.id', 'req-81f3'), text('tenant.id', 'acme')],
  };
  await instance.send('/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  await instance.flush();
}

// A name that is taken is answered with 409, which the browser tells too.
const site = siteOfTests({ fill: sendOrders, mayComplain: /409/ });

const palette = (page: Page): ReturnType<Page['getByRole']> => page.getByRole('dialog', { name: 'Command palette' });

test('[J6] [J7] patterns of log lines: what is new is told, and a click shows its lines', async () => {
  const page = await site.open('/logs', 'light');
  await page.getByRole('button', { name: 'Patterns' }).click();
  const list = page.getByRole('grid', { name: 'Patterns' });
  await list.getByText('order <*> placed for <*> EUR').waitFor();
  await list.getByRole('row', { name: /New .*connection reset by <\*>/ }).waitFor();
  await looksRight(page, 'log-patterns-light-1440');

  const filter = page.getByRole('group', { name: 'Patterns of which state' });
  await filter.getByRole('button', { name: /^New/ }).click();
  await list.getByText('order <*> placed').waitFor({ state: 'detached' });
  // The link alone shows the same.
  const other = await site.open(page.url().replace(site.instance.api, ''), 'dark', 390);
  await other.getByText('connection reset by').waitFor();
  await looksRight(other, 'log-patterns-dark-390');

  // What is known is left out, until Back.
  await filter.getByRole('button', { name: /^New/ }).click();
  await list.getByRole('button', { name: 'Hide order <*> placed' }).click();
  await list.getByText('order <*> placed').waitFor({ state: 'detached' });
  await list.getByText('connection reset by').waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe('-pattern:"order <*> placed for <*> EUR"');
  await page.goBack();
  await list.getByText('order <*> placed').waitFor();

  await list.getByText('connection reset by').click();
  await page.getByText('20 matching lines').waitFor();
  await page.getByText('connection reset by 10.0.0.7:5432').waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe('pattern:"connection reset by <*>"');
  await page.goBack();
  await list.waitFor();
});

test('the palette goes to pages and services, does what it says, and knows where a pasted id belongs', async () => {
  const page = await site.open('/', 'light');
  // What is typed at once is not lost, nor taken for shortcuts.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('checkout');
  await palette(page).getByRole('option', { name: 'checkout', exact: true }).waitFor();
  await looksRight(page, 'palette-light-1440');
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
  const page = await site.open('/logs?q=level:error&from=now-1h', 'dark');
  await page.getByRole('button', { name: 'Saved views' }).click();
  const views = page.getByRole('dialog', { name: 'Saved views' });
  await views.getByLabel('Name of this page').fill('Resets of the hour');
  await views.getByRole('button', { name: 'Save', exact: true }).click();
  await views.getByRole('link', { name: 'Resets of the hour' }).waitFor();
  await views.getByLabel('Name of this page').fill('Resets of the hour');
  await views.getByRole('button', { name: 'Save', exact: true }).click();
  await views.getByText('There is a view called "Resets of the hour" already.').waitFor();
  await looksRight(page, 'views-dark-1440');

  // It gets another name, and cannot be called as another is.
  await views.getByLabel('Name of this page').fill('Another');
  await views.getByRole('button', { name: 'Save', exact: true }).click();
  await views.getByRole('button', { name: 'Change Another' }).click();
  await views.getByLabel('New name, for everybody').fill('Resets of the hour');
  await views.getByRole('button', { name: 'Rename' }).click();
  await looksRight(page);
  await views.getByRole('alert').getByText('Choose another name').waitFor();
  await views.getByLabel('New name, for everybody').fill('Zero');
  await views.getByRole('button', { name: 'Rename' }).click();
  await views.getByRole('link', { name: 'Zero' }).waitFor();
  await views.getByRole('button', { name: 'Remove Zero' }).click();
  await views.getByRole('link', { name: 'Zero' }).waitFor({ state: 'detached' });

  // The navigation opens the page with it, an address stays what it is, and it is taken back.
  const star = views.getByRole('button', { name: 'Open Logs with Resets of the hour' });
  await star.click();
  await views.getByRole('button', { name: 'Open Logs with Resets of the hour', pressed: true }).waitFor();
  await looksRight(page, 'views-default-dark-1440');
  const nav = page.getByRole('navigation', { name: 'Main' });
  await page.goto(`${site.instance.api}/logs`);
  await page.getByRole('button', { name: 'Saved views' }).waitFor();
  expect(new URL(page.url()).search).toBe('');
  await nav.getByRole('link', { name: 'Services', exact: true }).click();
  await page.waitForURL(/\/services$/);
  await nav.getByRole('link', { name: 'Logs' }).click();
  await page.waitForURL(/\/logs\?q=level:error$/);
  await page.getByRole('button', { name: 'Remove level:error' }).click();
  await page.waitForURL(/\/logs$/);
  await page.getByRole('button', { name: 'Saved views' }).click();
  await star.click();
  await views.getByRole('button', { name: 'Open Logs with Resets of the hour', pressed: false }).waitFor();

  const other = await site.open('/', 'light', 390);
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
