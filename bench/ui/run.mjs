// What the pages cost in a browser, each figure against its budget: loading, changing the page, the overview, and scrolling what is long.
// usage: node bench/ui/run.mjs [runs=5]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { machine, median, root, startInstance } from '../instance.mjs';
import { clickUntil, startBrowser, throttle } from './browser.mjs';
import { load } from './load.mjs';

const [runs = '5'] = process.argv.slice(2);
const times = Array.from({ length: Number(runs) }, (_, i) => i);
const scrollMs = 3000;
const linesLoaded = 10_000;
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

const instance = await startInstance();
const { open, close: closeBrowser, version } = await startBrowser(instance.api);
const results = [];
try {
  const longTrace = await load(instance);
  // A warm server: every page was asked for once.
  for (const path of ['/services', '/services/checkout', '/traces', '/logs', `/traces/${longTrace}`]) {
    await (await open(path)).close();
  }
  await measureLoad();
  await measureRouteChange();
  await measureOverview();
  await measureWaterfall(longTrace);
  await measureLogs();
} finally {
  await closeBrowser();
  await instance.stop();
}
console.table(
  Object.fromEntries(
    results.map(({ what, value, unit, budget }) => [
      what,
      { value, unit, budget: budget ?? '', is: verdict(value, budget) },
    ]),
  ),
);
writeFileSync(
  join(root, 'bench', 'ui', 'results.json'),
  `${JSON.stringify({ machine: { ...machine(), browser: version }, runs: times.length, throttle, results }, null, 2)}\n`,
);

function verdict(value, budget) {
  return budget === undefined ? '' : value <= budget ? 'ok' : 'over';
}

/** Keeps the median of one figure over the runs, with the lowest and highest; without a budget it only informs. */
function keep(what, values, unit, budget) {
  const [value, lowest, highest] = [median(values), Math.min(...values), Math.max(...values)].map(
    each => Math.round(each * 10) / 10,
  );
  results.push({ what, value, lowest, highest, unit, budget, is: verdict(value, budget) });
}

async function measureLoad() {
  const first = [];
  const usable = [];
  for (const _ of times) {
    const { page, close } = await open('/services', { watch: 'tbody tr[data-row]', throttled: true });
    first.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
    usable.push(await page.evaluate(() => window.seenMs));
    await close();
  }
  keep('services, slow device: first content', first, 'ms', 1500);
  keep('services, slow device: usable', usable, 'ms', 2500);

  const bytes = { script: 0, stylesheet: 0 };
  const bodies = [];
  let requests = 0;
  const onPage = page =>
    page.on('response', response => {
      requests++;
      const kind = response.request().resourceType();
      if (kind in bytes) bodies.push(response.body().then(body => (bytes[kind] += gzipSync(body).length)));
    });
  const { close } = await open('/services', { onPage });
  await Promise.all(bodies);
  await close();
  keep('services: script, packed', [bytes.script / 1024], 'KB', 260);
  keep('services: styles, packed', [bytes.stylesheet / 1024], 'KB', 25);
  keep('services: requests on load', [requests], '', 8);
}

function to(name) {
  return { click: `nav a[title="${name}"]`, heading: name, row: 'tbody tr[data-row]' };
}

async function measureRouteChange() {
  const { page, close } = await open('/services');
  for (const name of ['Traces', 'Services']) await clickUntil(page, to(name));
  const there = [];
  const back = [];
  for (const _ of times) {
    await sleep(300);
    there.push(await clickUntil(page, to('Traces')));
    await sleep(300);
    back.push(await clickUntil(page, to('Services')));
  }
  await close();
  keep('cached: services to traces', there, 'ms', 100);
  keep('cached: traces to services', back, 'ms', 100);
}

/** The answer is held back until the page is quiet: what is counted after that is work on the data. */
async function measureOverview() {
  const script = [];
  const all = [];
  for (const _ of times) {
    let release;
    const held = new Promise(resolve => (release = resolve));
    const onPage = page =>
      page.route('**/overview?*', async route => {
        const response = await route.fetch();
        await held;
        await route.fulfill({ response });
      });
    const { page, cdp, close } = await open('/services/checkout', { watch: 'h1', onPage });
    await sleep(1000);
    await cdp.send('Performance.enable');
    const spent = async () =>
      Object.fromEntries(
        (await cdp.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value * 1000]),
      );
    const before = await spent();
    release();
    await page.waitForSelector('canvas');
    await sleep(1000);
    const after = await spent();
    const added = name => after[name] - before[name];
    script.push(added('ScriptDuration'));
    all.push(added('ScriptDuration') + added('LayoutDuration') + added('RecalcStyleDuration'));
    await close();
  }
  keep('overview: script from data to paint', script, 'ms', 400);
  keep('overview: script, styles and layout', all, 'ms');
}

async function measureWaterfall(traceId) {
  const row = '[role="treegrid"] [data-row]';
  const clicked = [];
  const loaded = [];
  for (const _ of times) {
    const list = await open(`/traces?q=${encodeURIComponent('name:"POST /v1/long"')}`, { watch: 'tbody tr[data-row]' });
    clicked.push(await clickUntil(list.page, { click: 'tbody tr[data-row]', heading: '', row }));
    await list.close();
    const direct = await open(`/traces/${traceId}`, { watch: row });
    loaded.push(await direct.page.evaluate(() => window.seenMs));
    await direct.close();
  }
  keep('10,000 spans: click in the list to first rows', clicked, 'ms', 300);
  keep('10,000 spans: opened by link to first rows', loaded, 'ms');
  await measureScroll('10,000 spans', {
    path: `/traces/${traceId}`,
    scroller: '[role="treegrid"]',
    row,
    p95: 20,
    nodes: 1500,
  });
}

async function measureLogs() {
  const row = '[role="grid"] [data-index]';
  const budgets = { p95: 17.7, nodes: 3000 }; // 60 frames per second, and the clock's own jitter
  const way = { wheelPx: -900, prepare: loadLines };
  await measureScroll('log lines', { path: '/logs', scroller: '[role="grid"]', row, ...way, ...budgets });
}

/** Pages of lines are asked for first, so that only the scrolling is measured, upwards. */
async function loadLines(page) {
  for (let loaded = 0; loaded < linesLoaded;) {
    await page.$eval('[role="grid"]', element => (element.scrollTop = element.scrollHeight));
    const rowcount = await page.waitForFunction(before => {
      const count = Number(document.querySelector('[role="grid"]').getAttribute('aria-rowcount'));
      return count > before && count;
    }, loaded);
    loaded = await rowcount.jsonValue();
  }
}

/** Turns the wheel fast for three seconds; frames are counted by the browser's own clock. */
async function measureScroll(what, { path, scroller, row, wheelPx = 900, prepare, p95, nodes }) {
  const figures = { p95: [], nodes: [], rows: [], px: [] };
  for (const _ of times) {
    const { page, close } = await open(path, { watch: row });
    await prepare?.(page);
    await sleep(500);
    const startPx = await page.$eval(scroller, element => element.scrollTop);
    await page.hover(scroller);
    await page.evaluate(() => {
      window.frames_ms = [];
      let last;
      const tick = now => {
        if (last !== undefined) window.frames_ms.push(now - last);
        last = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    const end = performance.now() + scrollMs;
    while (performance.now() < end) {
      await page.mouse.wheel(0, wheelPx);
      await sleep(8);
    }
    const frames = await page.evaluate(() => window.frames_ms);
    figures.p95.push(frames.toSorted((a, b) => a - b)[Math.floor(frames.length * 0.95)]);
    figures.nodes.push(await page.locator('*').count());
    figures.rows.push(await page.getAttribute(scroller, 'aria-rowcount').then(Number));
    figures.px.push(Math.abs((await page.$eval(scroller, element => element.scrollTop)) - startPx));
    await close();
  }
  keep(`${what}: frame while scrolling, p95`, figures.p95, 'ms', p95);
  keep(`${what}: DOM nodes`, figures.nodes, '', nodes);
  keep(`${what}: rows loaded`, figures.rows, '');
  keep(`${what}: scrolled`, figures.px, 'px');
}
