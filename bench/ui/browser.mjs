// Chromium as the benches use it: fresh contexts, a slow device on demand, and moments taken after the paint.
import { chromium } from 'playwright-core';

/** The slow device of the budgets. */
export const throttle = { cpu: 4, megabitsPerSecond: 10, latencyMs: 20 };

// The flags of e2e/src/browser.ts: no GPU, and nothing in the background.
const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

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
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags.split(' ') });
  const viewed = { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 };
  let kept;
  return {
    version: browser.version(),
    close: () => browser.close(),
    /** A tab among others: with the scripts that they have loaded. Answers when the network is quiet. `watch` as with `open`. */
    async tab(path, { watch, onPage } = {}) {
      kept ??= await browser.newContext(viewed);
      const page = await kept.newPage();
      if (watch !== undefined) await keepWhenSeen(page, watch);
      await onPage?.(page);
      await page.goto(origin + path);
      await page.waitForLoadState('networkidle');
      return page;
    },
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
