import { expect, test } from 'vitest';
import { screenshot } from './src/browser.ts';
import type { Instance } from './src/instance.ts';
import { looksRight } from './src/looks.ts';
import { siteOfTests } from './src/site.ts';

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
          vars: { order: { id: 7, lines: [{ sku: 'sku-1' }] }, attempt: 2, card: '[redacted]' },
        },
      ],
    },
  },
]);

/** Requests of two versions, the one of before without the error, and what a pipeline tells of the later one. */
async function sendReleases(instance: Instance, nowMs = Date.now()): Promise<void> {
  const requests = (version: string, minutesAgo: number, count: number): object => ({
    resource: { attributes: [text('service.name', 'checkout'), text('service.version', version)] },
    scopeSpans: [
      {
        spans: Array.from({ length: count }, (_, i) => ({
          traceId: `${version === 'v411' ? 'a' : 'b'}${String(i).padStart(31, '0')}`,
          spanId: '1'.repeat(16),
          name: 'POST /orders',
          kind: 2,
          startTimeUnixNano: `${nowMs - minutesAgo * 60_000}000000`,
          endTimeUnixNano: `${nowMs - minutesAgo * 60_000 + 80}000000`,
          status: { code: version === 'v412' && i < 3 ? 2 : 0 },
        })),
      },
    ],
  });
  await instance.send('/v1/traces', { resourceSpans: [requests('v411', 12, 200), requests('v412', 6, 20)] });
  const files = ['src/orders/pay.ts'];
  const commit = { sha: '4f0c2a91d7', author: 'ann', atMs: nowMs - 900_000, message: 'Cards that are declined', files };
  await instance.post('/api/bw/v1/releases', { version: 'v412', commits: [commit] });
  await instance.post('/api/bw/v1/deploys', {
    version: 'v412',
    service: 'checkout',
    environment: 'production',
    atMs: nowMs - 7 * 60_000,
  });
}

/** Three events of one error, of two users, and a line that says something else went wrong. */
async function sendErrors(instance: Instance, nowMs = Date.now()): Promise<void> {
  const declined = ['u1', 'u2', 'u1'].map((user, i) => ({
    timeUnixNano: `${nowMs - (i + 1) * 60_000}000000`,
    severityNumber: 17,
    body: { stringValue: 'order 7: card declined' },
    attributes: [
      text('exception.type', 'PaymentDeclined'),
      text('exception.message', 'order 7: card declined'),
      text(
        'exception.stacktrace',
        `PaymentDeclined: order 7: card declined\n    at Order.pay (/srv/app/src/orders/pay.ts:12:7)\n    at ${i === 1 ? 'retry' : 'next'} (/srv/app/node_modules/express/lib/router.js:3:1)`,
      ),
      text('sentry.exception', frames),
      text(
        'sentry.breadcrumbs',
        JSON.stringify([{ timestamp: nowMs / 1000 - 90, category: 'cart', message: 'added sku-1' }]),
      ),
      text('user.id', user),
      text('tenant.id', i === 1 ? 'globex' : 'acme'),
      text('tenant.plan', i === 1 ? 'free' : 'enterprise'),
      text('payment.provider', i === 1 ? 'adyen' : 'stripe'),
    ],
  }));
  const bundled = {
    timeUnixNano: `${nowMs - 40_000}000000`,
    severityNumber: 17,
    body: { stringValue: 'from a build' },
    attributes: [
      text('exception.type', 'Bundled'),
      text('exception.message', 'from a build'),
      text('exception.stacktrace', 'Bundled: from a build\n    at t (/srv/app/dist/server.js:1:48213)'),
    ],
  };
  const line = { timeUnixNano: `${nowMs - 30_000}000000`, severityNumber: 17, body: { stringValue: 'disk is full' } };
  const resource = { attributes: [text('service.name', 'checkout'), text('service.version', 'v412')] };
  await instance.send('/v1/logs', {
    resourceLogs: [{ resource, scopeLogs: [{ logRecords: [...declined, bundled, line] }] }],
  });
  await instance.flush();
}

const site = siteOfTests({
  async fill(instance) {
    await sendReleases(instance);
    await sendErrors(instance);
  },
  // Of an error that is not there, or no longer.
  mayComplain: /404 .*\/api\/bw\/v1\/errors\//,
});

test('[I1] [I9] from the list to the line of code: frames with their source are open, those of libraries folded; events and words lead on', async () => {
  const page = await site.open('/errors', 'light');
  const list = page.getByRole('grid', { name: 'Errors' });
  await list.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).click();
  await page.getByText('throw new PaymentDeclined').waitFor();
  expect(await page.getByText('1 frame of libraries and the runtime').count()).toBe(1);
  expect(await page.getByText('added sku-1').count()).toBe(1);
  await page.getByTitle('stripe: 2 of 3').waitFor();
  await page.getByText('3 local variables').click();
  const variables = page.getByRole('table', { name: 'Local variables of Order.pay' });
  expect(await variables.getByRole('row', { name: 'order' }).textContent()).toContain(
    '{"id":7,"lines":[{"sku":"sku-1"}]}',
  );
  await looksRight(page, 'error-light');

  await page.getByRole('button', { name: 'Older' }).click();
  await page.getByText('user u2').waitFor();
  // The link alone shows the same event.
  const other = await site.open(page.url().replace(site.instance.api, ''), 'dark');
  await other.getByText('user u2').waitFor();
  await looksRight(other, 'error-dark');
  await page.goBack();
  await page.getByText('user u1').waitFor();

  await page.getByRole('button', { name: 'Raw' }).click();
  await page.getByText('at Order.pay (/srv/app/src/orders/pay.ts:12:7)').waitFor();
});

test('[I1] a file of a build that no source map leads back says which it is, why, and what to send', async () => {
  const page = await site.open('/errors?q=bundled', 'dark');
  await page.getByRole('link', { name: 'Bundled: from a build' }).click();
  const note = page.getByRole('note');
  await note.getByText('release v412 has no source maps').waitFor();
  expect(await note.textContent()).toContain('/srv/app/dist/server.js');
  expect(await note.textContent()).toContain('sourcemaps upload --release v412');
  await looksRight(page, 'error-not-mapped-dark');
});

test('[I8] [I9] an error says which release brought it, which commit touched its stack, and which tenants and plans it hurts', async () => {
  const page = await site.open('/errors', 'light', 1280);
  await page.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).click();
  const suspect = page.getByRole('group', { name: 'Suspect release' });
  await suspect.getByText('Came with v412').waitFor();
  expect(await suspect.textContent()).toContain('none in 200 of the version before');
  expect(await suspect.textContent()).toContain('Cards that are declined');
  const hurt = page.getByRole('group', { name: 'Who is hurt' });
  expect(await hurt.textContent()).toMatch(/enterprise67%.*acmeenterprise67%.*u1/);
  await looksRight(page, 'error-1280-light');

  // Its events as a table.
  const events = page.getByRole('button', { name: 'Events over time: more' });
  await events.click();
  await page.getByRole('menuitem', { name: 'View as table' }).click();
  const table = page.getByRole('region', { name: / as a table$/ });
  await table.getByRole('columnheader', { name: 'Time' }).waitFor();
  await looksRight(page, 'error-table-light');

  // A tag leads to the errors that have it.
  await page.getByTitle('Errors with payment.provider stripe').click();
  await page.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).waitFor();
  expect(await page.getByRole('combobox', { name: 'Search' }).inputValue()).toBe('tag:payment.provider=stripe');
  expect(await page.getByRole('link', { name: 'disk is full' }).count()).toBe(0);

  // Deploys, with the requests around each, and the way from the tenant to its traces.
  const deploys = await site.open('/services/checkout/deploys', 'dark');
  await deploys.getByRole('row', { name: /v412.*told, production, 1 commit.*0\.00% → 15/ }).waitFor();
  await looksRight(deploys, 'deploys-dark');
});

test('[I10] errors are assigned, commented, picked and ignored together by keys, split, merged and taken out again', async () => {
  const page = await site.open('/errors', 'light');
  await page.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).click();
  await page.getByText('throw new PaymentDeclined').waitFor();
  await page.keyboard.press('a');
  await page.getByLabel('Who takes care of it').fill('payments');
  await looksRight(page);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Assigned to payments' }).waitFor();
  await page.getByLabel('Comment').fill('The bank says no.');
  await page.getByRole('button', { name: 'Comment' }).click();
  await page.getByRole('group', { name: 'Activity' }).getByText('The bank says no.').waitFor();
  expect(await page.getByText('Assigned to payments').count()).toBe(2);
  await page.keyboard.press('Escape');

  // One of the two ways of getting there becomes an error of its own, looks like the other, and is merged again.
  const grouping = page.getByRole('group', { name: 'Grouping' });
  await grouping.getByRole('button', { name: 'Split off' }).last().click();
  await page.getByTitle('stripe: 2 of 2').waitFor();
  await page.getByRole('button', { name: 'Merge PaymentDeclined: order 7: card declined into this error' }).click();
  await page.getByTitle('stripe: 2 of 3').waitFor();
  await grouping.getByRole('button', { name: 'Take out' }).click();
  await page.getByTitle('stripe: 2 of 2').waitFor();
  await looksRight(page);

  await page.goto(`${site.instance.api}/errors?q=declined`);
  const list = page.getByRole('grid', { name: 'Errors' });
  await list.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).nth(1).waitFor();
  expect(await list.getByText('payments').count()).toBe(1);
  for (const row of [1, 2]) {
    await page.keyboard.press('j');
    await page.locator(`tbody tr:nth-child(${row}):focus`).waitFor();
    await page.keyboard.press('x');
  }
  await page.getByText('2 errors picked').waitFor();
  await looksRight(page, 'errors-picked-light');
  await page.getByRole('button', { name: 'Ignore until…' }).click();
  await page.getByLabel('It came to so many users').fill('50');
  await page.getByLabel('Counted').selectOption('within an hour');
  await screenshot(page, 'errors-ignore-light');
  await page.getByRole('button', { name: 'Ignore', exact: true }).click();
  // Taken back, and done again.
  await page.getByRole('status').getByText('2 errors ignored').waitFor();
  await looksRight(page, 'errors-undo-light');
  await page.getByRole('button', { name: 'Undo' }).click();
  await list.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).nth(1).waitFor();
  for (const box of await list.getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: 'Ignore until…' }).click();
  await page.getByLabel('It came to so many users').fill('50');
  await page.getByRole('button', { name: 'Ignore', exact: true }).click();
  await page
    .getByRole('group', { name: 'Errors of which state' })
    .getByRole('button', { name: /^Ignored\s*2$/ })
    .click();
  await list
    .getByRole('row', { name: /Ignored/ })
    .nth(1)
    .waitFor();
  for (const box of await list.getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByText('No error matches the filter in this range').waitFor();

  // What was split off is put back on its own page.
  await page.goto(`${site.instance.api}/errors?q=tenant:globex`);
  await list.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).click();
  await page.getByRole('button', { name: 'Put back' }).click();
  await list.getByRole('link', { name: 'disk is full' }).waitFor();
  expect(await list.getByRole('link', { name: 'PaymentDeclined' }).count()).toBe(1);
});

test('[I10] a resolved error leaves the list, is found among the resolved, and is back when it comes again', async () => {
  const page = await site.open('/errors', 'light');
  await page.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).click();
  await page.getByRole('button', { name: 'Resolve', exact: true }).click();
  await page.getByRole('button', { name: 'Open again' }).waitFor();
  await page.goto(`${site.instance.api}/errors`);
  await page.getByRole('link', { name: 'disk is full' }).waitFor();
  expect(await page.getByRole('link', { name: 'PaymentDeclined' }).count()).toBe(0);
  await page
    .getByRole('group', { name: 'Errors of which state' })
    .getByRole('button', { name: /^Resolved/ })
    .click();
  await page.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).waitFor();
  await looksRight(page);

  await sendErrors(site.instance, Date.now() + 61_000);
  await page.goto(`${site.instance.api}/errors?to=${Date.now() + 120_000}&from=${Date.now() - 600_000}`);
  await page.getByRole('row', { name: /Regressed PaymentDeclined/ }).waitFor();
  await page.getByRole('link', { name: 'PaymentDeclined: order 7: card declined' }).click();
  await page.getByRole('button', { name: 'More to say of this error' }).click();
  await page.getByRole('menuitem', { name: 'Ignore for a day' }).click();
  await page.getByText('Ignored', { exact: true }).waitFor();
  await looksRight(page);
});

test('[I9] [K5] a search for errors is completed: fields, tags that events have, and their values', async () => {
  const page = await site.open('/errors', 'light');
  const search = page.getByRole('combobox', { name: 'Search' });
  await search.pressSequentially('prov');
  await page.getByRole('option', { name: /^tag:payment\.provider/ }).click();
  await page.getByRole('option', { name: /^stripe/ }).waitFor();
  await screenshot(page, 'errors-search-light');
  await search.pressSequentially('ady');
  await page.getByRole('option', { name: /^adyen/ }).click();
  expect(await search.inputValue()).toBe('tag:payment.provider=adyen ');
  await search.press('Escape');
  await search.press('Enter');
  await page.getByRole('link', { name: 'disk is full' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Remove tag:payment.provider=adyen' }).click();
  await page.getByRole('link', { name: 'disk is full' }).waitFor();
  expect(page.url()).not.toContain('q=');
});

test('words filter the list, nothing that matches is told so, and an error that is not there too', async () => {
  const page = await site.open('/errors', 'dark', 390);
  await page.getByRole('link', { name: 'disk is full' }).waitFor();
  await looksRight(page, 'errors-390-dark');
  const search = page.getByRole('combobox', { name: 'Search' });
  await search.fill('pay.ts');
  await search.press('Enter');
  await page.getByRole('link', { name: 'disk is full' }).waitFor({ state: 'detached' });
  expect(page.url()).toContain('q=pay.ts');
  await search.fill('nothing like it');
  await search.press('Enter');
  await page.getByText('No error matches the filter in this range').waitFor();
  await page.getByRole('button', { name: 'Remove the filter' }).click();
  await page.getByRole('link', { name: 'disk is full' }).waitFor();

  const missing = await site.open('/errors/00000000000000aa', 'light');
  await missing.getByText('This error did not come in this range').waitFor();
  await looksRight(missing);
});
