import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, axe, launch, screenshot } from './src/browser.ts';
import { cephSeries } from './src/ceph-series.ts';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';
import { sendHistory } from './src/metric-history.ts';

/** Unpacked by `scripts/test-tools.mjs`: what the storage system Ceph ships for Grafana, written by many hands over many of its versions. */
const folder = join(root, '.peers', 'dashboards', 'etc', 'grafana', 'dashboards', 'ceph-dashboard');
const dataDir = newDataDir();
let instance: Instance;
let browser: Browser;

beforeAll(async () => {
  instance = await startInstance(dataDir);
  browser = await launch();
  await sendHistory(instance.otlp, cephSeries(folder), 120);
  await instance.flush();
});
afterAll(async () => {
  await browser.close();
  await instance.stop();
  removeDataDir(dataDir);
});

/** A panel in Grafana's JSON of whatever version: rows hold others. */
interface GrafanaPanel {
  readonly type: string;
  readonly panels?: readonly GrafanaPanel[];
}

const drawnPanels = (panels: readonly GrafanaPanel[]): number =>
  panels.reduce((sum, { type, panels = [] }) => sum + (type === 'row' ? drawnPanels(panels) : 1), 0);

/** What each panel shows: nothing, a failure, that there is no data, or a drawing. Rows are opened, and each panel brought into sight. */
async function shownBy(page: Page, count: number): Promise<ReadonlyMap<string, string>> {
  for (const row of await page.locator('button[aria-expanded="false"]', { hasText: 'panel' }).all()) await row.click();
  const panels = page.locator('section[role="group"]');
  await until(`${count} panels`, 60_000, async () => ((await panels.count()) === count ? true : undefined));
  const shown = new Map<string, string>();
  for (let at = 0; at < count; at += 1) {
    const panel = panels.nth(at);
    await panel.scrollIntoViewIfNeeded();
    const drawing = panel.locator('canvas, svg[role="img"], li svg, li b, table td, [role="alert"], [class*="big"]');
    const nothing = panel.getByText('No data in this range');
    await drawing.or(nothing).first().waitFor();
    const name = `${at} ${(await panel.getAttribute('aria-label')) ?? ''}`;
    const alert = panel.getByRole('alert');
    if ((await alert.count()) > 0) shown.set(name, (await alert.first().textContent()) ?? '');
    else shown.set(name, (await nothing.count()) > 0 ? 'no data' : 'drawn');
  }
  return shown;
}

test.each([
  ['ceph-cluster', 'light', []],
  ['host-details', 'light', ['Top Slow Ops per Host']],
  ['osds-overview', 'dark', ['Top Slow Ops']],
] as const)(
  '[R8] [W48] %s of Ceph is imported as it is, and every panel draws, or says that there is nothing',
  async (name, theme, withoutData) => {
    const json = readFileSync(join(folder, `${name}.json`), 'utf8');
    // The dashboard of a package that we ask for by name.
    const { panels } = JSON.parse(json) as { readonly panels: readonly GrafanaPanel[] };
    const page = await browser.page(theme, 1440, 1400);
    page.setDefaultTimeout(60_000);
    await page.goto(`${instance.api}/dashboards`);
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByLabel(/JSON, pasted/).fill(json);
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
    await page.waitForURL(/\/dashboards\/[\w-]+/);
    await page.locator('section[role="group"]').first().waitFor();
    const shown = [...(await shownBy(page, drawnPanels(panels)))];
    expect(shown.filter(([, what]) => what !== 'drawn' && what !== 'no data')).toEqual([]);
    // Such as operations that are slow: the made-up cluster has none.
    const empty = shown.filter(([, what]) => what === 'no data').map(([panel]) => panel.replace(/^\d+ /, ''));
    expect(empty).toEqual(withoutData);
    await page.evaluate('scrollTo(0, 0)');
    await screenshot(page, `dashboard-real-${name}`);
    expect(await axe(page)).toEqual([]);
  },
);

test('the pages wrote nothing to the console that is wrong', () => {
  expect(browser.complaints()).toEqual([]);
});
