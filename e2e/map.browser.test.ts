import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Instance, until } from './src/instance.ts';
import { looksRight } from './src/looks.ts';
import { siteOfTests } from './src/site.ts';

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

interface Call {
  readonly service: string;
  readonly kind: number;
  readonly attributes?: readonly object[];
  /** Of the service that it calls, failed. */
  readonly isError?: boolean;
}

/** A trace whose spans each are the child of the one before. */
function chain(calls: readonly Call[], number: number, nowMs: number): readonly object[] {
  return calls.map(({ service, kind, attributes = [], isError = false }, i) => {
    const startMs = nowMs - 60_000 * ((number % 5) + 1);
    return {
      resource: { attributes: [text('service.name', service), text('team', service === 'worker' ? 'jobs' : 'shop')] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: (number + 1).toString(16).padStart(32, '0'),
              spanId: (number * 16 + i + 1).toString(16).padStart(16, '0'),
              ...(i > 0 && { parentSpanId: (number * 16 + i).toString(16).padStart(16, '0') }),
              name: `${service} ${kind}`,
              kind,
              startTimeUnixNano: `${startMs}000000`,
              endTimeUnixNano: `${startMs + 40 * (i + 1)}000000`,
              attributes,
              status: { code: isError ? 2 : 0 },
            },
          ],
        },
      ],
    };
  });
}

const kafka = [text('messaging.system', 'kafka'), text('messaging.destination.name', 'orders')];

async function sendTraces(instance: Instance): Promise<void> {
  const nowMs = Date.now();
  const traces = Array.from({ length: 40 }, (_, i) => {
    const toCheckout: readonly Call[] = [
      { service: 'gateway', kind: 2 },
      { service: 'gateway', kind: 3, attributes: [text('server.address', '10.0.0.9')], isError: i % 4 === 0 },
      { service: 'checkout', kind: 2, isError: i % 4 === 0 },
    ];
    const then: readonly Call[] =
      i % 2 === 0
        ? [
            {
              service: 'checkout',
              kind: 3,
              attributes: [text('db.system.name', 'postgresql'), text('db.namespace', 'shop')],
            },
          ]
        : [
            { service: 'checkout', kind: 4, attributes: kafka },
            { service: 'worker', kind: 5, attributes: kafka },
          ];
    return chain([...toCheckout, ...then], i, nowMs);
  });
  await instance.send('/v1/traces', { resourceSpans: traces.flat() });
  await instance.flush();
  const map = z.object({ edges: z.array(z.object({ to: z.string() })) });
  await until('the address is known to be checkout', 60_000, async () => {
    const { edges } = map.parse(await instance.get(`/api/bw/v1/map?from=${nowMs - 3_600_000}&to=${nowMs + 60_000}`));
    return edges.some(edge => edge.to === 'service:checkout') || undefined;
  });
}

const site = siteOfTests({ fill: sendTraces });

test('[B4] a node of the map opens its pane with who calls it and what it calls; the link alone shows the same; a second click opens its overview', async () => {
  const page = await site.open('/map', 'light');
  await page.getByRole('button', { name: /^Service checkout\s*, Failing/ }).click();
  const pane = page.getByRole('complementary', { name: 'node details' });
  await pane.getByRole('button', { name: 'gateway' }).waitFor();
  await pane.getByRole('button', { name: 'Kafka orders' }).waitFor();
  await looksRight(page, 'map-light');

  const other = await site.open(page.url().replace(site.instance.api, ''), 'dark', 1280);
  await other.getByRole('complementary').getByRole('button', { name: 'PostgreSQL shop' }).click();
  await other.getByRole('heading', { name: 'PostgreSQL shop' }).waitFor();
  await looksRight(other, 'map-dark');
  await other.goBack();
  await other.getByRole('heading', { name: 'checkout' }).waitFor();
  await other.keyboard.press('Escape');
  await other.getByRole('complementary').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: /^Service checkout/ }).dblclick();
  await page.waitForURL(/\/services\/checkout/);
});

test('[B4] problems alone, a name, groups and one step of the range are in the link; nothing left is told so', async () => {
  const page = await site.open('/map?problems=1&q=gate', 'light');
  await page.getByRole('button', { name: /^Service gateway/ }).waitFor();
  expect(await page.getByRole('button', { name: /^Queue/ }).count()).toBe(0);
  await page.getByLabel('Filter the map').fill('nothing like it');
  await page.getByText('Nothing on the map matches the filter').waitFor();
  await page.getByRole('button', { name: 'Remove the filter' }).click();
  await page.getByRole('button', { name: /^Queue Kafka orders/ }).waitFor();

  await page.getByLabel('Group by').selectOption('team');
  await page.getByRole('button', { name: /^Group of 2 shop/ }).dblclick();
  await page.getByRole('button', { name: /^Service checkout/ }).waitFor();
  expect(page.url()).toContain('open=');

  await page.getByLabel('Step of the range').focus();
  await page.keyboard.press('Home');
  await page
    .getByRole('button', { name: /no traffic$/ })
    .first()
    .waitFor();
  expect(page.url()).toMatch(/at=\d+/);
  await page.getByRole('button', { name: 'Whole range' }).click();
  await page.getByRole('button', { name: /^Service checkout\s*, Failing/ }).waitFor();
});

test('[B4] on a phone the map is a table of calls, whose figures lead to the traces behind them', async () => {
  const page = await site.open('/map', 'dark', 390);
  const table = page.getByRole('grid', { name: 'Calls between services' });
  await table.getByRole('button', { name: 'Kafka orders' }).first().waitFor();
  await looksRight(page, 'map-390-dark');
  await table
    .getByRole('row', { name: /gateway checkout/ })
    .getByRole('link')
    .nth(1)
    .click();
  await page.waitForURL(/\/traces\?.*status/);
});
