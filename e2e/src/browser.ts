import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BrowserContext, type Page, chromium } from 'playwright-core';
import { z } from 'zod';
import { root } from './instance.ts';

/** playwright-core adds a fresh profile folder of its own. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type Theme = 'light' | 'dark';

export interface Browser {
  /** A fresh page; fails the test at the end when the page wrote an error to its console. */
  page(theme: Theme, width?: number, height?: number): Promise<Page>;
  /** What pages complained about so far. */
  complaints(): readonly string[];
  close(): Promise<void>;
}

/** Debian's Chromium with a fresh profile. */
export async function launch(): Promise<Browser> {
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: flags,
  });
  return {
    async page(theme, width = 1440, height = 900) {
      const context = await browser.newContext({
        colorScheme: theme,
        viewport: { width, height },
        deviceScaleFactor: 1,
      });
      contexts.push(context);
      // What is waited for comes; how soon says something of the machine alone.
      context.setDefaultTimeout(60_000);
      const page = await context.newPage();
      page.on('console', message => {
        if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()} ${message.location().url}`);
      });
      page.on('pageerror', error => complaints.push(`${page.url()}: ${error.message}`));
      return page;
    },
    complaints: () => complaints,
    async close() {
      for (const context of contexts) await context.close();
      await browser.close();
    },
  };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeResult = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      help: z.string(),
      nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
    }),
  ),
});

/** What axe-core finds on the page as it stands (WCAG 2.2 A and AA), one line per finding. */
export async function axe(page: Page): Promise<readonly string[]> {
  // Through the debugger, not a script tag: the page's content security policy stays as it is.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  const raw: unknown = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
  );
  return axeResult
    .parse(raw)
    .violations.flatMap(violation =>
      violation.nodes.map(
        node => `${violation.id}: ${violation.help}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`,
      ),
    );
}

const shots = join(root, 'e2e', 'screenshots');

/** Keeps a picture of the page in e2e/screenshots (not in git), to be looked at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}
