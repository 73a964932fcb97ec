import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, axe, launch, screenshot } from './src/browser.ts';
import { sendLatencies } from './src/latency-histograms.ts';
import { complete } from './src/completion.ts';
import { type Instance, newDataDir, removeDataDir, startInstance, until } from './src/instance.ts';
import { settled } from './src/looks.ts';

const dataDir = newDataDir();
let instance: Instance;
let browser: Browser;

const startMs = Date.now() - 10 * 60_000;
const everyMs = 10_000;
const samples = 60;
const traceId = randomBytes(16).toString('hex');
const spanId = randomBytes(8).toString('hex');
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const nsOf = (ms: number): string => `${ms}000000`;

/** Ten minutes of a counter, a gauge and a histogram with an exemplar, of two services. */
async function sendMetrics(): Promise<void> {
  const steps = Array.from({ length: samples }, (_, step) => ({ step, ms: startMs + step * everyMs }));
  const resourceMetrics = ['checkout', 'payments'].map((service, index) => ({
    resource: { attributes: [text('service.name', service), text('service.namespace', 'shop')] },
    scopeMetrics: [
      {
        metrics: [
          {
            name: 'shop.orders',
            description: 'Orders that were placed',
            sum: {
              isMonotonic: true,
              aggregationTemporality: 2,
              dataPoints: ['web', 'app'].flatMap((channel, at) =>
                steps.map(({ step, ms }) => ({
                  attributes: [text('channel', channel)],
                  startTimeUnixNano: nsOf(startMs),
                  timeUnixNano: nsOf(ms),
                  asDouble: step * (10 + 5 * at + index),
                })),
              ),
            },
          },
          {
            name: 'shop.cache.size',
            unit: 'By',
            gauge: {
              dataPoints: steps.map(({ step, ms }) => ({
                timeUnixNano: nsOf(ms),
                asDouble: 1_048_576 * (index + 1 + Math.sin(step / 5) / 4),
              })),
            },
          },
          {
            name: 'shop.checkout.duration',
            unit: 's',
            histogram: {
              aggregationTemporality: 2,
              dataPoints: steps.map(({ step, ms }) => ({
                startTimeUnixNano: nsOf(startMs),
                timeUnixNano: nsOf(ms),
                count: step * 4,
                sum: step * 0.8,
                explicitBounds: [0.1, 0.25, 0.5, 1],
                bucketCounts: [step, step, step, step, 0],
                exemplars:
                  step === 30 && index === 0 ? [{ timeUnixNano: nsOf(ms), asDouble: 0.42, traceId, spanId }] : [],
              })),
            },
          },
        ],
      },
    ],
  }));
  const answer = await fetch(`${instance.otlp}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics }),
  });
  expect(answer.status).toBe(200);
}

async function sendTrace(): Promise<void> {
  const span = {
    traceId,
    spanId,
    name: 'POST /checkout',
    kind: 2,
    startTimeUnixNano: nsOf(startMs),
    endTimeUnixNano: nsOf(startMs + 420),
  };
  const resourceSpans = [
    { resource: { attributes: [text('service.name', 'checkout')] }, scopeSpans: [{ spans: [span] }] },
  ];
  const answer = await fetch(`${instance.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans }),
  });
  expect(answer.status).toBe(200);
}

const orders = 'sum by (job) (rate(shop_orders_total[1m]))';
const durations = 'histogram_quantile(0.95, sum by (job, le) (rate(shop_checkout_duration_seconds_bucket[1m])))';

function address(...queries: readonly string[]): string {
  return `/metrics?${queries.map(query => `q=${encodeURIComponent(query)}`).join('&')}`;
}

/** The name of a series in the legend table; a click isolates it. */
function seriesButton(page: Page, name: string): Locator {
  const grid = page.getByRole('grid', { name: 'Series of the result' });
  return grid.getByRole('button', { name: new RegExp(`^(?:[A-Z] )?\\s*${name}$`) });
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(instance.api + path);
  await page.getByRole('heading', { level: 1, name: 'Metrics' }).waitFor();
  // Until then a plain field stands in its place, which completes nothing.
  await page.locator('.cm-content').first().waitFor();
  await settled(page);
}

beforeAll(async () => {
  [browser, instance] = await Promise.all([launch(), startInstance(dataDir)]);
  await Promise.all([sendMetrics(), sendTrace(), sendLatencies(instance.otlp)]);
  await instance.flush();
  await until('the metrics can be queried', 60_000, async () => {
    const answer = await fetch(`${instance.api}/api/v1/label/__name__/values`);
    return (await answer.text()).includes('shop_orders_total') ? true : undefined;
  });
});
afterAll(async () => {
  await browser.close();
  await instance.stop();
  removeDataDir(dataDir);
});

test('a click on a metric asks the sensible first question, and the address holds it', async () => {
  const page = await browser.page('light');
  await open(page, '/metrics');
  await page.getByRole('searchbox', { name: 'Search metrics' }).fill('orders');
  await page
    .getByRole('button', { name: /shop_orders_total|orders_total/ })
    .first()
    .click();
  await page.getByRole('grid', { name: 'Series of the result' }).waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe('sum(rate(shop_orders_total[5m]))');
  await page.getByRole('region', { name: 'About shop_orders_total' }).getByText('Orders that were placed').waitFor();
});

test('the editor completes metrics from the API and functions from their docs; Enter runs the query', async () => {
  const page = await browser.page('light');
  await open(page, '/metrics');
  const editor = page.getByRole('textbox', { name: 'Query A' });
  await editor.click();
  await editor.pressSequentially('sum by (job) (rat');
  await page.getByRole('option', { name: /^rate/ }).first().waitFor();
  await page.getByText('Growth of a counter per second').first().waitFor();
  await page.keyboard.press('Escape');
  await editor.pressSequentially('e(shop_ord');
  await complete(page, /^shop_orders_total/, 'Enter');
  // Behind a closed bracket nothing is completed, however late the list of units would have come.
  await editor.pressSequentially('[1m]');
  await page.getByRole('option').first().waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await seriesButton(page, 'shop/checkout').waitFor();
  expect(new URL(page.url()).searchParams.get('q')).toBe(orders);
});

test('a copied address gives the same picture in a fresh browser; Back undoes the last act', async () => {
  const page = await browser.page('dark');
  await open(page, `${address(orders, 'shop_cache_size_bytes')}&off=B&legend=A:{{job}}`);
  const grid = page.getByRole('grid', { name: 'Series of the result' });
  await seriesButton(page, 'shop/checkout').waitFor();
  expect(await grid.getByRole('row').count()).toBe(3);
  await seriesButton(page, 'shop/payments').click();
  await page.getByRole('button', { name: 'Show all 2 series' }).waitFor();
  const fresh = await browser.page('light');
  await fresh.goto(page.url());
  await fresh.getByRole('button', { name: 'Show all 2 series' }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Show all 2 series' }).waitFor({ state: 'detached' });
});

test('the builder and the text are two hands on one query', async () => {
  const page = await browser.page('light');
  await open(page, `${address(orders)}&builder=A`);
  const builder = page.getByRole('group', { name: 'Builder of query A' });
  expect(await builder.getByRole('combobox', { name: 'Metric of query A' }).inputValue()).toBe('shop_orders_total');
  await builder.getByRole('combobox', { name: 'Add a condition on a label' }).fill('channel');
  await page.keyboard.press('Enter');
  const value = builder.getByRole('combobox', { name: 'Value of channel' });
  await value.fill('web');
  await page.keyboard.press('Enter');
  await page.waitForURL(url => url.searchParams.get('q')?.includes('channel="web"') === true);
  await expect.poll(() => page.getByRole('textbox', { name: 'Query A' }).textContent()).toContain('{channel="web"}');
  await open(page, `${address('shop_orders_total / shop_orders_total')}&builder=A`);
  await page.getByText('The builder can not show two expressions joined by /.').waitFor();
});

test('an exemplar stands on the chart as a diamond and opens its trace at its span', async () => {
  const page = await browser.page('light');
  await open(page, address(durations));
  const diamond = page.getByTitle(new RegExp(`open trace ${traceId}`));
  await diamond.first().waitFor();
  await screenshot(page, 'metrics-exemplar-light-1440');
  await diamond.first().click();
  await page.waitForURL(new RegExp(`/traces/${traceId}`));
  expect(new URL(page.url()).searchParams.get('span')).toBe(spanId);
});

test('a fault is told once for its query, marked in its text, and the others are drawn', async () => {
  const page = await browser.page('light');
  await open(page, address(orders, 'rate(shop_orders_total)'));
  await page.getByRole('alert').getByText('expected type range vector in call to function "rate"').waitFor();
  await seriesButton(page, 'shop/checkout').waitFor();
  const marked = page.locator('.cm-lintRange-error').first();
  await marked.waitFor();
  expect(await marked.textContent()).toBe('shop_orders_total');
});

test('what a query reads and takes is told in plain words', async () => {
  const page = await browser.page('light');
  await open(page, address(orders));
  await page.getByRole('button', { name: 'Explain' }).click();
  const explanation = page.getByRole('region', { name: 'Explanation' });
  await explanation.getByText('Gives 2 series').waitFor();
  expect(await explanation.textContent()).toContain('Reads 240 samples of 4 series');
});

test('an empty answer says why it is empty', async () => {
  const page = await browser.page('light');
  await open(page, address('shop_orderz_total'));
  await page.getByText('No metric is named shop_orderz_total').waitFor();
  await open(page, address('shop_orders_total{channel="fax"}'));
  await page.getByText('The query leaves nothing').waitFor();
  expect(await page.getByRole('grid', { name: 'Series of the result' }).count()).toBe(0);
});

test('the same answer as a table of labels and as large numbers; a label filters', async () => {
  const page = await browser.page('light');
  await open(page, `${address('shop_orders_total')}&view=table`);
  await page.getByRole('grid', { name: 'Values' }).getByText('app').first().waitFor();
  await page.getByRole('button', { name: 'Stat' }).click();
  await page.getByText('web, shop/checkout').first().waitFor();
  await page.getByRole('button', { name: 'Chart' }).click();
  await page.getByTitle('Only channel = web').first().click();
  await page.waitForURL(url => url.searchParams.get('q') !== 'shop_orders_total');
  expect(new URL(page.url()).searchParams.get('q')).toBe('shop_orders_total{channel="web"}');
});

for (const theme of ['light', 'dark'] as const) {
  test(`in ${theme} axe finds nothing on the page, with builder, explanation and two queries`, async () => {
    const page = await browser.page(theme);
    const requests = new Set<string>();
    page.on('request', request => requests.add(request.url()));
    await open(page, `${address(durations, 'shop_cache_size_bytes')}&builder=A&explain=A`);
    await page.getByRole('grid', { name: 'Series of the result' }).waitFor();
    await screenshot(page, `metrics-${theme}-1440`);
    expect(await axe(page)).toEqual([]);
    expect([...requests].filter(url => !url.startsWith(instance.api))).toEqual([]);
    await open(page, '/metrics');
    await screenshot(page, `metrics-blank-${theme}-1440`);
    expect(await axe(page)).toEqual([]);
  });
}

test('[C2] histograms are heatmaps: native ones at once, classic ones by their `le` when asked', async () => {
  const page = await browser.page('light');
  await open(page, address('sum(rate(payment_latency_seconds[1m]))'));
  await page.getByText('1 series is a histogram, which no line can show: these are the buckets.').waitFor();
  await page.getByRole('img', { name: /Result: \d+ buckets over time, most in \S+ ms to \S+ ms/ }).waitFor();
  await screenshot(page, 'metrics-heatmap-light-1440');
  expect(await axe(page)).toEqual([]);
  // As other charts, it can be taken along.
  const cells = /^time,(?:[\d.]+ to [\d.]+,)+[\d.]+ to [\d.]+\r\n20\d\d-/;
  for (const [item, file, content] of [
    ['Download CSV', 'Result.csv', cells],
    ['Download PNG', 'Result.png', /PNG/],
  ] as const) {
    await page.getByRole('button', { name: 'Result: more' }).click();
    const coming = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: item }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toBe(file);
    expect(readFileSync(await download.path(), 'latin1')).toMatch(content);
  }
  const dark = await browser.page('dark');
  await open(dark, address('sum by (le) (rate(payment_size_bytes_bucket[1m]))'));
  await dark.getByRole('button', { name: 'Draw them as a heatmap' }).click();
  await dark.getByRole('img', { name: /Result: [45] buckets over time, most in 100 B to 500 B/ }).waitFor();
  expect(new URL(dark.url()).searchParams.get('view')).toBe('heatmap');
  await screenshot(dark, 'metrics-heatmap-dark-1440');
  expect(await axe(dark)).toEqual([]);
});

/** Selects a part of the drawing, from the first third to the last in both directions. */
async function selectBox(page: Page): Promise<Locator> {
  const box = await page.locator('.u-over').first().boundingBox();
  if (box === null) throw new Error('nothing is drawn');
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 8);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 1.5, box.y + box.height / 1.1, { steps: 4 });
  await page.mouse.up();
  return page.getByRole('dialog', { name: 'Selected time' });
}

test('[D7] a box of a heatmap of request durations leads to its spans and to what is different; that of another metric says why not', async () => {
  await sendLatencies(instance.otlp, Date.now(), 'http.server.request.duration');
  await instance.flush();
  const page = await browser.page('light');
  await open(page, address('sum(rate(http_server_request_duration_seconds{job="payments"}[1m]))'));
  await page.getByRole('img', { name: /Result: \d+ buckets over time/ }).waitFor();
  const chosen = await selectBox(page);
  await screenshot(page, 'metrics-heatmap-box-light-1440');
  const link = chosen.getByRole('link', { name: 'What is different' });
  const asked = new URL((await link.getAttribute('href')) ?? '', instance.api).searchParams;
  expect(asked.get('q')).toBe('kind:server service:payments');
  expect(asked.get('selected')).toMatch(/^duration>\d+m?u?s duration<=\d+m?u?s$/);
  expect(Number(asked.get('selTo'))).toBeGreaterThan(Number(asked.get('selFrom')));
  await link.click();
  await page.getByRole('heading', { name: 'What is different' }).waitFor();

  const other = await browser.page('dark');
  await open(other, address('sum(rate(payment_latency_seconds[1m]))'));
  await other.getByRole('img', { name: /Result: \d+ buckets over time/ }).waitFor();
  const told = await selectBox(other);
  await told.getByText('payment_latency_seconds is not known as a duration of spans').waitFor();
  expect(await told.getByRole('link').count()).toBe(0);
  await screenshot(other, 'metrics-heatmap-why-dark-1440');
  expect(await axe(other)).toEqual([]);
});

test('a plain query asks at most eight questions', async () => {
  const page = await browser.page('light');
  const data = new Set<string>();
  page.on('request', request => {
    if (request.url().includes('/api/')) data.add(request.url());
  });
  await open(page, address(orders));
  await page.getByRole('grid', { name: 'Series of the result' }).waitFor();
  expect([...data].slice(8)).toEqual([]);
});

test('it fits a phone and a small screen', async () => {
  for (const [width, height] of [
    [390, 844],
    [1280, 800],
  ] as const) {
    const page = await browser.page('light', width, height);
    await open(page, `${address(durations)}&builder=A`);
    await page.getByRole('grid', { name: 'Series of the result' }).waitFor();
    await screenshot(page, `metrics-light-${width}`);
    const wider: unknown = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(wider, `at ${width} px`).toBeLessThanOrEqual(0);
  }
});

test('the page brings at most 80 KB of script of its own, packed, and the editor at most 140 KB', async () => {
  const page = await browser.page('light');
  const sizes = new Map<string, number>();
  const pending: Promise<unknown>[] = [];
  page.on('response', response => {
    const name = /\/assets\/(.+)-[\w-]{8}\.js$/.exec(response.url())?.[1];
    if (name !== undefined) pending.push(response.body().then(body => sizes.set(name, gzipSync(body).length)));
  });
  await open(page, address(orders));
  await page.locator('.cm-content').first().waitFor();
  await Promise.all(pending);
  console.log([...sizes].map(([name, size]) => `${name} ${(size / 1024).toFixed(0)} KB`).join(', '));
  const editor = sizes.get('promql-editor') ?? 0;
  expect(editor).toBeGreaterThan(0);
  expect(editor).toBeLessThan(140 * 1024);
  const others = [...sizes].filter(([name]) => name !== 'promql-editor' && !/^(index|app)/.test(name));
  expect(others.filter(([, size]) => size >= 80 * 1024)).toEqual([]);
});

test('the page complained of nothing but the fault it was asked for', () => {
  expect(browser.complaints().filter(text => !text.includes('400 (Bad Request)'))).toEqual([]);
});
