import { type DifferenceAnswer, parseSearch } from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../../api/sample-store.test.support.js';
import type { ChdbStore } from '../../store/chdb-store.js';
import { scopeOf } from '../../store/store.js';
import { type DifferenceQuestion, readDifference } from './read-difference.js';

let store: ChdbStore;
let close: () => Promise<void>;

const startMs = 1_780_000_000_000;
const spans = 3000;
const seeds = Array.from({ length: 12 }, (_, seed) => seed);
const asked: DifferenceQuestion = {
  fromMs: startMs,
  toMs: startMs + 3_600_000,
  signal: 'spans',
  env: undefined,
  search: parseSearch('', 'spans'),
  selected: parseSearch('status:error', 'spans'),
  selectedWindow: undefined,
  before: undefined,
  error: undefined,
};

function compare(workspace: string, question: Partial<DifferenceQuestion> = {}): Promise<DifferenceAnswer> {
  const asker = { store, scope: scopeOf(workspace), signal: new AbortController().signal };
  return readDifference(asker, { ...asked, ...question });
}

/** A draw from 0 to 1 that depends on the span, the seed and a name. */
const draw = (seed: number, name: string): string => `(cityHash64(number, ${seed}, '${name}') % 1000003 / 1000003)`;

const oneOf = (seed: number, name: string, values: number): string =>
  `concat('${name}-', toString(toUInt32(${draw(seed, name)} * ${values})))`;

/** Spans of an hour in a workspace: attributes of every kind, drawn without regard to the time, the duration or `failed`. */
async function fill(workspace: string, seed: number, failed: string): Promise<void> {
  const row = `'${workspace}', fromUnixTimestamp64Milli(toInt64(${startMs} + number * 1200), 'UTC'), toUInt64(exp(${draw(seed, 'ms')} * 3 + 15)),
    unhex(leftPad(lower(hex(cityHash64(number, ${seed}))), 32, '0')), unhex(leftPad(lower(hex(cityHash64(number, ${seed}, 1))), 16, '0')),
    'checkout', ${oneOf(seed, 'operation', 8)}, 2, if(${failed}, 2, 0), ${oneOf(seed, 'tenant', 20)}, if(number < 2400, 'v411', 'v412'),
    toUInt64(1 + toUInt32(${draw(seed, 'pod')} * 4)),
    map('tenant.plan', ${oneOf(seed, 'plan', 3)}, 'region', ${oneOf(seed, 'region', 4)}, 'feature', ${oneOf(seed, 'feature', 30)}, 'request.id', hex(cityHash64(number)),
      'user.id', ${oneOf(seed, 'user', 400)}, 'cart.items', toString(toUInt32(${draw(seed, 'items')} * 40)), 'retries', toString(toUInt32(${draw(seed, 'retries')} * 3))),
    'sssssii', today()`;
  await store.command(
    `INSERT INTO spans (workspace, ts, duration_ns, trace_id, span_id, service, name, kind, status_code, tenant_id, version, resource_id, attrs, attr_types, received)
  SELECT ${row} FROM numbers(${spans})`,
  );
  await store.command(`INSERT INTO resources (workspace, id, service, attrs, received)
  SELECT '${workspace}', number + 1, 'checkout', map('service.name', 'checkout', 'host.name', concat('host-', toString(number)), 'k8s.pod.name', concat('pod-', toString(number)), 'cloud.region', 'eu'), today() FROM numbers(4)`);
}

beforeAll(async () => {
  ({ store, close } = await emptyStore());
  for (const seed of seeds) {
    // One in twenty fails whoever asks, and nothing else is planted.
    await fill(`calm-${seed}`, seed, `${draw(seed, 'failed')} < 0.05`);
    // One plan fails one time in four.
    await fill(`plan-${seed}`, seed, `${draw(seed, 'failed')} < if(${oneOf(seed, 'plan', 3)} = 'plan-1', 0.25, 0.02)`);
    // Large carts fail.
    await fill(
      `carts-${seed}`,
      seed,
      `${draw(seed, 'failed')} < if(toUInt32(${draw(seed, 'items')} * 40) > 30, 0.4, 0.02)`,
    );
  }
  await fill('pods', 1, `${draw(1, 'failed')} < if(toUInt32(${draw(1, 'pod')} * 4) = 2, 0.4, 0.02)`);
  await fill('one-user', 2, `${oneOf(2, 'user', 400)} = 'user-7' OR ${draw(2, 'failed')} < 0.001`);
  await store.command(`INSERT INTO spans (workspace, ts, trace_id, span_id, service, name, weight, attrs, attr_types, received)
  SELECT 'coupons', fromUnixTimestamp64Milli(toInt64(${startMs} + number * 1000), 'UTC'), unhex(leftPad(lower(hex(number)), 32, '0')), unhex(leftPad(lower(hex(number)), 16, '0')), 'checkout',
    if(number % 4 = 0, 'slow', 'quick'), if(number % 4 = 0, 1, 10),
    mapConcat(map('cart.id', hex(number)), CAST(if(number % 4 = 0, map('coupon', hex(number)), map()), 'Map(String, String)')), 'ss', today() FROM numbers(2000)`);
  await store.command(`INSERT INTO logs (workspace, ts, id, trace_id, service, event_name, severity_number, tenant_id, error_fingerprint, attrs, attr_types, received)
  SELECT 'lines', fromUnixTimestamp64Milli(toInt64(${startMs} + number * 1000), 'UTC'), number + 1, unhex(leftPad(if(number % 2 = 0, lower(hex(number)), ''), 32, '0')), 'checkout',
    'order.placed', if(number % 20 = 0, 17, 9), concat('tenant-', toString(if(number % 20 = 0, 7, number % 9))), if(number % 20 = 0, 171, 0),
    map('order.channel', ['web', 'app', 'phone'][number % 3 + 1]), 's', today() FROM numbers(2000)`);
}, 60_000);
afterAll(() => close());

test.each(seeds)('where nothing is planted nothing is claimed (seed %i)', async seed => {
  const { differences, selected, compared } = await compare(`calm-${seed}`);
  expect(selected.count).toBeGreaterThan(90);
  expect(compared).toBeGreaterThan(100);
  expect(differences.map(({ term }) => term)).toEqual([]);
});

test.each(seeds)('a planted value stands first among noise, with its shares (seed %i)', async seed => {
  const { differences } = await compare(`plan-${seed}`);
  expect(differences.map(({ term }) => term)).toEqual(['tenant.plan:plan-1']);
  expect(differences[0]?.selectedShare).toBeGreaterThan(0.75);
  expect(differences[0]?.referenceShare).toBeLessThan(0.35);
});

test.each(seeds)('numbers that differ are cut where they differ most (seed %i)', async seed => {
  const { differences } = await compare(`carts-${seed}`);
  const [first] = differences;
  expect(first).toMatchObject({ key: 'cart.items', kind: 'above' });
  expect(Number(first?.value)).toBeGreaterThanOrEqual(28);
  expect(Number(first?.value)).toBeLessThanOrEqual(31);
  expect(first?.term).toBe(`cart.items>${first?.value}`);
  expect(first?.quantiles?.selected).toHaveLength(19);
  expect(differences.map(({ key }) => key)).toEqual(['cart.items']);
});

test('what the resource says is compared too, and attributes of the same spans are one', async () => {
  const { differences } = await compare('pods');
  expect(differences.map(({ term, also }) => [term, also.map(other => other.term)])).toEqual([
    ['host.name:host-2', ['k8s.pod.name:pod-2']],
  ]);
});

test('of ids with many values the one that stands out is named, and ids that never repeat are left out', async () => {
  const { differences } = await compare('one-user');
  expect(differences[0]?.term).toBe('user.id:user-7');
  expect(differences.map(({ key }) => key)).not.toContain('request.id');
});

test('a key that only one side has is told as such', async () => {
  const { differences, selected, reference } = await compare('coupons', {
    selected: parseSearch('name:slow', 'spans'),
  });
  expect(
    differences.map(({ term, kind, selectedShare, referenceShare }) => [term, kind, selectedShare, referenceShare]),
  ).toEqual([['has:coupon', 'present', 1, 0]]);
  // A span counts for as many as sampling left out before it was stored.
  expect([selected, reference]).toEqual([
    { count: 500, looked: 500 },
    { count: 15_000, looked: 1500 },
  ]);
});

test('a time is compared with an earlier one: after a deploy the version is what differs', async () => {
  const deployMs = startMs + 2400 * 1200;
  const { differences } = await compare('calm-0', {
    fromMs: deployMs,
    toMs: startMs + 3_600_000,
    selected: parseSearch('', 'spans'),
    before: { fromMs: startMs, toMs: deployMs },
  });
  expect(differences.map(({ term, selectedShare, referenceShare }) => [term, selectedShare, referenceShare])).toEqual([
    ['version:v412', 1, 0],
  ]);
});

test('a box in a chart is a time and a condition, compared with all around it', async () => {
  const deployMs = startMs + 2400 * 1200;
  const { differences, selected } = await compare('calm-0', {
    selected: parseSearch('duration>10ms', 'spans'),
    selectedWindow: { fromMs: deployMs, toMs: startMs + 3_600_000 },
  });
  expect(differences.map(({ term }) => term)).toEqual(['version:v412']);
  expect(selected.count).toBeLessThan(600);
});

test('lines of a log and business events are compared, and an error with what went well', async () => {
  const lines = { signal: 'logs', search: parseSearch('event:order.placed', 'logs') } as const;
  const failed = await compare('lines', { ...lines, selected: parseSearch('level>=error', 'logs') });
  expect(failed.differences.map(({ term }) => term)).toEqual(['tenant:tenant-7']);
  const byError = await compare('lines', { ...lines, selected: parseSearch('', 'logs'), error: '00000000000000ab' });
  expect(byError.differences.map(({ term }) => term)).toEqual(['tenant:tenant-7']);
  expect(byError.selected.count).toBe(100);
});

test('one workspace sees nothing of another, and a selection of nothing or of all differs in nothing', async () => {
  const nothing = await compare('somebody-else');
  expect(nothing).toEqual({
    selected: { count: 0, looked: 0 },
    reference: { count: 0, looked: 0 },
    sampled: false,
    compared: 0,
    differences: [],
  });
  const all = await compare('plan-0', { selected: parseSearch('service:checkout', 'spans') });
  expect(all).toMatchObject({ selected: { count: spans }, reference: { count: 0 }, differences: [] });
});

test('who does not wait for the answer ends the question', async () => {
  const asker = { store, scope: scopeOf('plan-0'), signal: AbortSignal.abort(new Error('gone')) };
  await expect(readDifference(asker, asked)).rejects.toThrow('gone');
});
