import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { settled } from './src/looks.ts';
import { sampleOfEverything, type SampleOfEverything } from './src/sample-of-everything.ts';
import { siteOfTests } from './src/site.ts';

let sample: SampleOfEverything;

const site = siteOfTests({
  async fill(instance) {
    sample = await sampleOfEverything(instance);
  },
});

/** What a person did on a page; `param` is what the address tells of it. */
interface Act {
  readonly path: (sample: SampleOfEverything) => string;
  readonly param: RegExp;
  readonly act: (page: Page) => Promise<unknown>;
}

const press = (name: string | RegExp) => (page: Page) =>
  page.getByRole('main').getByRole('button', { name }).first().click();

const acts: Readonly<Record<string, Act>> = {
  'services: the slowest first': { path: () => '/services', param: /sort=/, act: press(/^p95/) },
  'services: compared with the time before': {
    path: () => '/services',
    param: /cmp=prev/,
    act: page => page.keyboard.press('c'),
  },
  'the map: one node chosen': { path: () => '/map', param: /sel=/, act: press(/^Service shop/) },
  'traces: the slowest': { path: () => '/traces', param: /sort=slowest/, act: press('Slowest') },
  'a trace: by operation': {
    path: ({ traceId }) => `/traces/${traceId}`,
    param: /view=operations/,
    act: page => page.getByRole('tab', { name: 'By operation' }).click(),
  },
  'logs: one line open': {
    path: () => '/logs',
    param: /sel=/,
    act: page => page.getByRole('main').getByRole('row').nth(1).click(),
  },
  'logs: their patterns': { path: () => '/logs', param: /view=patterns/, act: press('Patterns') },
  'errors: those resolved': { path: () => '/errors', param: /state=/, act: press(/^Resolved/) },
  'findings: those ignored': { path: () => '/findings', param: /state=/, act: press(/^Ignored/) },
  'databases: sorted by calls': { path: () => '/databases', param: /sort=/, act: press(/^Calls/) },
  'metrics: as a table': {
    path: () => '/metrics?q=sum(process_memory_usage_bytes)',
    param: /view=table/,
    act: press('Table'),
  },
  'usage: by tenant': { path: () => '/usage', param: /count=tenants/, act: press('Tenants') },
};

/** The words of a page; how long ago something was grows while one looks. */
async function words(page: Page): Promise<string> {
  await settled(page);
  const text = await page.evaluate(() => document.querySelector('main')?.innerText ?? '');
  return text.replaceAll(/\d+ (?:s|min|h) ago|just now/g, 'ago').replaceAll(/\s+/g, ' ');
}

for (const [name, { path, param, act }] of Object.entries(acts)) {
  test(`${name}: the address alone shows the same in a fresh browser`, async () => {
    const at = path(sample);
    const page = await site.open(`${at}${at.includes('?') ? '&' : '?'}${sample.range}`, 'light', 1280);
    await settled(page);
    const before = page.url();
    await act(page);
    await page.waitForURL(url => param.test(url.search) && url.href !== before);
    const link = page.url().slice(site.instance.api.length);
    const other = await site.open(link, 'light', 1280);
    await expect.poll(async () => [await words(other), other.url()]).toEqual([await words(page), page.url()]);
    await page.context().close();
    await other.context().close();
  });
}
