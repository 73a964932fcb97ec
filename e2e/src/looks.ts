import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Theme, axe, screenshot } from './browser.ts';

/** How a page is looked at: the colours and the width of the window in px. */
export interface Look {
  readonly theme: Theme;
  readonly width: number;
}

/** A desk that is small, and a phone at night: what goes wrong goes wrong there. */
export const deskAndPhone: readonly [Look, Look] = [
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 390 },
];

/** A phone is narrow and high. */
export const heightOf = (width: number): number => (width < 600 ? 844 : 900);

/** Shows an open page in another way, and waits until it stands so. */
export async function lookAt(page: Page, { theme, width }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await page.setViewportSize({ width, height: heightOf(width) });
  await page.waitForFunction(
    look => innerWidth === look.width && (document.documentElement.dataset['theme'] ?? look.theme) === look.theme,
    { theme, width },
  );
}

/** Nothing in sight is on its way any more: no grey block, no old data that stands pale. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll('output[aria-label="Loading"], [data-stale="true"]')].every(
        one => one.getBoundingClientRect().top >= innerHeight,
      ) && document.fonts.status === 'loaded',
  );
}

/** How much wider the page is than the window, and what sticks out. */
export function sticksOut(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const all = [...document.querySelectorAll('body *')];
    const wide = all.filter(one => one.getBoundingClientRect().right > clientWidth + 1);
    return [`${scrollWidth - clientWidth} px`, ...wide.slice(0, 5).map(one => one.outerHTML.slice(0, 120))];
  });
}

/** Tables without a file, and charts without a menu for CSV and PNG: what is shown can be taken along. One line each. */
export function lacksFiles(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const files = [...document.querySelectorAll('main button[aria-label$=": download CSV"]')].map(one =>
      one.getAttribute('aria-label'),
    );
    const tables = [...document.querySelectorAll('main [role="grid"]')]
      .filter(one => one.querySelector('tbody tr') !== null)
      .map(one => one.getAttribute('aria-label'))
      .filter(label => !files.includes(`${label}: download CSV`));
    const charts = [...document.querySelectorAll('main .uplot')].filter(
      one => one.closest('section, [data-picture]')?.querySelector('button[aria-haspopup="menu"]') === null,
    );
    return [
      ...tables.map(label => `table without CSV: ${label}`),
      ...charts.map(one => `chart without a menu: ${one.parentElement?.getAttribute('aria-label')}`),
    ];
  });
}

/** What is wrong with a page as it stands: it is wider than its window, or axe finds something. One line each. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  return [...(await sticksOut(page)), ...(await axe(page))];
}

/** Fails unless the page is without faults as it stands; keeps a picture of it. */
export async function looksRight(page: Page, picture?: string): Promise<void> {
  expect(await faultsOf(page)).toEqual([]);
  if (picture !== undefined) await screenshot(page, picture);
}
