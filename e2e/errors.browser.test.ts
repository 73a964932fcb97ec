import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { type Browser, type Theme, axe, launch, screenshot } from './src/browser.ts';
import { type Instance, newDataDir, removeDataDir, startInstance } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;
let browser: Browser;

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

const frames = JSON.stringify([
  {
    type: 'PaymentDeclined',
    value: 'order 7: card declined',
    stacktrace: {
      frames: [
        { function: 'next', filename: '/srv/app/node_modules/express/lib/router.js', lineno: 3, in_app: false },
        {
          function: 'Order.pay',
          filename: '/srv/app/src/orders/pay.ts',
          lineno: 12,
          colno: 7,
          in_app: true,
          pre_context: ['async pay(order: Order) {'],
          context_line: '  throw new PaymentDeclined(`order ${order.id}: card declined`);',
          post_context: ['}'],
        },
      ],
    },
  },
]);

/** Three events of one error, of two users, and a line that says something else went wrong. */
async function sendErrors(nowMs = Date.now()): Promise<void> {
  const declined = ['u1', 'u2', 'u1'].map((user, i) => ({
    timeUnixNano: `${nowMs - (i + 1) * 60_000}000000`,
    severityNumber: 17,
    body: { stringValue: 'order 7: card declined' },
    attributes: [
      text('exception.type', 'PaymentDeclined'),
      text('exception.message', 'order 7: card declined'),
      text(
        'exception.stacktrace',
        'PaymentDeclined: order 7: card declined\n    at Order.pay (/srv/app/src/orders/pay.ts:12:7)',
      ),
      text('sentry.exception', frames),
      text(
        'sentry.breadcrumbs',
        JSON.stringify([{ timestamp: nowMs / 1000 - 90, category: 'cart', message: 'added sku-1' }]),
      ),
      text('user.id', user),
      text('tenant.id', 'acme'),
      text('payment.provider', i === 1 ? 'adyen' : 'stripe'),
    ],
  }));
  const line = { timeUnixNano: `${nowMs - 30_000}000000`, severityNumber: 17, body: { stringValue: 'disk is full' } };
  const resource = { attributes: [text('service.name', 'checkout'), text('service.version', 'v412')] };
  const answer = await fetch(`${instance.otlp}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [...declined, line] }] }] }),
  });
  expect(answer.status).toBe(200);
  await instance.flush();
}

beforeAll(async () => {
  instance = await startInstance(dataDir);
  browser = await launch();
  await sendErrors();
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

test('[I1] [I9] from the list to the line of code: frames with their source are open, those of libraries folded; events and words lead on', async () => {
  const page = await open('/errors', 'light');
  const list = page.getByRole('grid', { name: 'Errors' });
  await list.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).click();
  await page.getByText('throw new PaymentDeclined').waitFor();
  expect(await page.getByText('1 frame of libraries and the runtime').count()).toBe(1);
  expect(await page.getByText('added sku-1').count()).toBe(1);
  expect(await page.getByTitle('stripe: 2 of 3').count()).toBe(1);
  expect(await axe(page)).toEqual([]);
  await screenshot(page, 'error-light');

  await page.getByRole('button', { name: 'Older' }).click();
  await page.getByText('user u2').waitFor();
  // The link alone shows the same event.
  const other = await open(page.url().replace(instance.api, ''), 'dark');
  await other.getByText('user u2').waitFor();
  expect(await axe(other)).toEqual([]);
  await screenshot(other, 'error-dark');
  await page.goBack();
  await page.getByText('user u1').waitFor();

  await page.getByRole('button', { name: 'Raw' }).click();
  await page.getByText('at Order.pay (/srv/app/src/orders/pay.ts:12:7)').waitFor();
});

test('[I10] a resolved error leaves the list, is found among the resolved, and is back when it comes again', async () => {
  const page = await open('/errors', 'light');
  await page.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).click();
  await page.getByRole('button', { name: 'Resolve', exact: true }).click();
  await page.getByRole('button', { name: 'Open again' }).waitFor();
  await page.goto(`${instance.api}/errors`);
  await page.getByRole('link', { name: 'disk is full' }).waitFor();
  expect(await page.getByRole('link', { name: 'PaymentDeclined' }).count()).toBe(0);
  await page
    .getByRole('group', { name: 'Errors of which state' })
    .getByRole('button', { name: /^Resolved/ })
    .click();
  await page.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).waitFor();
  expect(await axe(page)).toEqual([]);

  await sendErrors(Date.now() + 61_000);
  await page.goto(`${instance.api}/errors?to=${Date.now() + 120_000}&from=${Date.now() - 600_000}`);
  await page.getByRole('row', { name: /Regressed PaymentDeclined/ }).waitFor();
  await page.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).click();
  await page.getByRole('button', { name: 'More to say of this error' }).click();
  await page.getByRole('menuitem', { name: 'Ignore for a day' }).click();
  await page.getByText('Ignored').waitFor();
  expect(await axe(page)).toEqual([]);
});

test('words filter the list, nothing that matches is told so, and an error that is not there too', async () => {
  const page = await open('/errors', 'dark', 390);
  await page.getByRole('link', { name: 'disk is full' }).waitFor();
  expect(await axe(page)).toEqual([]);
  await screenshot(page, 'errors-390-dark');
  await page.getByLabel('Filter errors').fill('pay.ts');
  await page.getByRole('link', { name: 'disk is full' }).waitFor({ state: 'detached' });
  expect(page.url()).toContain('q=pay.ts');
  await page.getByLabel('Filter errors').fill('nothing like it');
  await page.getByText('No error matches the filter in this range').waitFor();
  await page.getByRole('button', { name: 'Remove the filter' }).click();
  await page.getByRole('link', { name: 'disk is full' }).waitFor();

  const missing = await open('/errors/00000000000000aa', 'light');
  await missing.getByText('This error did not come in this range').waitFor();
  expect(await axe(missing)).toEqual([]);
});
