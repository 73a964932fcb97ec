import { EventEmitter, once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Browser, axe, launch, screenshot } from './src/browser.ts';
import { complete } from './src/completion.ts';
import { exporterSeries } from './src/exporter-series.ts';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';
import { settled, sticksOut } from './src/looks.ts';
import { sendLatencies } from './src/latency-histograms.ts';
import { sendHistory } from './src/metric-history.ts';
import { sendTwoVersions } from './src/two-versions.ts';

const dataDir = newDataDir();
const folder = join(dataDir, 'grafana_dashboards');
let instance: Instance;
let browser: Browser;

const fixture = (name: string): string => readFileSync(join(root, 'packages', 'dashboards', 'tests', name), 'utf8');
const opened = z.object({ dashboard: z.record(z.string(), z.unknown()), meta: z.object({ version: z.number() }) });
const steps = 290;

beforeAll(async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'http-red.json'), fixture('http-red.json'));
  const config = join(dataDir, 'bellwether.yaml');
  writeFileSync(config, `dashboards:\n  folder: ${folder}\n`);
  browser = await launch();
  instance = await startInstance(dataDir, ['--config', config]);
  await sendHistory(instance.otlp, exporterSeries, steps);
  // They end a while from now, so that a test that takes its time still finds what is newest.
  await sendLatencies(instance.otlp, Date.now() + 300_000);
  await sendTwoVersions(instance.otlp, 'search');
  await instance.flush();
});
afterAll(async () => {
  await browser.close();
  await instance.stop();
  removeDataDir(dataDir);
});

async function importByPaste(page: Page, text: string): Promise<void> {
  await page.goto(`${instance.api}/dashboards`);
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByLabel(/JSON, pasted/).fill(text);
  await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
  await page.waitForURL(/\/dashboards\/[\w-]+/);
}

/** Scrolls through the page, opens folded rows, and waits until each panel has drawn or said why not. Names those that did neither. */
async function blankPanels(page: Page): Promise<readonly string[]> {
  for (const row of await page.locator('button[aria-expanded="false"]', { hasText: 'panel' }).all()) await row.click();
  const panels = page.locator('section[role="group"]');
  const blank: string[] = [];
  for (const panel of await panels.all()) {
    await panel.scrollIntoViewIfNeeded();
    const drawn = panel
      .locator('canvas, svg[role="img"], li svg, li b, table td, ol li, ul li, p, [role="alert"], pre, [class*="big"]')
      .first();
    await drawn.waitFor().catch(async () => {
      blank.push((await panel.getAttribute('aria-label')) ?? '');
    });
  }
  return blank;
}

/** Replaces the text of the one query of the panel editor, as a person would. */
async function writeQuery(page: Page, expr: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.keyboard.type(expr);
}

async function emptyPanels(page: Page): Promise<readonly (string | null)[]> {
  const empty = page.locator('section[role="group"]', { hasText: 'No data in this range' });
  return Promise.all((await empty.all()).map(panel => panel.getAttribute('aria-label')));
}

test('[R7] [W48] "Order Monitoring" is pasted, draws its three channels, and comes back untouched', async () => {
  const page = await browser.page('light');
  await importByPaste(page, fixture('order-monitoring.json'));
  expect(page.url()).toContain('/dashboards/orders-dashboard');
  const panel = page.getByRole('group', { name: 'Orders Created', exact: true });
  for (const channel of ['web', 'app', 'phone']) await panel.getByText(channel, { exact: true }).waitFor();
  await panel.locator('canvas').waitFor();
  await page.getByRole('button', { name: /Refresh by itself: 10 s/ }).waitFor();
  await screenshot(page, 'dashboard-orders-light-1440');
  const kept = opened.parse(await instance.get('/api/bw/v1/dashboards/orders-dashboard'));
  expect(kept.dashboard).toEqual(JSON.parse(fixture('order-monitoring.json')));
});

test('[R14] while answers take longer than the refresh, questions do not pile up, and the panel is drawn', async () => {
  const page = await browser.page('light');
  // The clock of the page is ours: twice its refresh passes in a moment.
  await page.clock.install();
  let asked = 0;
  const answers = new EventEmitter();
  const answered = once(answers, 'go');
  // Those of the panel; marks are asked for beside it.
  await page.route(/query_range\?.*orders_created/, async route => {
    asked += 1;
    await answered;
    await route.continue();
  });
  await page.goto(`${instance.api}/dashboards/orders-dashboard`);
  await expect.poll(() => asked).toBe(1);
  for (let refresh = 0; refresh < 2; refresh++) await page.clock.runFor(10_000);
  expect(asked).toBe(1);
  answers.emit('go');
  await page.getByRole('group', { name: 'Orders Created', exact: true }).locator('canvas').waitFor();
  await page.clock.runFor(10_000);
  await expect.poll(() => asked).toBeGreaterThan(1);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('a panel is edited with a live preview, saved, and exported; nothing else of the file changes', async () => {
  const page = await browser.page('light');
  await page.goto(`${instance.api}/dashboards/orders-dashboard`);
  const panel = page.getByRole('group', { name: 'Orders Created', exact: true });
  await panel.getByRole('button', { name: 'Orders Created: more' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await page.getByLabel('Title').fill('Orders per minute');
  await writeQuery(page, 'sum by (channel) (rate(orders_created_total[5m])) * 60');
  await page.getByLabel('Legend').fill('{{channel}} orders');
  await page.getByLabel('Unit').selectOption('none');
  await page.getByText('phone orders').waitFor();
  await screenshot(page, 'dashboard-edit-light-1440');
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Changed, not saved').waitFor();
  // Who leaves now is asked first.
  await page.getByRole('link', { name: 'Traces' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Stay' }).click();
  expect(page.url()).toContain('/dashboards/orders-dashboard');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await until('the save is there', 60_000, async () => {
    const now = opened.parse(await instance.get('/api/bw/v1/dashboards/orders-dashboard'));
    return now.meta.version === 2 ? now : undefined;
  });
  await page.getByText('Changed, not saved').waitFor({ state: 'hidden' });

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Dashboard: more' }).click();
  await page.getByRole('menuitem', { name: 'Export as JSON' }).click();
  const exported: unknown = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  const before = JSON.parse(fixture('order-monitoring.json')) as { panels: readonly Record<string, unknown>[] };
  expect(exported).toEqual({
    ...before,
    version: 2,
    panels: [
      {
        ...before.panels[0],
        title: 'Orders per minute',
        fieldConfig: { defaults: { unit: 'none' }, overrides: [] },
        targets: [
          {
            expr: 'sum by (channel) (rate(orders_created_total[5m])) * 60',
            legendFormat: '{{channel}} orders',
            refId: 'A',
          },
        ],
      },
    ],
  });
});

for (const name of ['node-exporter', 'kubernetes-cluster', 'postgres', 'http-red']) {
  test(`${name}: every panel draws or says why not, in both themes`, async () => {
    const first = await browser.page('light', 1440, 1400);
    if (name !== 'http-red') await importByPaste(first, fixture(`${name}.json`));
    for (const theme of ['light', 'dark'] as const) {
      const page = await browser.page(theme, 1440, 1400);
      await page.goto(`${instance.api}/dashboards/${name}?from=now-1h`);
      await page.locator('section[role="group"]').first().waitFor();
      expect(await blankPanels(page)).toEqual([]);
      expect(await emptyPanels(page), 'panels for which there is no data').toEqual([]);
      await page.evaluate('scrollTo(0, 0)');
      await screenshot(page, `dashboard-${name}-${theme}-1440`);
      expect(await axe(page)).toEqual([]);
    }
  });
}

test('variables choose what is asked, stand in the address, and follow each other', async () => {
  const page = await browser.page('light');
  await page.goto(`${instance.api}/dashboards/http-red?from=now-1h`);
  await page.getByRole('button', { name: 'search', exact: true }).first().waitFor();
  await page.getByRole('combobox', { name: 'service: All' }).click();
  await page.getByRole('option', { name: 'search' }).click();
  await page.keyboard.press('Escape');
  await page.waitForURL(/var-service=search/);
  await page.getByRole('group', { name: 'Rate of search', exact: true }).waitFor();
  await page.getByRole('group', { name: 'Rate of checkout', exact: true }).waitFor({ state: 'hidden' });
  // A link is the view: the same in a fresh browser.
  const again = await browser.page('dark');
  await again.goto(page.url());
  await again.getByRole('combobox', { name: 'service: search' }).waitFor();
  await again.getByRole('combobox', { name: 'quantile: p95' }).click();
  await again.getByRole('option', { name: 'p99' }).click();
  await again.getByRole('group', { name: 'Duration p99', exact: true }).waitFor();
  expect(new URL(again.url()).searchParams.get('var-quantile')).toBe('0.99');
});

test('a panel of a kind that is not drawn shows its results and says so', async () => {
  const page = await browser.page('light');
  await page.goto(`${instance.api}/dashboards/http-red?from=now-1h`);
  const unknown = page.getByRole('group', { name: 'Where from', exact: true }).first();
  await unknown.getByText('A panel of the kind “grafana-worldmap-panel” is not drawn here').waitFor();
  await unknown.getByRole('cell', { name: 'checkout' }).waitFor();
  await page.getByText('The annotations "Incidents" come from elasticsearch and are not shown.').waitFor();
  expect(await page.getByRole('alert').count(), 'failures beside it').toBe(0);
});

test('[R8] the folder is listed and read-only: a change is saved as a copy', async () => {
  const page = await browser.page('light');
  await page.goto(`${instance.api}/dashboards`);
  const row = page.getByRole('row').filter({ hasText: 'HTTP services (RED)' });
  await row.getByText('http-red.json').waitFor();
  await screenshot(page, 'dashboards-light-1440');
  expect(await axe(page)).toEqual([]);
  await row.getByRole('link').click();
  await page.getByText('From the folder').waitFor();
  await page.getByRole('button', { name: 'Dashboard: more' }).click();
  await page.getByRole('menuitem', { name: 'Save as a copy' }).click();
  await page.waitForURL(/dashboards\/http-red-\w+/);
  await page.getByRole('heading', { name: 'HTTP services (RED) (copy)' }).waitFor();
  expect(await page.getByText('From the folder').count(), 'it is one of our own').toBe(0);
  // One of our own can be removed again.
  await page.getByRole('button', { name: 'Dashboard: more' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.waitForURL(/\/dashboards(?:\?|$)/);
  await page.getByText('HTTP services (RED)', { exact: true }).waitFor();
  expect(await page.getByText('HTTP services (RED) (copy)').count(), 'the copy is gone').toBe(0);
});

test('what is no dashboard is refused with what it is', async () => {
  const page = await browser.page('light');
  await page.goto(`${instance.api}/dashboards`);
  await page.getByRole('button', { name: 'Import' }).click();
  const field = page.getByLabel(/JSON, pasted/);
  await field.fill('{"groups": [{"name": "a", "rules": []}]}');
  await page.getByText('It is a file of alert or recording rules, not a dashboard.').waitFor();
  expect(await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
  await field.fill('{"title": ');
  await page.getByText(/It is not JSON/).waitFor();
  await screenshot(page, 'dashboards-import-light-1440');
  expect(await axe(page)).toEqual([]);
});

interface Cell {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

/** `Native 0,0 12x9`: where a saved dashboard has its panels. */
async function savedPlaces(uid: string): Promise<readonly string[]> {
  const { dashboard } = opened.parse(await instance.get(`/api/bw/v1/dashboards/${uid}`));
  return (dashboard['panels'] as readonly Cell[]).map(
    ({ title, gridPos: { x, y, w, h } }) => `${title} ${x},${y} ${w}x${h}`,
  );
}

test('[C2] [R14] heatmaps draw native histograms, buckets by `le`, and buckets of values; a table lists them', async () => {
  const page = await browser.page('light');
  await importByPaste(page, fixture('heatmaps.json'));
  await page.goto(`${instance.api}/dashboards/heatmaps?from=now-30m`);
  for (const name of ['Native', 'Classic', 'Worked out of values']) {
    await page.getByRole('group', { name, exact: true }).locator('canvas').waitFor();
  }
  const native = page.getByRole('group', { name: 'Native', exact: true });
  await native.getByRole('img', { name: /Native: \d+ buckets over time, most in \S+ ms to \S+ ms/ }).waitFor();
  await page.getByRole('group', { name: 'As a table' }).getByRole('columnheader', { name: 'yMax' }).waitFor();
  await page
    .getByRole('group', { name: 'As lines' })
    .getByText(/make it a heatmap/)
    .waitFor();
  // A slow second group came in the middle: the buckets of one moment, from the keyboard.
  const walk = native.getByRole('slider');
  await walk.focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => walk.getAttribute('aria-valuetext')).toMatch(/\d s to \d(?:\.\d+)? s \d/);
  await screenshot(page, 'dashboard-heatmaps-light-1440');
  expect(await axe(page)).toEqual([]);
});

test('panels are moved, resized, copied and removed; every change can be taken back; what is saved is the same JSON', async () => {
  const page = await browser.page('light');
  const before = await savedPlaces('heatmaps');
  await page.goto(`${instance.api}/dashboards/heatmaps?from=now-30m`);
  await page.getByRole('button', { name: 'Dashboard: more' }).click();
  await page.getByRole('menuitem', { name: 'Arrange panels' }).click();
  // By keyboard: below what stands under it, and two columns narrower.
  const grip = page.getByRole('button', { name: 'Move Native' });
  await grip.focus();
  await page.keyboard.press('ArrowDown');
  await page.getByText(/Native: columns 1 to 12 of 24, from row \d+, 9 rows high/).waitFor({ state: 'attached' });
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.getByText(/Native: columns 1 to 10 of 24/).waitFor({ state: 'attached' });
  // By mouse: the corner of another one.
  const corner = page.getByRole('button', { name: 'Resize Classic' });
  const box = await corner.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 10, (box?.y ?? 0) + 10);
  await page.mouse.down();
  await page.mouse.move((box?.x ?? 0) + 10, (box?.y ?? 0) + 10 + 3 * 38, { steps: 6 });
  await page.mouse.up();
  await page.getByText(/Classic: columns 13 to 24 of 24, from row 1, 12 rows high/).waitFor({ state: 'attached' });
  await screenshot(page, 'dashboard-arrange-light-1440');
  expect(await axe(page)).toEqual([]);

  await page.getByRole('group', { name: 'As lines' }).getByRole('button', { name: 'As lines: more' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('group', { name: 'As lines' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('group', { name: 'As lines' }).waitFor();
  await page.getByRole('button', { name: 'Redo' }).click();
  await page.getByRole('group', { name: 'As lines' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'As a table: more' }).click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await page.getByRole('group', { name: 'As a table (copy)', exact: true }).waitFor();
  expect(await savedPlaces('heatmaps'), 'nothing is saved by itself').toEqual(before);

  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Changed, not saved').waitFor({ state: 'hidden' });
  expect(await savedPlaces('heatmaps')).toEqual([
    'Native 0,8 10x9',
    'Classic 12,0 12x12',
    'Worked out of values 0,0 12x8',
    'As a table 12,12 8x8',
    'As a table (copy) 12,20 8x8',
  ]);
});

test('a panel is edited with completion of metrics and variables; what is wrong is marked; its kind can be changed', async () => {
  const page = await browser.page('light');
  await page.goto(`${instance.api}/dashboards/http-red?from=now-1h`);
  await page.getByRole('button', { name: 'Dashboard: more' }).click();
  await page.getByRole('menuitem', { name: 'Add a panel' }).click();
  const query = page.locator('.cm-content');
  await query.click();
  await page.keyboard.type('sum(rate(http_requests_tot');
  await complete(page, /http_requests_total/, 'Tab');
  await page.keyboard.type('{service=~"$serv');
  await complete(page, /^\$service/, 'Tab');
  // What the editor closed by itself is typed over.
  await page.keyboard.type('"}[$__rate_interval]');
  await expect
    .poll(async () => query.innerText())
    .toBe('sum(rate(http_requests_total{service=~"$service"}[$__rate_interval]))');
  const panel = page.getByRole('group', { name: 'New panel', exact: true });
  await panel.locator('canvas').waitFor();
  await writeQuery(page, 'sum(rate(http_requests_total[$__rate_interval]) by (job)');
  const fault = page.locator('.cm-lintRange-error').first();
  await fault.waitFor();
  await screenshot(page, 'dashboard-edit-fault-light-1440');
  // Variables are no fault.
  await writeQuery(page, 'sum(rate(http_requests_total[$__rate_interval]))');
  await fault.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByLabel('Shown as').selectOption('stat');
  await panel.locator('[class*="big"]').waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Cancel' }).click();
});

test('values and panels lead where their links say, with time and variables; what runs is no link', async () => {
  const page = await browser.page('light');
  await importByPaste(page, fixture('links.json'));
  await page.goto(`${instance.api}/dashboards/links?from=1700000000000&to=1700003600000`);
  const range = 'from=1700000000000&to=1700003600000';
  const elsewhere = page.getByRole('link', { name: 'Same time elsewhere' });
  expect(await elsewhere.getAttribute('href')).toBe(`/dashboards/http-red?${range}&var-service=search`);
  await page.getByRole('button', { name: 'HTTP' }).click();
  await page.getByRole('menuitem', { name: 'HTTP services (RED)' }).click();
  await page.waitForURL(/\/dashboards\/http-red\?/);
  expect(page.url()).toContain(range);
  await page.goto(`${instance.api}/dashboards/links?from=now-1h`);
  const requests = page.getByRole('group', { name: 'Requests', exact: true });
  // What is above it may still grow.
  await settled(page);
  const plot = requests.locator('.u-over');
  const { width = 0, height = 0 } = (await plot.boundingBox()) ?? {};
  await plot.click({ position: { x: width * 0.6, y: height / 2 } });
  const way = requests.getByRole('link', { name: 'Service: search' });
  expect(await way.getAttribute('href')).toMatch(/^\/services\/search\?from=\d{13}&to=\d{13}$/);
  expect(await requests.getByRole('link', { name: /Never/ }).count()).toBe(0);
  const now = page.getByRole('group', { name: 'Now', exact: true });
  expect(await now.getByRole('link').first().getAttribute('href')).toBe('/services/checkout?v=2');
  const code = page.getByRole('group', { name: 'By code', exact: true }).getByRole('link', { name: '500' }).first();
  expect(await code.getAttribute('href')).toMatch(/^\/logs\?q=(?:search|checkout)\+500$/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Requests: more' }).click();
  await page.getByRole('menuitem', { name: 'Logs of search' }).waitFor();
});

test('ad hoc filters hold in every query and stand in the address; what a panel asks is told, with what that reads', async () => {
  const page = await browser.page('light');
  await page.goto(`${instance.api}/dashboards/links?from=now-1h`);
  const table = page.getByRole('group', { name: 'By code', exact: true });
  await table.getByRole('cell', { name: '200' }).first().waitFor();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByLabel('Label', { exact: true }).fill('code');
  await page.getByLabel('Value', { exact: true }).fill('500');
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Add filter' }).click();
  await table.getByRole('cell', { name: '200' }).first().waitFor({ state: 'detached' });
  await table.getByRole('cell', { name: '500' }).first().waitFor();
  expect(new URL(page.url()).searchParams.get('var-filters')).toBe('code|=|500');
  const again = await browser.page('dark');
  await again.goto(page.url());
  await again.getByRole('button', { name: 'Requests: more' }).click();
  await again.getByRole('menuitem', { name: 'What it asks' }).click();
  const dialog = again.getByRole('dialog');
  await dialog.getByText('sum by (service) (rate(http_requests_total{code="500"}[1m]))').waitFor();
  await dialog.getByText('Finding and reading series').waitFor();
  await screenshot(again, 'dashboard-asks-dark-1440');
  expect(await axe(again)).toEqual([]);
  await page.getByRole('button', { name: 'Remove the filter code = 500' }).click();
  await table.getByRole('cell', { name: '200' }).first().waitFor();
});

test('new versions are marked in the charts until that is switched off; a panel is a picture', async () => {
  const page = await browser.page('light');
  await page.goto(`${instance.api}/dashboards/links?from=now-1h&view=1`);
  const panel = page.getByRole('group', { name: 'Requests', exact: true });
  const walk = panel.getByRole('slider');
  await walk.focus();
  let before: string | null = null;
  // From the newest point back to where the version changed, a quarter of an hour ago.
  await expect
    .poll(
      async () => {
        await page.keyboard.press('ArrowLeft');
        const at = await walk.getAttribute('aria-valuetext');
        // At the oldest: the marks came too late for this walk.
        if (at === before) await page.keyboard.press('End');
        before = at;
        return at;
      },
      { timeout: 60_000, interval: 5 },
    )
    .toMatch(/1\.1\.0 \d\d:\d\d/);
  await screenshot(page, 'dashboard-marks-light-1440');
  await page.getByRole('button', { name: 'Marks' }).click();
  await page.getByRole('checkbox', { name: 'New versions' }).uncheck();
  expect(new URL(page.url()).searchParams.get('marks')).toBe('New versions');
  await page.keyboard.press('Escape');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Requests: more' }).click();
  await page.getByRole('menuitem', { name: 'Download PNG' }).click();
  const picture = await download;
  expect(picture.suggestedFilename()).toBe('Requests.png');
  const bytes = readFileSync(await picture.path());
  expect([...bytes.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  // Twice as fine as the page, which is at least 700 px wide here.
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(1400);
});

test('the pages wrote nothing to the console that is wrong', () => {
  // A refused query is a broken resource to the browser; these tests ask none.
  expect(browser.complaints()).toEqual([]);
});

test('on a phone the panels stand below each other and nothing is wider than the window', async () => {
  const page = await browser.page('light', 390, 844);
  for (const path of ['/dashboards', '/dashboards/node-exporter?from=now-1h', '/dashboards/postgres?from=now-1h']) {
    await page.goto(instance.api + path);
    await settled(page);
    expect(await sticksOut(page), `${path} at 390 px`).toEqual([]);
  }
  await screenshot(page, 'dashboard-postgres-light-390');
});
