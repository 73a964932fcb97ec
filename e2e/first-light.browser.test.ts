import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Browser, launch } from './src/browser.ts';
import { type Demo, startDemo, stillAlive } from './src/demo.ts';
import { newDataDir, removeDataDir, until } from './src/instance.ts';
import { settled } from './src/looks.ts';

const dataDir = newDataDir();
let demo: Demo;
let browser: Browser;

const services = z.object({ services: z.array(z.object({ name: z.string() })) });
const traces = z.object({
  traces: z.array(z.object({ traceId: z.string(), services: z.array(z.string()), rootName: z.string() })),
});
const range = (): string => `from=${Date.now() - 900_000}&to=${Date.now() + 60_000}`;
const shop = ['catalogue', 'checkout', 'gateway', 'inventory', 'payments', 'worker'];

beforeAll(async () => {
  browser = await launch();
  demo = await startDemo(dataDir);
});
afterAll(async () => {
  await browser.close();
  await demo.interrupt();
  removeDataDir(dataDir);
});

test('[U1] [U2] [W35] one command: within 20 s of it the page lists the six services of the sample shop', async () => {
  const page = await browser.page('light');
  const start = performance.now();
  await page.goto(`${demo.api}/services`);
  for (const name of shop) await page.getByRole('link', { name, exact: true }).first().waitFor({ timeout: 40_000 });
  const seconds = (demo.readyMs + performance.now() - start) / 1000;
  console.log(
    `ready after ${(demo.readyMs / 1000).toFixed(1)} s, six services on the page after ${seconds.toFixed(1)} s`,
  );
  expect(
    services
      .parse(await demo.get(`/api/bw/v1/services?${range()}`))
      .services.map(one => one.name)
      .toSorted(),
  ).toEqual(shop);
  expect(seconds).toBeLessThan(20);
  expect(demo.printed().trim().split('\n').length, 'the start prints one short block').toBeLessThan(12);
});

test('[B4] [W52] a checkout is one trace over five services or more, and leads to its log lines', async () => {
  const wide = await until('a trace over five services', 60_000, async () => {
    const found = traces.parse(
      await demo.get(`/api/bw/v1/traces?${range()}&q=${encodeURIComponent('name:"POST /v1/checkout"')}`),
    );
    return found.traces.find(trace => trace.services.length >= 5);
  });
  const page = await browser.page('light');
  await page.goto(`${demo.api}/traces?q=${encodeURIComponent('name:"POST /v1/checkout"')}`);
  // From the list into a trace, by clicking as a person does.
  await page.getByRole('row').filter({ hasText: 'POST /v1/checkout' }).first().click();
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
  // The trace that is known to be wide: its rows name the services.
  await page.goto(`${demo.api}/traces/${wide.traceId}`);
  const tree = page.getByRole('treegrid');
  await tree.waitFor();
  for (const name of ['gateway', 'checkout', 'payments']) await tree.getByText(name).first().waitFor();
  await page.getByRole('tab', { name: /^Logs/ }).click();
  await page
    .getByText(/order placed|charge approved|stock reserved/)
    .first()
    .waitFor();
  expect(page.url()).toContain(wide.traceId);
});

test('[U3] the shop takes simulated load and errors, and what it answers shows up', async () => {
  const shopUrl =
    /http:\/\/127\.0\.0\.1:\d+/.exec(
      demo
        .printed()
        .split('\n')
        .find(line => /shop/i.test(line)) ?? '',
    )?.[0] ?? '';
  const failed = await fetch(`${shopUrl}/simulate/error`, { method: 'POST' });
  expect(failed.status).toBe(500);
  await until('the error is among the traces', 60_000, async () => {
    const found = traces.parse(
      await demo.get(
        `/api/bw/v1/traces?${range()}&q=${encodeURIComponent('name:"POST /simulate/error" status:error')}`,
      ),
    );
    return found.traces[0];
  });
});

test('a page brings at most 240 KB of script and 25 KB of styles, packed, before its first paint', async () => {
  const page = await browser.page('light');
  const sizes = { script: 0, stylesheet: 0 };
  const { gzipSync } = await import('node:zlib');
  const pending: Promise<void>[] = [];
  page.on('response', response => {
    const kind = response.request().resourceType();
    if (kind !== 'script' && kind !== 'stylesheet') return;
    pending.push(response.body().then(body => void (sizes[kind] += gzipSync(body).length)));
  });
  await page.goto(demo.api);
  await settled(page);
  await Promise.all(pending);
  console.log(
    `packed on load: script ${(sizes.script / 1024).toFixed(0)} KB, styles ${(sizes.stylesheet / 1024).toFixed(0)} KB`,
  );
  expect(sizes.script).toBeLessThan(240 * 1024);
  expect(sizes.stylesheet).toBeLessThan(25 * 1024);
});

test('no page complained in its console', () => {
  expect(browser.complaints()).toEqual([]);
});

test('[A7] Ctrl-C ends everything at once and leaves no process behind', async () => {
  const before = demo.processes();
  expect(before.length).toBeGreaterThan(6);
  const { code, tookMs } = await demo.interrupt();
  expect(code).toBe(0);
  expect(stillAlive(before)).toEqual([]);
  expect(demo.printed()).not.toMatch(/cannot reach|Error/);
  console.log(`stopped after ${tookMs.toFixed(0)} ms`);
});

test('a second start keeps the data', async () => {
  const again = await startDemo(dataDir, ['--no-demo']);
  console.log(`second start: ready after ${again.readyMs.toFixed(0)} ms`);
  const found = services.parse(await again.get(`/api/bw/v1/services?${range()}`));
  expect(found.services.map(one => one.name).toSorted()).toEqual(shop);
  expect((await again.interrupt()).code).toBe(0);
});
