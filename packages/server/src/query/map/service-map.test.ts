import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../../decode/decode.js';
import { scopeOf } from '../../store/store.js';
import { BlockBuilder } from '../../write/block-builder.js';
import { openTestStore, type TestStore } from '../../write/stored.test-support.js';
import type { Asker } from '../asker.js';
import { lookUpLinks } from './look-up-links.js';
import { serviceMap } from './service-map.js';

let store: TestStore;
let asker: Asker;

const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const window = { fromMs: nowMs - 600_000, toMs: nowMs, env: undefined, nowMs };

interface Sent {
  readonly service: string;
  readonly id: string;
  readonly parent?: string;
  readonly kind: number;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly isError?: boolean;
  readonly minutesAgo?: number;
}

let sent = 0;

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const at = (address: string): Record<string, string> => ({ 'server.address': address });

async function keep(spans: readonly Sent[], workspace = 'default'): Promise<void> {
  const resourceSpans = spans.map(({ service, id, parent, kind, attributes = {}, isError = false, minutesAgo = 5 }) => {
    const startMs = nowMs - minutesAgo * 60_000;
    const span = {
      traceId: 'a'.repeat(32),
      spanId: id.padStart(16, '0'),
      ...(parent !== undefined && { parentSpanId: parent.padStart(16, '0') }),
      name: `${service} ${kind}`,
      kind,
      startTimeUnixNano: `${startMs}000000`,
      endTimeUnixNano: `${startMs + 100}000000`,
      attributes: Object.entries(attributes).map(([key, value]) => text(key, value)),
      status: { code: isError ? 2 : 0 },
    };
    const resource = {
      attributes: [text('service.name', service), text('service.namespace', 'shop'), text('team', `${service}-team`)],
    };
    return { resource, scopeSpans: [{ spans: [span] }] };
  });
  const builder = new BlockBuilder();
  builder.add(decode('traces', 'json', Buffer.from(JSON.stringify({ resourceSpans }))), {
    workspace,
    recordSeq: ++sent,
    receivedMs: nowMs,
  });
  await store.load(builder.cut());
}

beforeAll(async () => {
  store = await openTestStore();
  asker = { store: store.engine, scope: scopeOf('default'), signal: new AbortController().signal };
  const kafka = { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' };
  await keep([
    { service: 'gateway', id: '1', kind: 2 },
    { service: 'gateway', id: '2', parent: '1', kind: 3, attributes: at('10.0.0.9') },
    { service: 'checkout', id: '3', parent: '2', kind: 2, isError: true },
    // The same address, answered by another service: a balancer.
    { service: 'gateway', id: '4', parent: '1', kind: 3, attributes: at('10.0.0.9') },
    { service: 'catalogue', id: '5', parent: '4', kind: 2 },
    {
      service: 'checkout',
      id: '6',
      parent: '3',
      kind: 3,
      attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'orders' },
    },
    { service: 'checkout', id: '7', parent: '3', kind: 3, attributes: { 'db.system.name': 'redis' } },
    { service: 'checkout', id: '8', parent: '3', kind: 3, attributes: at('api.stripe.com') },
    { service: 'checkout', id: '9', parent: '3', kind: 4, attributes: kafka },
    { service: 'worker', id: 'a', parent: '9', kind: 5, attributes: kafka },
    { service: 'worker', id: 'b', parent: 'a', kind: 3, attributes: { 'peer.service': 'catalogue' } },
  ]);
  await keep([{ service: 'secret', id: 'c', kind: 2 }], 'other');
  await lookUpLinks(store.engine, { fromMs: window.fromMs, toMs: window.toMs });
}, 60_000);
afterAll(() => store.close());

test('[B4] services are joined by their spans, whatever address stands between; databases, caches, queues and vendors by name', async () => {
  const { nodes, edges, isCut } = await serviceMap(asker, window);
  expect(isCut).toBe(false);
  expect(edges.map(edge => `${edge.from} ${edge.isAsync ? '~>' : '->'} ${edge.to}`).sort()).toEqual([
    'queue:kafka orders ~> service:worker',
    'service:checkout -> cache:redis',
    'service:checkout -> database:postgresql orders',
    'service:checkout -> external:api.stripe.com',
    'service:checkout ~> queue:kafka orders',
    'service:gateway -> service:catalogue',
    'service:gateway -> service:checkout',
    'service:worker -> service:catalogue',
  ]);
  const checkout = nodes.find(node => node.id === 'service:checkout');
  expect(checkout).toMatchObject({
    calls: 1,
    errorRatio: 1,
    status: 'healthy',
    namespace: 'shop',
    team: 'checkout-team',
  });
  expect(checkout?.p95Ms).toBeCloseTo(100, -1);
  expect(checkout?.callsPerSecond).toBeCloseTo(1 / 600);
  expect(nodes.find(node => node.id === 'queue:kafka orders')).toMatchObject({ kind: 'queue', calls: 1 });
  expect(nodes.map(node => node.name)).not.toContain('secret');
});

test('a shared address is shared as its calls were answered, and looking again changes nothing', async () => {
  await lookUpLinks(store.engine, { fromMs: window.fromMs, toMs: window.toMs });
  const { edges } = await serviceMap(asker, window);
  const toCheckout = edges.filter(edge => edge.from === 'service:gateway');
  expect(toCheckout.map(edge => [edge.to, edge.calls])).toEqual([
    ['service:catalogue', 1],
    ['service:checkout', 1],
  ]);
});

test('the steps of the slider have the requests of all services; a minute without traffic has an empty map', async () => {
  const { requests, errors, stepsMs } = await serviceMap(asker, window);
  expect(stepsMs).toHaveLength(10);
  expect([requests.reduce((a, b) => a + b, 0), errors.reduce((a, b) => a + b, 0)]).toEqual([4, 1]);
  const quiet = await serviceMap(asker, { ...window, fromMs: nowMs - 120_000 });
  expect([quiet.nodes, quiet.edges]).toEqual([[], []]);
});
