import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { everyAddress } from './src/every-address.ts';
import { root } from './src/instance.ts';
import { keyboardFaults } from './src/keyboard-walk.ts';
import { type Look, deskAndPhone, faultsOf, lacksFiles, lookAt, settled } from './src/looks.ts';
import { sampleOfEverything, type SampleOfEverything } from './src/sample-of-everything.ts';
import { siteOfTests } from './src/site.ts';

let sample: SampleOfEverything;
let page: Page;
/** What the page asked for since it was opened. */
let asked: string[] = [];

const site = siteOfTests({
  async fill(instance) {
    sample = await sampleOfEverything(instance);
  },
});
beforeAll(async () => {
  page = await site.browser.page('light', 1280);
  page.on('request', request => asked.push(request.url()));
});

/** The addresses of the API that marks of the browser's timeline name. */
function marked(name: string): Promise<readonly string[]> {
  return page.evaluate(
    // Entries of a mark's name are marks, which have a detail; their type does not say so.
    mark => performance.getEntriesByName(mark).map(entry => String((entry as PerformanceMark).detail)),
    name,
  );
}

/** What the early script asked and the page did not: the two have come apart. */
async function askedInVain(): Promise<readonly string[]> {
  const taken = await marked('early answer taken');
  return (await marked('early question')).filter(url => !taken.includes(url)).map(url => `asked in vain: ${url}`);
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

/** What a page has more of than it may: 8 questions, 3,000 elements, and nothing from elsewhere. A dashboard asks what its panels ask. */
async function overBudget(): Promise<readonly string[]> {
  const questions = new Set(asked.filter(url => url.includes('/api/') && !url.includes('/api/v1/')));
  const elements = await page.locator('*').count();
  return [
    ...asked.filter(url => !url.startsWith(site.instance.api)).map(url => `asks elsewhere: ${url}`),
    ...(questions.size > 8 ? [`asks ${questions.size} questions: ${[...questions].join(' ')}`] : []),
    ...(elements < 3000 ? [] : [`has ${elements} elements`]),
  ];
}

/** Panels of dashboards ask once they come into sight: what comes while Tab goes by would be left out. */
async function seeAll(): Promise<void> {
  for (const panel of await page.locator('main section[role="group"]').all()) {
    await panel.scrollIntoViewIfNeeded();
    await settled(page);
  }
  await page.evaluate('scrollTo(0, 0)');
}

/** What is wrong with a page, bright at 1280 px and dark on a phone, and for the keyboard; the console is looked at after each test. */
async function faults(name: string, path: string): Promise<readonly string[]> {
  const [desk, phone] = deskAndPhone;
  const seen = async ({ width, theme }: Look): Promise<readonly string[]> =>
    (await faultsOf(page)).map(fault => `${width} px, ${theme}: ${fault}`);
  // Of the page before, nothing is asked any more.
  await page.goto('about:blank');
  await lookAt(page, desk);
  asked = [];
  await page.goto(`${site.instance.api}${path}`);
  await settled(page);
  const found = [...(await overBudget()), ...(await seen(desk)), ...(await lacksFiles(page))];
  await record(name);
  if (path.startsWith('/dashboards/')) await seeAll();
  found.push(...(await keyboardFaults(page)));
  await lookAt(page, phone);
  await settled(page);
  return [...found, ...(await seen(phone)), ...(await askedInVain())];
}

for (const [name, path] of everyAddress) {
  test(`${name}: it keeps its budgets, axe finds nothing and nothing sticks out, on a desk in light and on a phone in the dark; Tab reaches everything, and shows where it is; tables and charts have files`, async () => {
    const at = path(sample);
    expect(await faults(name, `${at}${at.includes('?') ? '&' : '?'}${sample.range}`)).toEqual([]);
  });
}

const isFocused = (one: Locator): Promise<boolean> => one.evaluate(element => element.contains(document.activeElement));

/** Opens what a trigger opens with Enter, and closes it with Escape: what is wrong with where the focus is meanwhile. */
async function focusFaults(trigger: Locator): Promise<readonly string[]> {
  const label = await trigger.evaluate(element => element.getAttribute('aria-label') ?? element.textContent ?? '');
  const popup = page.locator('[role="menu"], [role="dialog"], [role="listbox"]');
  await trigger.focus();
  await page.keyboard.press('Enter');
  await popup.first().waitFor();
  const faults: string[] = [];
  await expect
    .poll(() => isFocused(popup.first()), { message: `${label}: the focus goes into what it opens` })
    .toBe(true);
  if ((await popup.first().getAttribute('role')) === 'dialog') {
    for (let i = 0; i < 20; i++) await page.keyboard.press('Tab');
    if (!(await isFocused(popup.first()))) faults.push(`${label}: Tab leaves the dialog`);
  }
  await page.keyboard.press('Escape');
  await popup.first().waitFor({ state: 'detached' });
  await expect.poll(() => isFocused(trigger), { message: `${label}: Escape gives the focus back` }).toBe(true);
  return faults;
}

test('menus and dialogs take the focus, keep it, and give it back at Escape', async () => {
  const found: string[] = [];
  await lookAt(page, { theme: 'light', width: 1280 });
  for (const at of ['/services/shop', '/metrics', `/errors/${sample.errorId}`]) {
    await page.goto(`${site.instance.api}${at}?${sample.range}`);
    await settled(page);
    // The bar and the navigation are the same everywhere.
    const triggers = page.locator(`${at === '/metrics' ? '' : 'main '}[aria-haspopup]:not(input):visible`);
    for (let i = 0; i < Math.min(await triggers.count(), 8); i++) found.push(...(await focusFaults(triggers.nth(i))));
  }
  expect(found).toEqual([]);
});

test('the help of the keys lists what does something on the page: no time on a trace, no filter where there is none', async () => {
  const labels = async (path: string): Promise<readonly string[]> => {
    await page.goto(`${site.instance.api}${path}`);
    await settled(page);
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await help.waitFor();
    const found = await help.locator('dt').allTextContents();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    return found;
  };
  expect(await labels(`/services?${sample.range}`)).toEqual(expect.arrayContaining(['Filter', 'Earlier', 'Next row']));
  await page.keyboard.press('/');
  expect(await page.evaluate(() => document.activeElement?.hasAttribute('data-filter'))).toBe(true);
  const ofTrace = await labels(`/traces/${sample.traceId}`);
  expect(ofTrace).toContain('Copy link');
  expect(ofTrace).not.toContain('Earlier');
  expect(await labels(`/settings/data?${sample.range}`)).not.toContain('Filter');
});
