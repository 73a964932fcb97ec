import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Browser, type Theme, launch } from './browser.ts';
import { type Instance, newDataDir, removeDataDir, startInstance } from './instance.ts';
import { heightOf } from './looks.ts';

/** What the tests of a file look at: an instance of their own, and a browser in front of it. Both are there once the tests run. */
export interface Site {
  readonly instance: Instance;
  readonly browser: Browser;
  /** A fresh page that has begun to show something, in the window of a desk unless `width` (px) says otherwise. `path` begins with `/`. */
  open(path: string, theme: Theme, width?: number): Promise<Page>;
}

/** What a site begins with. */
export interface SiteStart {
  /** Further flags of `bellwether up`; may write what they name into the data folder. */
  readonly flags?: (dataDir: string) => readonly string[];
  /** Sends what the pages show. */
  readonly fill?: (instance: Instance) => Promise<void>;
  /** What pages may write to their console: of requests that are to fail, a browser tells there. */
  readonly mayComplain?: RegExp;
}

/** Starts a site for the tests of this file and ends it after them. A test fails when a page complained in its console meanwhile. */
export function siteOfTests({ flags, fill, mayComplain }: SiteStart): Site {
  const dataDir = newDataDir();
  let started: { readonly instance: Instance; readonly browser: Browser } | undefined;
  const site = (): { readonly instance: Instance; readonly browser: Browser } => {
    if (started === undefined) throw new Error('the site is there once the tests run: ask for it inside of one');
    return started;
  };

  beforeAll(async () => {
    const [instance, browser] = await Promise.all([startInstance(dataDir, flags?.(dataDir)), launch()]);
    started = { instance, browser };
    await fill?.(instance);
  });
  let heard = 0;
  afterEach(() => {
    const complaints = site().browser.complaints().slice(heard);
    heard += complaints.length;
    expect(complaints.filter(text => mayComplain?.test(text) !== true)).toEqual([]);
  });
  afterAll(async () => {
    await Promise.all([started?.browser.close(), started?.instance.stop()]);
    removeDataDir(dataDir);
  });

  return {
    get instance() {
      return site().instance;
    },
    get browser() {
      return site().browser;
    },
    async open(path, theme, width = 1440) {
      const page = await site().browser.page(theme, width, heightOf(width));
      await page.goto(`${site().instance.api}${path}`);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      return page;
    },
  };
}
