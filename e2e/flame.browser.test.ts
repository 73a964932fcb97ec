import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { screenshot } from './src/browser.ts';
import type { Instance } from './src/instance.ts';
import { looksRight } from './src/looks.ts';
import { siteOfTests } from './src/site.ts';

const traceId = 'a'.repeat(32);
const startMs = Date.now() - 120_000;

/** Fields of pprof; short enough for lengths and numbers of one byte. */
const bytes = (field: number, content: readonly number[]): readonly number[] => [
  field * 8 + 2,
  content.length,
  ...content,
];
const number = (field: number, value: number): readonly number[] => [field * 8, value];

/** Main calls price and render, which take so many milliseconds. */
function pprof(priceMs: number, renderMs: number): Buffer {
  const strings = [
    '',
    'cpu',
    'milliseconds',
    'main',
    'priceEverything',
    'render',
    '/app/src/main.ts',
    '/app/node_modules/ejs/index.js',
  ];
  return gzipSync(
    Uint8Array.from([
      ...bytes(1, [...number(1, 1), ...number(2, 2)]),
      ...bytes(2, [...bytes(1, [2, 1]), ...bytes(2, [priceMs])]),
      ...bytes(2, [...bytes(1, [3, 1]), ...bytes(2, [renderMs])]),
      ...[1, 2, 3].flatMap(id => bytes(4, [...number(1, id), ...bytes(4, [...number(1, id), ...number(2, id * 7)])])),
      ...[1, 2, 3].flatMap(id => bytes(5, [...number(1, id), ...number(2, 2 + id), ...number(4, id === 3 ? 7 : 6)])),
      ...strings.flatMap(text => bytes(6, [...Buffer.from(text)])),
    ]),
  );
}

async function sendProfile(instance: Instance, atMs: number, version: string, body: Buffer): Promise<void> {
  const query = new URLSearchParams({
    service: 'pricing',
    version,
    kind: 'cpu',
    from: String(atMs),
    to: String(atMs + 10_000),
  });
  const answer = await fetch(`${instance.otlp}/api/bw/v1/profiles?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.google.pprof', 'x-bellwether-trace-ids': traceId },
    body: new Uint8Array(body),
  });
  expect(answer.status).toBeLessThan(300);
}

const span = (spanId: string, parentSpanId: string, name: string, fromMs: number, tookMs: number): object => {
  return {
    traceId,
    spanId: spanId.repeat(16),
    ...(parentSpanId !== '' && { parentSpanId: parentSpanId.repeat(16) }),
    name,
    kind: parentSpanId === '' ? 2 : 3,
    startTimeUnixNano: `${startMs + fromMs}000000`,
    endTimeUnixNano: `${startMs + fromMs + tookMs}000000`,
  };
};

async function sendTrace(instance: Instance): Promise<void> {
  const spans = [span('1', '', 'GET /prices', 0, 100), span('2', '1', 'SELECT prices', 10, 60)];
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'pricing' } }] };
  await instance.send('/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
}

const site = siteOfTests({
  async fill(instance) {
    await sendProfile(instance, startMs - 60_000, '1.0.0', pprof(20, 60));
    await sendProfile(instance, startMs, '1.1.0', pprof(80, 60));
    await sendTrace(instance);
    await instance.flush();
  },
});

test('[B6] a trace leads to the profile that was taken meanwhile; it is a flame graph with a table, compared with an earlier one, and leads back', async () => {
  const page = await site.open(`/traces/${traceId}`, 'light');
  await page.getByTitle('Profiles that were taken while this trace was worked on').click();
  const table = page.getByRole('grid', { name: 'By function' });
  await table.getByRole('row', { name: /priceEverything.* 80 ms/ }).waitFor();
  await looksRight(page, 'profile-light');

  await page.getByLabel('Compare with').selectOption({ index: 1 });
  await table.getByRole('row', { name: /priceEverything.*\+300%/ }).waitFor();
  await page.getByRole('application').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.getByText(/itself 80\S* ms, before 20/).waitFor();
  await screenshot(page, 'profile-compared-light');

  const other = await site.open(page.url().replace(site.instance.api, ''), 'dark', 1280);
  await other.getByRole('row', { name: /priceEverything.*\+300%/ }).waitFor();
  await looksRight(other, 'profile-dark');
  await other.getByRole('link', { name: 'Its trace' }).click();
  await other.waitForURL(new RegExp(`/traces/${traceId}`));
});

test('[B6] the traces of a search are merged into a flame graph; none that match are told so', async () => {
  const page = await site.open('/flame?q=service%3Apricing', 'dark', 390);
  await page.getByRole('row', { name: /SELECT prices pricing 60\S* ms 60\S* ms/ }).waitFor();
  await looksRight(page, 'flame-390-dark');
  await page.getByLabel('Search traces').fill('service:nobody');
  await page.getByText('No trace matches in this range').waitFor();
  await page.getByRole('button', { name: 'Remove the search' }).click();
  await page.getByRole('row', { name: /SELECT prices/ }).waitFor();
});
