import { expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { screenshot } from './src/browser.ts';
import type { Instance } from './src/instance.ts';
import { looksRight } from './src/looks.ts';
import { siteOfTests } from './src/site.ts';

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const whole = (key: string, intValue: number): object => ({ key, value: { intValue: String(intValue) } });

const requests = 400;

const spanOf = (n: number, startMs: number, isBad: boolean): object => {
  const plan = ['free', 'team', 'enterprise'][n % 3] ?? '';
  const isSlow = isBad && plan === 'enterprise';
  const id = (n + (startMs % 1000) * 7 + 1).toString(16);
  return {
    traceId: `${id}${Math.floor(startMs).toString(16)}`.padStart(32, '0'),
    spanId: `${id}a`.padStart(16, '0'),
    name: n % 5 === 0 ? 'GET /carts/:id' : 'POST /orders',
    kind: 2,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${startMs + (isSlow ? 900 + (n % 7) * 40 : 20 + (n % 11) * 5)}000000`,
    ...(isSlow && n % 2 === 0 && { status: { code: 2, message: 'no price' } }),
    attributes: [
      text('tenant.id', `tenant-${n % 8}`),
      text('tenant.plan', plan),
      text('feature.flag', `f-${(Math.imul(n, 2_654_435_761) >>> 20) % 5}`),
      whole('cart.items', n % 23),
    ],
  };
};

const resource = (version: string): object => ({
  attributes: [
    text('service.name', 'checkout'),
    text('service.version', version),
    text('host.name', `host-${version}`),
  ],
});

/** Ten minutes of checkout: version v412 comes after six; from then on the plan enterprise is slow, and fails one time in two. Twenty minutes before, all was well. */
async function sendRequests(instance: Instance): Promise<void> {
  const nowMs = Date.now();
  const all = Array.from({ length: requests }, (_, n) => ({
    n,
    startMs: nowMs - 600_000 + Math.floor((n * 590_000) / requests),
    isBad: n >= requests * 0.6,
  }));
  const spansOf = (isBad: boolean): object => ({
    resource: resource(isBad ? 'v412' : 'v411'),
    scopeSpans: [
      { spans: all.filter(one => one.isBad === isBad).map(({ n, startMs }) => spanOf(n, startMs, isBad)) },
      ...(isBad ? [] : [{ spans: all.map(({ n, startMs }) => spanOf(n, startMs - 1_200_000, false)) }]),
    ],
  });
  const lines = all.map(({ n, startMs }) => ({
    timeUnixNano: `${startMs}000000`,
    severityNumber: n % 10 === 0 ? 17 : 9,
    body: { stringValue: n % 10 === 0 ? 'no answer' : 'asked' },
    attributes: [
      text('payment.provider', n % 10 === 0 ? 'ledgerly' : (['ledgerly', 'cardinal', 'adyen'][n % 3] ?? '')),
    ],
  }));
  await instance.send('/v1/traces', { resourceSpans: [spansOf(false), spansOf(true)] });
  await instance.send('/v1/logs', {
    resourceLogs: [{ resource: resource('v412'), scopeLogs: [{ logRecords: lines }] }],
  });
  await instance.flush();
}

const site = siteOfTests({ fill: sendRequests });

test('[C4] the service says what its failed and slow requests have in common; a row leads to them, the page to all of it', async () => {
  const page = await site.open('/services/checkout', 'light');
  const panel = page.getByRole('group', { name: 'What is different', exact: true });
  await panel.getByRole('link', { name: /tenant\.plan enterprise/ }).waitFor();
  await panel.getByRole('button', { name: 'Slow' }).click();
  await panel.getByRole('link', { name: /tenant\.plan enterprise/ }).waitFor();
  expect(page.url()).toContain('diff=slow');
  await looksRight(page, 'difference-service-light');

  await panel.getByRole('link', { name: 'More' }).click();
  const list = page.getByRole('group', { name: 'What sets them apart' });
  await list.getByRole('link', { name: /version v412/ }).waitFor();
  await looksRight(page, 'difference-light');
  // The link alone shows the same, and in the dark.
  const other = await site.open(page.url().replace(site.instance.api, ''), 'dark', 1280);
  await other.getByRole('link', { name: /version v412/ }).waitFor();
  await looksRight(other, 'difference-dark-1280');

  await list.getByRole('link', { name: /tenant\.plan enterprise/ }).click();
  await page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1).waitFor();
  expect(page.url()).toContain('tenant.plan:enterprise');
});

test('[C10] after a deploy: what the new version changed against the time before; and against the period before', async () => {
  const page = await site.open('/services/checkout', 'light');
  const panel = page.getByRole('group', { name: 'What is different', exact: true });
  await panel.getByRole('button', { name: 'v412' }).click();
  await panel.getByRole('link', { name: /version v412/ }).waitFor();
  await page.goto(`${site.instance.api}/services?cmp=prev`);
  const services = page.getByRole('grid', { name: 'Services' });
  await services
    .getByText(/^\+[\d,>]+%$/)
    .first()
    .waitFor();
  await looksRight(page, 'services-compared-light');
});

test('[C4] charts and what is different compare with as long before a deploy, chosen where the others are, and Home tells of the deploy', async () => {
  const page = await site.open('/services/checkout', 'light');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('menuitemradio', { name: /^Before v412/ }).waitFor();
  await screenshot(page, 'compare-before-deploy-light');
  await page.getByRole('menuitemradio', { name: /^Before v412/ }).click();
  await page.getByRole('button', { name: 'Compare: before v412' }).waitFor();
  expect(page.url()).toMatch(/cmp=before:\d+:v412/);
  // The charts have the earlier time beside theirs, and the panel asks about the deploy.
  await page.getByText('before v412').nth(1).waitFor();
  const panel = page.getByRole('group', { name: 'What is different', exact: true });
  await panel.getByRole('button', { name: 'v412', pressed: true }).waitFor();
  await panel.getByRole('link', { name: /version v412/ }).waitFor();
  await looksRight(page, 'compared-with-before-deploy-light');

  const asked = await site.open('/difference?q=service:checkout', 'dark');
  await asked.getByLabel('Before a deploy').selectOption({ label: await optionOf(asked, 'Before v412') });
  await asked
    .getByRole('link', { name: /version v412/ })
    .first()
    .waitFor();
  await looksRight(asked, 'difference-before-deploy-dark');

  const home = await site.open('/', 'light');
  const changes = home.getByRole('group', { name: 'Changes' });
  await changes.getByText('after v411').waitFor();
  await looksRight(home, 'home-changes-light');
  await changes.getByRole('link', { name: 'v412' }).click();
  await home.getByRole('grid', { name: 'Deploys' }).getByText('v412').waitFor();
});

/** The whole text of the choice that begins so, once it is there. */
async function optionOf(page: Page, begin: string): Promise<string> {
  const option = page.getByLabel('Before a deploy').locator('option', { hasText: begin });
  await option.waitFor({ state: 'attached' });
  return (await option.textContent()) ?? '';
}

test('a search of traces or of logs becomes a question, and nothing is claimed where nothing differs', async () => {
  const page = await site.open('/traces?q=service:checkout%20status:error', 'light', 390);
  await page.getByRole('link', { name: 'What is different' }).click();
  await page.getByRole('link', { name: /tenant\.plan enterprise/ }).waitFor();
  expect(page.url()).toContain('q=service:checkout');
  expect(page.url()).toContain('selected=status:error');
  await looksRight(page, 'difference-light-390');

  const logs = await site.open('/logs?q=level%3E%3Derror', 'dark');
  await logs.getByRole('link', { name: 'What is different' }).click();
  await logs.getByRole('link', { name: /payment\.provider ledgerly/ }).waitFor();
  await looksRight(logs);
  await logs.getByLabel('Selected').fill('payment.provider:nobody');
  await logs.getByLabel('Selected').press('Enter');
  await logs.getByText('No lines are selected in this range').waitFor();
  await logs.goto(`${site.instance.api}/difference?q=service:checkout&selected=feature.flag:f-1`);
  await logs.getByText('Nothing sets them apart').waitFor();
  await logs.goto(`${site.instance.api}/difference`);
  await logs.getByRole('button', { name: 'Failed' }).first().click();
  await logs.getByRole('link', { name: /version v412/ }).waitFor();
});

test('an error is compared with the spans that it did not happen to', async () => {
  const page = await site.open('/errors', 'light');
  await page.getByRole('link', { name: 'no price' }).first().click();
  await page.getByRole('link', { name: 'What is different' }).click();
  await page.getByRole('link', { name: /tenant\.plan enterprise/ }).waitFor();
  expect(page.url()).toContain('error=');
  await looksRight(page);
});

/** Selects all but the edges of the first chart of the page, and what the menu then offers. */
async function selectStretch(page: Page): Promise<ReturnType<Page['getByRole']>> {
  const plot = page.locator('.u-over').first();
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (box === null) throw new Error('there is no chart');
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2, { steps: 6 });
  await page.mouse.up();
  return page.getByRole('dialog', { name: 'Selected time' });
}

test('[C10] a stretch of the counts of traces, of log lines and of the events of an error is asked what is different in it', async () => {
  const page = await site.open('/traces?q=service:checkout', 'light');
  const menu = await selectStretch(page);
  await looksRight(page, 'difference-stretch-light');
  await menu.getByRole('link', { name: 'What is different' }).click();
  await page.getByRole('heading', { name: 'What is different', level: 1 }).waitFor();
  expect(page.url()).toContain('selFrom=');
  await page.goBack();
  await (await selectStretch(page)).getByRole('button', { name: 'Zoom' }).click();
  await page.waitForURL(/from=\d+&to=\d+/);

  await page.goto(`${site.instance.api}/logs`);
  await (await selectStretch(page)).getByRole('link', { name: 'What is different' }).click();
  await page.getByRole('heading', { name: 'What is different', level: 1 }).waitFor();
  expect(page.url()).toContain('signal=logs');

  await page.goto(`${site.instance.api}/errors`);
  await page.getByRole('link', { name: 'no price' }).first().click();
  await (await selectStretch(page)).getByRole('link', { name: 'What is different' }).click();
  await page
    .getByRole('link', { name: /tenant\.plan enterprise/ })
    .first()
    .waitFor();
  expect(page.url()).toMatch(/error=.*selFrom=|selFrom=.*error=/);
});

test('latency charts carry traces, and a point of a chart offers samples, what is different, and the traces behind it', async () => {
  const page = await site.open('/services/checkout', 'light');
  const latency = page.getByRole('group', { name: 'Latency' });
  await latency.locator('a[title*="open trace"]').first().waitFor();
  const plot = latency.locator('.u-over');
  await plot.hover({ position: { x: 200, y: 40 } });
  await plot.click({ position: { x: 200, y: 40 } });
  await page
    .getByRole('link', { name: /^(?:Typical|Slow|Failed) / })
    .first()
    .waitFor();
  await screenshot(page, 'difference-point-light');
  await page.getByRole('link', { name: 'What is different' }).first().click();
  await page.getByRole('heading', { name: 'What is different', level: 1 }).waitFor();
  expect(page.url()).toContain('selFrom=');
});
