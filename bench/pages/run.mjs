// How long every page takes with a day of 10 million spans, 5 million log lines and 100,000 errors stored: its first panel, and all that it shows.
// usage: node bench/pages/run.mjs [--spans 10000000] [--logs 5000000] [--errors 100000] [--runs 5] [--data folder, kept and used again]
//
// Each page is opened in Chromium with the range of a day. From the start of the navigation: when its first panel with data was painted, and, by the browser's resource timings,
// the first and the last answer of the API. A page is opened twice before it is measured, in a browser with a profile: scripts are cached and compiled, as they are for who
// works with it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cost, machine, median, root, startInstance } from '../instance.mjs';
import { startProfile } from '../ui/browser.mjs';
import { load } from './load.mjs';
import { pagesOf } from './pages.mjs';

const text = { type: 'string' };
const { values: given } = parseArgs({ options: { spans: text, logs: text, errors: text, runs: text, data: text } });
/** Of what is loaded now; a folder that is used again has its own. */
const wanted = {
  spans: Number(given.spans ?? 10_000_000),
  logs: Number(given.logs ?? 5_000_000),
  errors: Number(given.errors ?? 100_000),
};
const runs = Number(given.runs ?? 5);
/** A browser keeps compiled scripts at the second visit. */
const warmUps = 2;
/** What a page shows of data: what stands where grey blocks stood, rows, charts, flames. */
const panel = ['[data-stale]', 'tbody tr', '[role=row]', '[role=img]', '[role=application]', '[role=treegrid]']
  .map(each => `#content ${each}`)
  .join();
/** UI.md and the issue of these pages: the first panel, all panels, the map, and what is different. */
const budgets = { panelMs: 500, allMs: 2000 };

if (given.data !== undefined) mkdirSync(given.data, { recursive: true });
const marker = given.data === undefined ? undefined : join(given.data, 'bench-loaded.json');
const instance = await startInstance({ dataDir: given.data });
const browser = await startProfile(instance.api);
const rows = [];
try {
  const { toMs, ...sizes } = await loaded();
  const pages = await pagesOf(instance, toMs);
  for (const page of pages) {
    const panelMs = [];
    const firstMs = [];
    const allMs = [];
    let requests = 0;
    let slowest = '';
    for (let run = -warmUps; run < runs; run++) {
      const seen = await timesOf(page.path);
      if (seen.failed !== '') throw new Error(`${page.name}: ${seen.failed}`);
      if (run < 0) continue;
      panelMs.push(seen.panelMs);
      firstMs.push(seen.firstMs);
      allMs.push(seen.allMs);
      ({ requests, slowest } = seen);
    }
    const row = {
      ...page,
      panelMs: median(panelMs),
      firstMs: median(firstMs),
      allMs: median(allMs),
      worstMs: Math.max(...allMs),
      requests,
      slowest,
    };
    rows.push(row);
    console.log(shown(row));
  }
  const bytes = [instance.receiverPid, instance.serverPid].reduce((sum, pid) => sum + cost(pid).peakBytes, 0);
  console.log(`peak memory, both processes: ${Math.round(bytes / 1e6)} MB`);
  writeFileSync(
    join(root, 'bench', 'pages', 'results.json'),
    `${JSON.stringify({ machine: { ...machine(), browser: browser.version }, sizes, runs, peakMB: Math.round(bytes / 1e6), rows }, null, 2)}\n`,
  );
} finally {
  await browser.close();
  await instance.stop();
}

/** What is stored and the end of its day (`toMs`); sent now unless the folder has it already. */
async function loaded() {
  if (marker !== undefined && existsSync(marker)) return JSON.parse(readFileSync(marker, 'utf8'));
  const stored = { ...wanted, toMs: Date.now() };
  const started = performance.now();
  await load(instance, stored);
  console.log(`loaded in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  if (marker !== undefined) writeFileSync(marker, JSON.stringify(stored));
  return stored;
}

/** Milliseconds from the start of the navigation to the first painted panel, and to the first and the last answer of the API, when the page has gone quiet. */
async function timesOf(path) {
  let failed = '';
  const onPage = page =>
    page.on('response', response => {
      if (response.status() >= 400) failed = `${response.status()} ${response.url()}`;
    });
  const page = await browser.tab(path, { watch: panel, onPage });
  const asked = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.includes('/api/'))
      .map(({ name, responseEnd, duration }) => ({ path: new URL(name).pathname, responseEnd, duration })),
  );
  const panelMs = await page.evaluate(() => window.seenMs ?? Infinity);
  await page.close();
  const ends = asked.map(({ responseEnd }) => responseEnd);
  const slow = asked.toSorted((a, b) => b.duration - a.duration)[0];
  return {
    failed,
    panelMs,
    firstMs: Math.min(...ends),
    allMs: Math.max(...ends),
    requests: asked.length,
    slowest: slow === undefined ? '' : `${slow.path} ${Math.round(slow.duration)} ms`,
  };
}

function shown({ name, panelMs, firstMs, allMs, worstMs, requests, slowest, budgetMs = budgets.allMs }) {
  const verdict = panelMs <= budgets.panelMs && allMs <= budgetMs ? 'ok' : 'OVER';
  return `| ${name} | ${Math.round(panelMs)} | ${Math.round(firstMs)} | ${Math.round(allMs)} | ${Math.round(worstMs)} | ${requests} | ${slowest} | ${verdict} |`;
}
