import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { shopTelemetry } from '../../packages/server/dist/api/shop-telemetry.test-support.js';
import { customersOneByOne, sendRequest } from './finding-traces.ts';
import { type Instance, until } from './instance.ts';

/** Where the things are that have a page of their own. */
export interface SampleOfEverything {
  /** `from` and `to` of addresses: half an hour until now. */
  readonly range: string;
  readonly traceId: string;
  readonly errorId: string;
  readonly findingId: string;
  readonly query: { readonly database: string; readonly hash: string };
  readonly checkId: string;
}

const withId = z.object({ id: z.string(), type: z.string().optional() });
const errors = z.object({ errors: z.array(withId) });
const findings = z.object({ findings: z.array(withId) });
const databases = z.object({ queries: z.array(z.object({ database: z.string(), hash: z.string() })) });
const checkId = 'nightly-backup';

/** Sends something for every page: half an hour of a shop with its databases, caches and queues, an error with its stack, an N+1, two profiles, a check. */
export async function sampleOfEverything(instance: Instance): Promise<SampleOfEverything> {
  const shop = shopTelemetry(Math.floor(Date.now() / 60_000) * 60_000);
  for (const signal of ['traces', 'metrics', 'logs'] as const)
    await send('POST', `${instance.otlp}/v1/${signal}`, shop[signal]);
  await send('POST', `${instance.otlp}/v1/logs`, failure(shop.toMs - 120_000));
  for (const at of [0, 200_000]) await sendProfile(instance, shop.fromMs + at, 90 + at / 2000);
  // The shop's requests count from 1; these stand apart.
  for (let n = 0; n < 5; n++) await sendRequest(instance, 900_001 + n, '/orders', customersOneByOne);
  await send('PUT', `${instance.api}/api/bw/v1/checks/${checkId}`, {
    kind: 'heartbeat',
    id: checkId,
    name: 'Nightly backup',
    everySeconds: 3600,
  });
  await instance.flush();
  const range = `from=${shop.fromMs}&to=${Date.now()}`;
  const found = await until('everything is there', 60_000, async () => {
    const all = {
      error: errors.parse(await instance.get(`/api/bw/v1/errors?${range}`)).errors.find(one => one.type === 'Declined'),
      finding: findings.parse(await instance.get(`/api/bw/v1/findings?${range}`)).findings[0],
      query: databases.parse(await instance.get(`/api/bw/v1/databases?${range}`)).queries[0],
    };
    return all.error !== undefined && all.finding !== undefined && all.query !== undefined
      ? { errorId: all.error.id, findingId: all.finding.id, query: all.query }
      : undefined;
  });
  return { range, traceId: '1'.padStart(32, '0'), checkId, ...found };
}

async function send(method: 'POST' | 'PUT', url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

/** A line with an exception whose frame has its source. */
function failure(atMs: number): object {
  const frame = {
    function: 'Order.pay',
    filename: '/srv/shop/src/orders/pay.ts',
    lineno: 12,
    in_app: true,
    pre_context: ['async pay(order: Order) {'],
    context_line: '  throw new Declined(`order ${order.id}: card declined`);',
    post_context: ['}'],
  };
  const attributes = [
    text('exception.type', 'Declined'),
    text('exception.message', 'order 7: card declined'),
    text(
      'exception.stacktrace',
      'Declined: order 7: card declined\n    at Order.pay (/srv/shop/src/orders/pay.ts:12:7)',
    ),
    text('sentry.exception', JSON.stringify([{ type: 'Declined', stacktrace: { frames: [frame] } }])),
    text('user.id', 'u1'),
    text('tenant.id', 'acme'),
  ];
  const body = { stringValue: 'order 7: card declined' };
  const logRecords = [{ timeUnixNano: `${atMs}000000`, severityNumber: 17, body, attributes }];
  const resource = { attributes: [text('service.name', 'shop'), text('service.version', '1.1.0')] };
  return { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] };
}

/** Fields of pprof; short enough for lengths and numbers of one byte. */
const bytes = (field: number, content: readonly number[]): readonly number[] => [
  field * 8 + 2,
  content.length,
  ...content,
];
const number = (field: number, value: number): readonly number[] => [field * 8, value];

/** Ten seconds of a CPU in which `main` calls `price`. */
async function sendProfile(instance: Instance, atMs: number, priceMs: number): Promise<void> {
  const strings = ['', 'cpu', 'milliseconds', 'main', 'price', '/srv/shop/src/main.ts'];
  const profile = gzipSync(
    Uint8Array.from([
      ...bytes(1, [...number(1, 1), ...number(2, 2)]),
      ...bytes(2, [...bytes(1, [2, 1]), ...bytes(2, [Math.min(priceMs, 127)])]),
      ...[1, 2].flatMap(id => bytes(4, [...number(1, id), ...bytes(4, [...number(1, id), ...number(2, id * 7)])])),
      ...[1, 2].flatMap(id => bytes(5, [...number(1, id), ...number(2, 2 + id), ...number(4, 5)])),
      ...strings.flatMap(one => bytes(6, [...Buffer.from(one)])),
    ]),
  );
  const of = { service: 'shop', version: '1.1.0', kind: 'cpu', from: String(atMs), to: String(atMs + 10_000) };
  const answer = await fetch(`${instance.otlp}/api/bw/v1/profiles?${new URLSearchParams(of)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.google.pprof' },
    body: new Uint8Array(profile),
  });
  if (!answer.ok) throw new Error(`the profile was answered ${answer.status}: ${await answer.text()}`);
}
