import { expect, test } from 'vitest';
import { screenshot } from './src/browser.ts';
import type { Instance } from './src/instance.ts';
import { looksRight } from './src/looks.ts';
import { siteOfTests } from './src/site.ts';

const minuteMs = 60_000;
const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

interface Told {
  readonly who: string;
  readonly tenant: string;
  readonly plan: string;
  readonly event: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly agoMs: number;
}

/** Ten people look, six of them fill a cart, three pay; half are of each tenant. */
function story(): readonly Told[] {
  return Array.from({ length: 10 }, (_, nth): readonly Told[] => {
    const [tenant, plan] = nth % 2 === 0 ? ['acme', 'enterprise'] : ['beta', 'standard'];
    const did = (event: string, facts: Told['facts'], agoMinutes: number): Told => ({
      who: `u_${nth}`,
      tenant: tenant ?? '',
      plan: plan ?? '',
      event,
      facts,
      agoMs: agoMinutes * minuteMs,
    });
    return [
      did('business.event', { 'business.event.name': 'product.viewed' }, 9),
      ...(nth < 6 ? [did('business.event', { 'business.event.name': 'cart.item-added' }, 8)] : []),
      ...(nth < 6 ? [did('business.order', { 'business.order.status': 'created' }, 7)] : []),
      ...(nth < 3 ? [did('business.order', { 'business.order.status': 'paid' }, 6)] : []),
      ...(nth < 2 ? [did('business.feature', { 'business.feature.name': 'search' }, 5)] : []),
    ];
  }).flat();
}

async function sendStory(instance: Instance): Promise<void> {
  const nowMs = Date.now();
  const logRecords = story().map(({ who, tenant, plan, event, facts, agoMs }) => ({
    timeUnixNano: `${nowMs - agoMs}000000`,
    eventName: event,
    body: { stringValue: event },
    attributes: [
      attribute('tenant.id', tenant),
      attribute('tenant.plan', plan),
      attribute('business.customer.id', who),
      ...Object.entries(facts).map(([key, value]) => attribute(key, value)),
    ],
  }));
  const resource = { attributes: [attribute('service.name', 'shop')] };
  await instance.send('/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
  await instance.flush();
}

const site = siteOfTests({ fill: sendStory });

test('[L6] [P6] who is active, what is used and how far people get, narrowed to a plan; numbers lead to the events', async () => {
  const page = await site.open('/usage', 'light');
  await page.getByRole('heading', { name: 'Active people' }).waitFor();
  const funnel = page.getByRole('group', { name: 'Funnel' });
  await funnel.getByText('60.0% of the step before, 60.0% of all').waitFor();
  await funnel.getByText('50.0% of the step before, 30.0% of all').waitFor();
  await looksRight(page, 'usage-light');

  await page.getByLabel('Split by').selectOption('plan');
  const apart = page.getByRole('grid', { name: 'Funnel apart' });
  await apart.getByRole('row', { name: /enterprise 5 3 60.0% 3 100% 2 66.7% 40.0%/ }).waitFor();
  expect(page.url()).toContain('by=plan');

  await page.getByRole('grid', { name: 'Plans' }).getByRole('link', { name: 'standard' }).click();
  await page.getByText('Plan standard').waitFor();
  await funnel.getByText('33.3% of the step before, 20.0% of all').waitFor();
  const copied = page.url();
  await page.getByRole('button', { name: 'All plans' }).click();
  await funnel.getByText('50.0% of the step before, 30.0% of all').waitFor();
  await page.goto(copied);
  await funnel.getByText('33.3% of the step before, 20.0% of all').waitFor();

  await page.getByRole('grid', { name: 'Features and events' }).getByRole('link', { name: 'order.paid' }).click();
  await page.waitForURL(/\/logs\?/);
  const lines = page.getByRole('grid', { name: 'Log lines' }).getByRole('row');
  await lines.filter({ hasText: 'business.order' }).first().waitFor();
});

test('[P6] steps of a funnel are taken away and added, and one is too few', async () => {
  const page = await site.open('/usage?steps=search,order.paid', 'dark', 1280);
  const funnel = page.getByRole('group', { name: 'Funnel' });
  await funnel.getByText('0.00% of the step before', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Remove step search' }).click();
  await page.getByText('A funnel needs two steps').waitFor();
  await page.getByLabel('Add a step').selectOption('cart.item-added');
  await funnel.getByText('2. cart.item-added').first().waitFor();
  await page.getByRole('group', { name: 'Who is counted' }).getByRole('button', { name: 'Tenants' }).click();
  await page.getByRole('heading', { name: 'Active tenants' }).waitFor();
  await looksRight(page, 'usage-dark-1280');
});

test('a phone shows the whole page, and a range or plan without events says what would be there', async () => {
  const page = await site.open('/usage', 'dark', 390);
  await page.getByRole('group', { name: 'Funnel' }).getByText('1. product.viewed').first().waitFor();
  const wider: unknown = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(wider).toBeLessThanOrEqual(0);
  await screenshot(page, 'usage-dark-390');
  await page.goto(`${site.instance.api}/usage?env=nowhere`);
  await page.getByText('No event was told in nowhere in this range').waitFor();
  await looksRight(page);
});
