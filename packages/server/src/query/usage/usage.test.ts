import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../../decode/decode.js';
import { BlockBuilder } from '../../write/block-builder.js';
import { type TestStore, openTestStore } from '../../write/stored.test-support.js';
import { scopeOf } from '../../store/store.js';
import type { Asker } from '../asker.js';
import { readActiveUsers } from './active-users.js';
import { readFunnel } from './read-funnel.js';
import { readUsage } from './read-usage.js';

const toMs = Date.UTC(2026, 10, 20, 12);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const everyone = { env: undefined, service: undefined, tenant: undefined, plan: undefined };

interface Told {
  readonly who: string;
  readonly tenant: string;
  readonly name: string;
  readonly facts?: Readonly<Record<string, string>>;
  readonly agoMs: number;
}

const feature = (who: string, tenant: string, agoMs: number, name = 'search'): Told => ({
  who,
  tenant,
  agoMs,
  name: 'business.feature',
  facts: { 'business.feature.name': name },
});
const order = (who: string, agoMs: number, status: string): Told => ({
  who,
  tenant: 'acme',
  agoMs,
  name: 'business.order',
  facts: { 'business.order.status': status },
});

/** Ann comes daily, Bob weekly, Cem came 20 days ago, Dia 40 days ago; an order of nobody. */
const told: readonly Told[] = [
  ...Array.from({ length: 45 }, (_, day) => feature('ann', 'acme', day * dayMs + hourMs)),
  ...[3, 10, 17, 24, 31].map(day => feature('bob', 'beta', day * dayMs)),
  feature('cem', 'acme', 20 * dayMs + hourMs, 'export'),
  feature('dia', 'acme', 40 * dayMs),
  order('', 2 * hourMs, 'created'),
  // Ann paid within an hour, Eve after two days, Fay paid before she ordered, Gus never.
  order('ann', 10 * hourMs, 'created'),
  order('ann', 9.5 * hourMs, 'paid'),
  order('eve', 6 * dayMs, 'created'),
  order('eve', 4 * dayMs, 'paid'),
  order('fay', 8 * hourMs, 'paid'),
  order('fay', 7 * hourMs, 'created'),
  order('gus', 8 * hourMs, 'created'),
  { who: '', tenant: 'acme', agoMs: hourMs, name: 'http.slow_request' },
];

const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

function record({ who, tenant, name, facts, agoMs }: Told): object {
  return {
    timeUnixNano: `${toMs - agoMs}000000`,
    eventName: name,
    body: { stringValue: name },
    attributes: [
      attribute('tenant.id', tenant),
      attribute('tenant.plan', tenant === 'acme' ? 'enterprise' : 'standard'),
      ...(who === '' ? [] : [attribute('business.customer.id', who)]),
      ...Object.entries(facts ?? {}).map(([key, value]) => attribute(key, value)),
    ],
  };
}

let store: TestStore;
let asker: Asker;
beforeAll(async () => {
  store = await openTestStore();
  const builder = new BlockBuilder();
  for (const [workspace, events] of [
    ['default', told],
    ['other', [feature('stranger', 'acme', hourMs, 'secret')]],
  ] as const) {
    const resourceLogs = [
      {
        resource: { attributes: [attribute('service.name', 'shop')] },
        scopeLogs: [{ logRecords: events.map(event => record(event)) }],
      },
    ];
    builder.add(decode('logs', 'json', Buffer.from(JSON.stringify({ resourceLogs }))), {
      workspace,
      recordSeq: 1,
      receivedMs: toMs,
    });
  }
  await store.load(builder.cut());
  asker = { store: store.engine, scope: scopeOf('default'), signal: new AbortController().signal };
}, 240_000);
afterAll(() => store.close());

test('[L6] people of a day, a week and a month are counted once each, with how sticky it is, and by tenant', async () => {
  const answer = await readActiveUsers(asker, {
    ...everyone,
    toMs,
    days: 45,
    events: ['search', 'export'],
    countsTenants: false,
  });
  expect(answer).toMatchObject({ daily: 1, weekly: 2, monthly: 3, stickiness: 1 / 3 });
  expect(answer.tenants).toEqual([
    { tenant: 'acme', daily: 1, weekly: 1, monthly: 2 },
    { tenant: 'beta', daily: 0, weekly: 1, monthly: 1 },
  ]);
  expect(answer.plans).toEqual([
    { plan: 'enterprise', daily: 1, weekly: 1, monthly: 2 },
    { plan: 'standard', daily: 0, weekly: 1, monthly: 1 },
  ]);
  const ago = (days: number) => answer.days.find(({ atMs }) => atMs === toMs - days * dayMs);
  expect(answer.days).toHaveLength(45);
  // Twenty days ago: Ann and Cem that day, Bob within the week, Dia within the month.
  expect(ago(20)).toMatchObject({ daily: 2, weekly: 3, monthly: 4, stickiness: 0.5 });
  // Forty-four days ago nobody but Ann had come.
  expect(ago(44)).toMatchObject({ daily: 1, weekly: 1, monthly: 1 });
});

test('[L6] one tenant alone, and a workspace that nobody uses', async () => {
  const question = { toMs, days: 1, events: [], countsTenants: false };
  const beta = await readActiveUsers(asker, { ...everyone, tenant: 'beta', ...question });
  expect(beta).toMatchObject({ daily: 0, weekly: 1, monthly: 1, stickiness: 0 });
  const nobody = { ...asker, scope: scopeOf('empty') };
  expect(await readActiveUsers(nobody, { ...everyone, ...question })).toEqual({
    daily: 0,
    weekly: 0,
    monthly: 0,
    stickiness: null,
    days: [{ atMs: toMs, daily: 0, weekly: 0, monthly: 0, stickiness: null }],
    tenants: [],
    plans: [],
  });
  const tenants = await readActiveUsers(asker, { ...everyone, ...question, countsTenants: true });
  expect(tenants).toMatchObject({ daily: 1, weekly: 2, monthly: 2 });
  const standard = await readActiveUsers(asker, { ...everyone, ...question, plan: 'standard' });
  expect(standard).toMatchObject({ daily: 0, weekly: 1, monthly: 1 });
});

test('[P6] features and events are told by use, people, tenants and course, and never with those of another workspace', async () => {
  const answer = await readUsage(asker, { ...everyone, fromMs: toMs - 30 * dayMs, toMs, nowMs: toMs });
  expect(answer.usage.map(({ name, events, users, tenants }) => [name, events, users, tenants])).toEqual([
    ['search', 34, 2, 2],
    ['order.created', 5, 4, 1],
    ['order.paid', 3, 3, 1],
    ['export', 1, 1, 1],
  ]);
  // Ann, Bob, Cem, Eve, Fay and Gus.
  expect([answer.users, answer.tenants]).toEqual([6, 2]);
  const [search] = answer.usage;
  expect(search?.adoption).toBeCloseTo(2 / 6);
  expect(search?.trend).toHaveLength(answer.stepsMs.length);
  expect(search?.trend.reduce((sum, count) => sum + count, 0)).toBe(34);
});

async function funnel(
  steps: readonly string[],
  windowSeconds: number,
): Promise<readonly (readonly (number | null)[])[]> {
  const question = { ...everyone, fromMs: toMs - 30 * dayMs, toMs, steps, windowSeconds, by: undefined };
  const answer = await readFunnel(asker, question);
  return answer.steps.map(({ users, ofFirst, ofPrevious }) => [users, ofFirst, ofPrevious]);
}

test('[P6] a funnel counts people who took its steps in their order, within the window', async () => {
  expect(await funnel(['order.created', 'order.paid'], 86_400)).toEqual([
    [4, 1, null],
    [1, 0.25, 0.25],
  ]);
  expect(await funnel(['order.created', 'order.paid'], 3 * 86_400)).toEqual([
    [4, 1, null],
    [2, 0.5, 0.5],
  ]);
  expect(await funnel(['search', 'order.created', 'order.paid'], 86_400)).toEqual([
    [2, 1, null],
    [1, 0.5, 0.5],
    [1, 0.5, 1],
  ]);
  expect(await funnel(["nothing') OR 1 = 1 --", 'order.paid'], 60)).toEqual([
    [0, null, null],
    [0, null, null],
  ]);
});

test('[P6] a funnel is told apart by plan and by tenant', async () => {
  const question = { ...everyone, fromMs: toMs - 30 * dayMs, toMs, steps: ['search', 'order.created'] };
  const of = async (by: 'plan' | 'tenant') =>
    (await readFunnel(asker, { ...question, windowSeconds: 30 * 86_400, by })).groups;
  expect(await of('plan')).toEqual([
    { name: 'enterprise', users: [1, 1] },
    { name: 'standard', users: [1, 0] },
  ]);
  expect((await of('tenant')).map(({ name }) => name)).toEqual(['acme', 'beta']);
});

test('[P6] what the SDK notes of requests is no use of anything', async () => {
  const answer = await readUsage(asker, { ...everyone, fromMs: toMs - 30 * dayMs, toMs, nowMs: toMs });
  expect(answer.usage.map(({ event }) => event)).not.toContain('http.slow_request');
});
