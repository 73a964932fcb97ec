import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, axe, launch } from './src/browser.ts';
import { sampleOfEverything, type SampleOfEverything } from './src/sample-of-everything.ts';
import { type Instance, newDataDir, removeDataDir, root, startInstance } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;
let browser: Browser;
let sample: SampleOfEverything;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  instance = await startInstance(dataDir);
  sample = await sampleOfEverything(instance);
  page = await browser.page('light', 1280);
});
afterAll(async () => {
  await browser.close();
  await instance.stop();
  removeDataDir(dataDir);
});

/** Nothing in sight is on its way any more: no grey block, no old data that stands pale. */
async function settle(): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll('output[aria-label="Loading"], [data-stale="true"]')].every(
        one => one.getBoundingClientRect().top >= innerHeight,
      ) && document.fonts.status === 'loaded',
  );
}

/** How much wider the page is than the window, and what sticks out. */
function sticksOut(): Promise<readonly string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const all = [...document.querySelectorAll('body *')];
    const wide = all.filter(one => one.getBoundingClientRect().right > clientWidth + 1);
    return [`${scrollWidth - clientWidth} px`, ...wide.slice(0, 5).map(one => one.outerHTML.slice(0, 120))];
  });
}

/** `RECORD_SCREENSHOTS=1` writes the pictures of the guide: those of pages that have a name here. */
const isRecording = process.env['RECORD_SCREENSHOTS'] !== undefined;
const pictures = join(root, 'docs', 'images', 'pages');
const pictureNames: { readonly [name: string]: string } = {
  'its runtime': 'runtime',
  'Service map': 'service-map',
  'What is different': 'difference',
  'an error': 'error',
  'a finding': 'finding',
  Databases: 'databases',
  Caches: 'caches',
  'Tasks & queues': 'tasks',
  'External services': 'external-services',
  'a dashboard': 'dashboard',
};

async function record(name: string): Promise<void> {
  const picture = pictureNames[name];
  if (!isRecording || picture === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${picture}.jpg`), type: 'jpeg', quality: 60 });
}

/** What is wrong with a page, bright at 1280 px and dark on a phone: it is wider than its window, axe finds something, the console complains. */
async function faults(name: string, path: string): Promise<readonly string[]> {
  const before = browser.complaints().length;
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`${instance.api}${path}`);
  await settle();
  const desk = [...(await sticksOut()), ...(await axe(page))].map(fault => `1280 px, light: ${fault}`);
  await record(name);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'dark' && innerWidth === 390);
  await settle();
  const phone = [...(await sticksOut()), ...(await axe(page))].map(fault => `390 px, dark: ${fault}`);
  return [...desk, ...phone, ...browser.complaints().slice(before)];
}

/** Every address of the pages. What belongs to one thing is known once the sample is there. */
const pages: readonly (readonly [string, (sample: SampleOfEverything) => string])[] = [
  ['Home', () => '/'],
  ['Services', () => '/services'],
  ['Top offenders', () => '/services?view=offenders'],
  ['a service', () => '/services/shop'],
  ['its endpoints', () => '/services/shop/endpoints'],
  ['its instances', () => '/services/shop/instances'],
  ['its runtime', () => '/services/shop/runtime'],
  ['its deploys', () => '/services/shop/deploys'],
  ['Service map', () => '/map'],
  ['Service map as a table', () => '/map?view=table'],
  ['Traces', () => '/traces'],
  ['a trace', ({ traceId }) => `/traces/${traceId}`],
  ['Logs', () => '/logs'],
  ['patterns of logs', () => '/logs?view=patterns'],
  ['What is different', () => '/difference?q=service:shop&selected=status:error'],
  ['Errors', () => '/errors'],
  ['an error', ({ errorId }) => `/errors/${errorId}`],
  ['Findings', () => '/findings'],
  ['a finding', ({ findingId }) => `/findings/${findingId}`],
  ['Databases', () => '/databases'],
  ['a query', ({ query }) => `/databases/${encodeURIComponent(query.database)}/queries/${query.hash}`],
  ['Caches', () => '/caches'],
  ['Tasks & queues', () => '/tasks'],
  ['External services', () => '/external'],
  ['Metrics', () => '/metrics'],
  ['a metric', () => '/metrics?q=sum(process_memory_usage_bytes)'],
  ['Dashboards', () => '/dashboards'],
  ['a dashboard', () => '/dashboards/bellwether-api-performance'],
  ['Profiles', () => '/profiles'],
  ['Flame graph of traces', () => '/flame?q=service:shop'],
  ['Uptime', () => '/uptime'],
  ['a check', ({ checkId }) => `/uptime/${checkId}`],
  ['Data', () => '/settings/data'],
  ['a page that does not exist', () => '/nowhere'],
];

for (const [name, path] of pages) {
  test(`${name}: axe finds nothing and nothing sticks out, on a desk in light and on a phone in the dark`, async () => {
    const at = path(sample);
    expect(await faults(name, `${at}${at.includes('?') ? '&' : '?'}${sample.range}`)).toEqual([]);
  });
}
