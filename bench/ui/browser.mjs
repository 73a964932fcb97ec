// Chromium as the benches use it: fresh contexts, a slow device on demand, and moments taken after the paint.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** The slow device of the budgets. */
export const throttle = { cpu: 4, megabitsPerSecond: 10, latencyMs: 20 };

// The flags of e2e/src/browser.ts: no GPU, and nothing in the background.
const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

const program = { executablePath: '/usr/bin/chromium', args: flags.split(' ') };
const viewed = { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 };

/**
 * A browser as a person has one who works with the pages: with a profile, which keeps scripts and what they were compiled to. (Contexts without one keep no
 * compiled scripts, and take 150 to 300 ms longer for each page.)
 */
export async function startProfile(origin) {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-bench-profile-'));
  const context = await chromium.launchPersistentContext(folder, { ...program, ...viewed });
  const blank = await context.newPage();
  const { product } = await (await context.newCDPSession(blank)).send('Browser.getVersion');
  return {
    version: product.split('/')[1],
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
    /** A tab. Answers when the network is quiet. `watch` is a selector; when it first matched is kept in `window.seenMs`. */
    async tab(path, { watch, onPage } = {}) {
      const page = await context.newPage();
      if (watch !== undefined) await keepWhenSeen(page, watch);
      await onPage?.(page);
      await page.goto(origin + path);
      await page.waitForLoadState('networkidle');
      return page;
    },
  };
}

/** Has the page keep in `window.seenMs` when the selector first matched, painted. */
function keepWhenSeen(page, watch) {
  return page.addInitScript(selector => {
    new MutationObserver((_, observer) => {
      if (document.querySelector(selector) === null) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => (window.seenMs = performance.now())));
    }).observe(document, { childList: true, subtree: true });
  }, watch);
}

export async function startBrowser(origin) {
  const browser = await chromium.launch(program);
  return {
    version: browser.version(),
    close: () => browser.close(),
    /** A page of a context of its own: an empty cache. `watch` is a selector; when it first matched is kept in `window.seenMs`. */
    async open(path, { watch, throttled = false, onPage } = {}) {
      const context = await browser.newContext(viewed);
      const page = await context.newPage();
      const cdp = await context.newCDPSession(page);
      if (throttled) {
        const bytesPerSecond = (throttle.megabitsPerSecond * 1e6) / 8;
        await cdp.send('Network.enable');
        await cdp.send('Network.emulateNetworkConditions', {
          offline: false,
          latency: throttle.latencyMs,
          downloadThroughput: bytesPerSecond,
          uploadThroughput: bytesPerSecond,
        });
        await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle.cpu });
      }
      if (watch !== undefined) await keepWhenSeen(page, watch);
      await onPage?.(page);
      await page.goto(origin + path);
      if (watch === undefined) await page.waitForLoadState('networkidle');
      else await page.waitForFunction(() => window.seenMs !== undefined);
      return { page, cdp, close: () => context.close() };
    },
  };
}

/** Clicks what `click` selects and answers with the ms until the page with that heading has `row`, painted. */
export function clickUntil(page, { click, heading, row }) {
  return page.evaluate(
    ([selector, title, wanted]) =>
      new Promise(resolve => {
        const start = performance.now();
        const observer = new MutationObserver(() => {
          const isPage = document.querySelector('h1')?.textContent?.includes(title) === true;
          if (!isPage || document.querySelector(wanted) === null) return;
          observer.disconnect();
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
        });
        observer.observe(document, { childList: true, subtree: true, characterData: true });
        document.querySelector(selector).click();
      }),
    [click, heading, row],
  );
}
