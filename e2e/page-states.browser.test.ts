import { EventEmitter, once } from 'node:events';
import type { Page, Route } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { everyAddress } from './src/every-address.ts';
import { settled } from './src/looks.ts';
import { sampleOfEverything, type SampleOfEverything } from './src/sample-of-everything.ts';
import { siteOfTests } from './src/site.ts';

let sample: SampleOfEverything;
let page: Page;

const site = siteOfTests({
  async fill(instance) {
    sample = await sampleOfEverything(instance);
  },
  // Of the answers that fail on purpose, and of things that are not in the empty range.
  mayComplain: /status of (?:500|404)|net::ERR_FAILED|The server does not answer/,
});
beforeAll(async () => {
  page = await site.browser.page('light', 1280);
});

const api = '**/api/**';
const sentence = 'The disk is full: make room and try again.';
const dayMs = 86_400_000;

/** Where nothing leads on: panels of a dashboard have no room for it, and that nothing was refused is good. */
const mayEnd: ReadonlySet<string> = new Set(['a dashboard', 'Data']);

async function fail(route: Route): Promise<void> {
  const error = { code: 'internal', message: sentence, requestId: 'req-7' };
  await route.fulfill({ status: 500, headers: { 'x-request-id': 'req-7' }, json: { error } });
}

/** What stands in `main`, with the panels that are empty apart: does any of them lead on? */
interface Shown {
  readonly text: string;
  readonly blocks: number;
  readonly alerts: readonly string[];
  readonly empties: number;
  readonly ways: number;
}

function shown(): Promise<Shown> {
  return page.evaluate(() => {
    const main = document.querySelector('main');
    const all = (selector: string): readonly Element[] => [...(main?.querySelectorAll(selector) ?? [])];
    const empties = all('[class*="_empty_"]');
    return {
      text: main?.textContent ?? '',
      blocks: all('output[aria-label="Loading"]').length,
      alerts: all('[role="alert"]').map(alert => alert.textContent ?? ''),
      empties: empties.length,
      ways: empties.filter(empty => empty.querySelector('a, button, code, p + p') !== null).length,
    };
  });
}

/** The page while nothing answers, and how far what stands there moves when everything does: 0.1 is what browsers call good. */
async function faultsWhileLoading(at: string, isRemote: boolean): Promise<readonly string[]> {
  const gate = new EventEmitter();
  const opened = once(gate, 'open');
  await page.route(api, async route => {
    await opened;
    await route.continue();
  });
  await page.goto(at, { waitUntil: 'domcontentloaded' });
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  if (isRemote) await page.locator('main output[aria-label="Loading"]').first().waitFor();
  await page.evaluate(`(() => {
    window.moved = 0;
    new PerformanceObserver(list => {
      for (const shift of list.getEntries()) window.moved += shift.value;
    }).observe({ type: 'layout-shift' });
  })()`);
  gate.emit('open');
  await settled(page);
  await page.unroute(api);
  const moved = Number(await page.evaluate('window.moved'));
  return moved < 0.1 ? [] : [`what loads moves the page by ${moved.toFixed(3)}`];
}

/** The page while every answer is a failure, and after each of them was tried again. */
async function faultsWhileFailing(at: string, isRemote: boolean): Promise<readonly string[]> {
  if (!isRemote) return [];
  await page.route(api, fail);
  await page.goto(at);
  await page.getByRole('main').getByRole('alert').first().waitFor();
  await settled(page);
  const { alerts } = await shown();
  const mute = alerts.filter(text => !(text.includes(sentence) && text.includes('Retry') && text.includes('req-7')));
  await page.unrouteAll({ behavior: 'wait' });
  const retry = page.getByRole('main').getByRole('button', { name: 'Retry', exact: true });
  for (let left = await retry.count(); left > 0; left = await retry.count()) {
    // A page that asks every few seconds may have mended it by itself.
    await page.evaluate(() => {
      const buttons = [...document.querySelectorAll<HTMLElement>('main button')];
      buttons.find(({ textContent }) => textContent === 'Retry')?.click();
    });
    await expect.poll(() => retry.count()).toBeLessThan(left);
    await settled(page);
  }
  return [...mute.map(text => `a failure without its reason or a way on: ${text}`), ...(await shown()).alerts];
}

/** The page in a range in which nothing was sent. */
async function faultsWhenEmpty(path: string, mayEndHere: boolean): Promise<readonly string[]> {
  const toMs = Date.now() - 3 * dayMs;
  await page.goto(withRange(path, `from=${toMs - 3_600_000}&to=${toMs}`));
  await settled(page);
  const { text, alerts, empties, ways } = await shown();
  const broken = /\bNaN\b|undefined|\[object|Infinity|\bnull\b/.exec(text)?.[0];
  return [
    ...alerts,
    ...(broken === undefined ? [] : [`says ${broken}`]),
    ...(empties === 0 || ways > 0 || mayEndHere ? [] : [`nothing leads on from: ${text.slice(-300)}`]),
  ];
}

const withRange = (path: string, range: string): string =>
  `${site.instance.api}${path}${path.includes('?') ? '&' : '?'}${range}`;

for (const [name, path] of everyAddress) {
  test(`${name}: keeps its room while it loads, says what failed and tries again, and leads on where nothing is`, async () => {
    const isRemote = name !== 'a page that does not exist';
    const at = withRange(path(sample), sample.range);
    expect({
      loading: await faultsWhileLoading(at, isRemote),
      failing: await faultsWhileFailing(at, isRemote),
      empty: await faultsWhenEmpty(path(sample), mayEnd.has(name)),
    }).toEqual({ loading: [], failing: [], empty: [] });
  });
}

test('a page that is opened for the first time while no server answers says so, and comes when one does', async () => {
  await page.goto(`${site.instance.api}/settings/data`);
  await settled(page);
  await page.route('**', route => route.abort());
  const way = page.getByRole('navigation').getByRole('link', { name: 'Profiles', exact: true });
  await way.click();
  await page.getByRole('main').getByText('The server does not answer').waitFor();
  expect(await way.isVisible()).toBe(true);
  await page.unrouteAll({ behavior: 'wait' });
  await page.getByRole('main').getByRole('button', { name: 'Retry', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Profiles' }).waitFor();
});
