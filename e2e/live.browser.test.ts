import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Browser, launch, screenshot } from './src/browser.ts';
import { type Instance, newDataDir, removeDataDir, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;
let browser: Browser;

const service = 'greeter';
const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
const nsOf = (ms: number): string => `${ms}000000`;
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

type Sent = { readonly traceId: string; readonly spanIds: readonly string[] };

async function post(path: string, body: unknown, type = 'application/json'): Promise<Response> {
  return fetch(instance.otlp + path, {
    method: 'POST',
    headers: { 'content-type': type },
    body: JSON.stringify(body),
  });
}

/** A chain: each span calls the next. */
async function sendTrace(names: readonly string[]): Promise<Sent> {
  const traceId = hex(16);
  const spanIds = names.map(() => hex(8));
  const endMs = Date.now();
  const answer = await post('/v1/traces', {
    resourceSpans: [
      {
        resource,
        scopeSpans: [
          {
            spans: names.map((name, i) => ({
              traceId,
              spanId: spanIds[i],
              parentSpanId: spanIds[i - 1] ?? '',
              name,
              kind: i === 0 ? 2 : 1,
              startTimeUnixNano: nsOf(endMs - 100 + i),
              endTimeUnixNano: nsOf(endMs - i),
            })),
          },
        ],
      },
    ],
  });
  expect(answer.status).toBe(200);
  return { traceId, spanIds };
}

const severities = { info: 9, error: 17 } as const;

async function sendLog(level: keyof typeof severities, text: string): Promise<void> {
  const logRecord = {
    timeUnixNano: nsOf(Date.now()),
    severityNumber: severities[level],
    severityText: level.toUpperCase(),
    body: { stringValue: text },
  };
  const answer = await post('/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [logRecord] }] }] });
  expect(answer.status).toBe(200);
}

async function sendMetric(name: string): Promise<void> {
  const gauge = { dataPoints: [{ timeUnixNano: nsOf(Date.now()), asDouble: 1 }] };
  const answer = await post('/v1/metrics', {
    resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [{ name, gauge }] }] }],
  });
  expect(answer.status).toBe(200);
}

beforeAll(async () => {
  [browser, instance] = await Promise.all([launch(), startInstance(dataDir)]);
});
afterAll(async () => {
  await browser.close();
  await instance.stop();
  removeDataDir(dataDir);
});

test('an empty store: Home says how to connect, tells why something was refused, ticks what arrives, and leads to the first trace', async () => {
  const page = await browser.page('light');
  await page.goto(instance.api);
  const checks = page.getByRole('listitem');
  await page.getByRole('heading', { name: '1. Connect your application' }).waitFor();
  for (const item of ['span', 'log line', 'sample']) await page.getByText(`Waiting for the first ${item}`).waitFor();
  expect(await page.getByText(instance.otlp).count(), 'the address is the real one').toBeGreaterThan(0);
  await screenshot(page, 'home-empty-light-1440');

  const refused = await post('/v1/traces', {}, 'text/plain');
  expect(refused.status).toBe(415);
  await page.getByText('Content-Type "text/plain" is not understood here').waitFor();
  await page.getByText('Send application/x-protobuf or application/json').waitFor();
  await screenshot(page, 'home-refused-light-1440');

  await sendLog('info', 'the first line');
  await sendMetric('test.metric');
  await checks.filter({ hasText: 'Done: Logs' }).filter({ hasText: '1 log line' }).waitFor();
  await checks.filter({ hasText: 'Done: Metrics' }).filter({ hasText: '1 sample' }).waitFor();
  await checks.filter({ hasText: 'Failed: Traces' }).filter({ hasText: 'see the reasons below' }).waitFor();

  const { traceId } = await sendTrace(['GET /hello']);
  await page.waitForURL(`**/traces/${traceId}*`);
  await page.getByRole('treegrid').getByText('GET /hello').waitFor();

  await page.getByRole('link', { name: 'Home', exact: true }).click();
  for (const signal of ['Traces', 'Logs', 'Metrics']) await checks.filter({ hasText: `Done: ${signal}` }).waitFor();
});

test('live tail: lines appear as they are sent, and a filter leaves the quiet ones out', async () => {
  const page = await browser.page('light');
  await page.goto(`${instance.api}/logs?live=1`);
  await page.getByText('Live', { exact: true }).first().waitFor();
  await page.getByText('Waiting for the next line.').waitFor();
  const line = (text: string): ReturnType<typeof page.getByRole> => page.getByRole('row').filter({ hasText: text });
  for (const [i, level] of (['info', 'error', 'info'] as const).entries()) {
    await sendLog(level, `tailed line ${i}`);
    await line(`tailed line ${i}`).waitFor();
  }
  await screenshot(page, 'logs-live-light-1440');
  expect(await page.getByText('the first line').count(), 'the tail begins now').toBe(0);

  const search = page.getByRole('combobox', { name: 'Search' });
  await search.fill('level>=error');
  await search.press('Escape');
  await search.press('Enter');
  await page.waitForURL(/q=/);
  await page.getByText('Waiting for the next line.').waitFor();
  await page.getByText('Live', { exact: true }).first().waitFor();
  await sendLog('info', 'a quiet line');
  await sendLog('error', 'a loud line');
  await line('a loud line').waitFor();
  expect(await line('a quiet line').count()).toBe(0);
});

test('a broken query says what is wrong and marks where', async () => {
  const page = await browser.page('light');
  await page.goto(`${instance.api}/traces`);
  const search = page.getByRole('combobox', { name: 'Search' });
  await search.fill('service:greeter duration>');
  await search.press('Escape');
  await search.press('Enter');
  const message = page.getByRole('alert').first();
  await message.waitFor();
  expect(await message.textContent()).toMatch(/duration/);
  expect(await search.getAttribute('aria-invalid')).toBe('true');
  const marked = await page.locator('[data-wrong="true"] span').first().textContent();
  expect(marked).toContain('duration>');
  expect(marked).not.toContain('service');
  expect(page.url(), 'what is broken is not applied').not.toContain('q=');
  await screenshot(page, 'search-broken-light-1440');
});

const selected = z.object({ span: z.string() });
const selectionOf = (url: string): string | undefined =>
  selected.safeParse(Object.fromEntries(new URL(url).searchParams)).data?.span;

test('a trace by keyboard: j and k walk through the spans, Escape lets go, g s leads to the services', async () => {
  const { traceId, spanIds } = await sendTrace(['GET /keys', 'load user', 'read row', 'send mail']);
  await instance.flush();
  const page = await browser.page('light');
  await page.goto(`${instance.api}/traces/${traceId}`);
  const tree = page.getByRole('treegrid');
  const current = tree.getByRole('row', { selected: true });
  await current.waitFor();
  await page.keyboard.press('Home');
  await page.waitForURL(`**span=${spanIds[0]}*`);
  const press = async (key: string, spanId: string | undefined, name: string): Promise<void> => {
    await page.keyboard.press(key);
    await until(`${key} selects ${name}`, 60_000, () => (selectionOf(page.url()) === spanId ? true : undefined));
    await current.filter({ hasText: name }).waitFor();
    expect(await current.count(), 'one row is selected').toBe(1);
    await page.getByRole('complementary', { name: 'Selected span' }).getByRole('heading', { name }).waitFor();
  };
  await press('j', spanIds[1], 'load user');
  await press('j', spanIds[2], 'read row');
  await press('k', spanIds[1], 'load user');
  await page.keyboard.press('Escape');
  await until('Escape lets go', 60_000, () => (selectionOf(page.url()) === undefined ? true : undefined));

  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.waitForURL('**/services*');
  await page.getByRole('link', { name: service, exact: true }).first().waitFor();
});

test('a link that was copied shows the same span to who opens it', async () => {
  const { traceId, spanIds } = await sendTrace(['GET /link', 'a step', 'another step']);
  await instance.flush();
  const page = await browser.page('light');
  await page.goto(`${instance.api}/traces/${traceId}`);
  await page.getByRole('treegrid').getByText('another step').click();
  await page.waitForURL(`**span=${spanIds[2]}*`);

  const other = await browser.page('dark');
  await other.goto(page.url());
  const row = other.getByRole('treegrid').getByRole('row', { selected: true });
  await row.filter({ hasText: 'another step' }).waitFor();
  await other
    .getByRole('complementary', { name: 'Selected span' })
    .getByRole('heading', { name: 'another step' })
    .waitFor();
  expect(selectionOf(other.url())).toBe(spanIds[2]);
});

test('no page complained in its console', () => {
  expect(browser.complaints()).toEqual([]);
});
