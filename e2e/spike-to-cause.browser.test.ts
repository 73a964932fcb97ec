import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Browser, type Theme, axe, launch, screenshot } from './src/browser.ts';
import { type Demo, startDemo } from './src/demo.ts';
import { newDataDir, removeDataDir, root, until } from './src/instance.ts';

const dataDir = newDataDir();
let demo: Demo;
let browser: Browser;

/** `RECORD_SCREENSHOTS=1` writes the pictures of the guide. */
const isRecording = process.env['RECORD_SCREENSHOTS'] !== undefined;
const pictures = join(root, 'docs', 'images', 'spike-to-cause');

async function picture(page: Page, name: string): Promise<void> {
  await screenshot(page, `spike-${name}`);
  if (!isRecording) return;
  mkdirSync(pictures, { recursive: true });
  // Where the one who records keeps this project is nobody's business.
  await page.evaluate(folder => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode())
      if (text.nodeValue?.includes(folder) === true) text.nodeValue = text.nodeValue.replaceAll(folder, '/srv');
  }, root);
  await page.screenshot({ path: join(pictures, `${name}.jpg`), type: 'jpeg', quality: 60 });
}

const services = z.object({ services: z.array(z.object({ name: z.string(), status: z.string() })) });
const differences = z.object({ differences: z.array(z.object({ term: z.string() })) });

/** The sample shop deploys a release of checkout every few seconds that gives up on price rules; it runs until that is plain. */
beforeAll(async () => {
  browser = await launch();
  demo = await startDemo(dataDir, [], ['--fast', '--rate', '25']);
  await until('checkout fails, and it is plain with what', 180_000, async () => {
    const range = { from: String(Date.now() - 900_000), to: String(Date.now()) };
    const found = services.parse(await demo.get(`/api/bw/v1/services?${new URLSearchParams(range)}`));
    if (!found.services.some(({ name, status }) => name === 'checkout' && status !== 'healthy')) return undefined;
    const asked = { ...range, q: 'service:checkout kind:(server OR consumer)', selected: 'status:error' };
    const { differences: rows } = differences.parse(
      await demo.get(`/api/bw/v1/difference?${new URLSearchParams(asked)}`),
    );
    return rows.some(({ term }) => term === 'error.type:PriceRuleTimeout') || undefined;
  });
});
afterAll(async () => {
  await browser.close();
  await demo.interrupt();
  removeDataDir(dataDir);
});

/** Home → service → what is different → trace; the number of clicks it took. */
async function fromHomeToTheLine(page: Page, theme: Theme): Promise<number> {
  let clicks = 0;
  const click = async (target: ReturnType<Page['getByRole']>): Promise<void> => {
    await target.click();
    clicks += 1;
  };
  await page.goto(demo.api);
  const wrong = page.getByRole('region', { name: 'What is wrong now' });
  await wrong.getByRole('link', { name: 'checkout', exact: true }).waitFor();
  await page.getByRole('group', { name: 'New errors' }).getByRole('listitem').first().waitFor();
  await picture(page, `1-home-${theme}`);
  await click(wrong.getByRole('link', { name: 'checkout', exact: true }));

  const different = page.getByRole('group', { name: 'What is different', exact: true });
  const cause = different.getByRole('link', { name: /error\.type PriceRuleTimeout/ });
  await cause.waitFor();
  await cause.scrollIntoViewIfNeeded();
  await picture(page, `2-what-is-different-${theme}`);
  await click(cause);

  const first = page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1);
  await first.waitFor();
  await picture(page, `3-traces-${theme}`);
  await click(first);

  await page
    .getByText(/at rulesOneByOne \(.*checkout\/price-rules\.[jt]s:\d+/)
    .first()
    .waitFor();
  await picture(page, `4-trace-${theme}`);
  return clicks;
}

for (const theme of ['light', 'dark'] as const) {
  test(`[R4] [C4] from Home to the line that throws in at most five clicks (${theme})`, async () => {
    const page = await browser.page(theme);
    expect(await fromHomeToTheLine(page, theme)).toBeLessThanOrEqual(5);
    // Each step is a link: back leads the way one came.
    await page.goBack();
    await page.getByRole('grid', { name: 'Traces' }).waitFor();
    expect(page.url()).toContain('error.type:PriceRuleTimeout');
    await page.goBack();
    await page.getByRole('group', { name: 'What is different', exact: true }).waitFor();
    expect(await axe(page)).toEqual([]);
  });
}

test('[K5] the sample shop is watched: its door, its database and its renewals are up', async () => {
  const checks = z.object({ checks: z.array(z.object({ id: z.string(), state: z.string() })) });
  const up = await until('three checks are up', 60_000, async () => {
    const found = checks.parse(await demo.get('/api/bw/v1/checks')).checks.filter(({ state }) => state === 'up');
    return found.length === 3 ? found : undefined;
  });
  expect(up.map(({ id }) => id).toSorted()).toEqual(['shop-database', 'shop-front', 'shop-renewals']);
});

test('[C11] top offenders: the endpoints and calls of all services by total time lead to their slowest traces', async () => {
  const page = await browser.page('light');
  await page.goto(`${demo.api}/services`);
  await page.getByRole('button', { name: 'Top offenders' }).click();
  const endpoints = page.getByRole('grid', { name: 'Endpoints' });
  await endpoints.getByRole('link', { name: 'POST /v1/checkout', exact: true }).first().waitFor();
  await page.getByRole('grid', { name: 'Calls' }).getByRole('link', { name: 'catalogue' }).first().waitFor();
  await screenshot(page, 'offenders-light');
  expect(await axe(page)).toEqual([]);
  await endpoints.getByRole('link', { name: 'POST /v1/checkout', exact: true }).first().click();
  await page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1).waitFor();
  expect(page.url()).toContain('sort=slowest');
});
