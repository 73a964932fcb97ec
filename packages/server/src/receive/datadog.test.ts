import { existsSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { pack, type Packable } from '../decode/msgpack.test-support.js';
import { serverStandIn, type ServerStandIn } from '../handover/server-stand-in.test-support.js';
import { runReceiver, type ReceiverOptions, type RunningReceiver } from '../receiver.js';
import { receiverOptions, removeFolder } from '../receiver.test-support.js';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Started {
  readonly receiver: RunningReceiver;
  readonly server: ServerStandIn;
  send(path: string, body: Uint8Array | string, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

async function start(changes: Partial<ReceiverOptions> = {}): Promise<Started> {
  const options = receiverOptions({
    http: undefined,
    grpc: undefined,
    ports: { datadog: { host: '127.0.0.1', port: 0 } },
    ...changes,
  });
  cleanups.push(() => removeFolder(options.dataDir));
  const server = await serverStandIn(join(options.dataDir, 'server.sock'));
  cleanups.push(() => server.stop());
  const receiver = await runReceiver(options, new AbortController().signal);
  cleanups.push(() => receiver.stop());
  return {
    receiver,
    server,
    send(path, body, headers = {}) {
      const url = `http://127.0.0.1:${receiver.ports.datadog}${path}`;
      return fetch(url, { method: 'PUT', headers: { 'content-type': 'application/msgpack', ...headers }, body });
    },
  };
}

let ids = 1_000_000_000_000_000_000n;
function span(changes: Readonly<Record<string, Packable>> = {}): { readonly [key: string]: Packable } {
  return {
    service: 'shop',
    name: 'web.request',
    resource: 'GET /',
    type: 'web',
    trace_id: 7,
    span_id: ++ids,
    parent_id: 0,
    start: BigInt(Date.now()) * 1_000_000n,
    duration: 5,
    error: 0,
    meta: { env: 'prod' },
    metrics: {},
    ...changes,
  };
}
const idBytes = (id: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(id);
  return bytes;
};

test('traces are answered with rates of 1 for every service, when they are on the disk', async () => {
  const { send, server } = await start();
  const answer = await send('/v0.4/traces', pack([[span(), span({ service: 'shop-redis' })]]));
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { rate_by_service: { 'service:,env:': 1, 'service:shop,env:prod': 1, 'service:shop-redis,env:prod': 1 } },
  ]);
  await server.flush();
  expect(server.count('spans', idBytes(ids))).toBe(1);
});

test('a tracer that heard nothing sends the same bytes again, and they are stored once', async () => {
  const { send, server } = await start();
  const body = pack([[span()]]);
  expect([(await send('/v0.4/traces', body)).status, (await send('/v0.4/traces', body)).status]).toEqual([200, 200]);
  await server.flush();
  expect(server.count('spans', idBytes(ids))).toBe(1);
  const counted = { protocol: 'datadog', signal: 'traces', received: 2, stored: 1, duplicate: 1 };
  await expect.poll(() => server.status()?.ledger.rows).toMatchObject([counted]);
});

test('traces that were announced and did not come are counted', async () => {
  const { send, server } = await start();
  const body = pack([[span()], [span({ start: 'now' })]]);
  expect((await send('/v0.4/traces', body, { 'x-datadog-trace-count': '5' })).status).toBe(200);
  await expect
    .poll(() => server.status()?.ledger.rows)
    .toMatchObject([{ received: 5, refused: { 'not-storable': 4 } }]);
});

test('what a tracer asks at its start is answered', async () => {
  const { receiver, send } = await start();
  const info = await (await fetch(`http://127.0.0.1:${receiver.ports.datadog}/info`)).json();
  expect(info).toMatchObject({
    endpoints: expect.arrayContaining(['/v0.4/traces', '/v0.5/traces', '/v0.6/stats', '/profiling/v1/input']),
    client_drop_p0s: false,
    span_events: true,
  });
  const post = { method: 'POST', body: '{}' };
  const config = await fetch(`http://127.0.0.1:${receiver.ports.datadog}/v0.7/config`, post);
  expect([config.status, await config.text()]).toEqual([200, '{}']);
  const telemetry = `http://127.0.0.1:${receiver.ports.datadog}/telemetry/proxy/api/v2/apmtelemetry`;
  expect((await fetch(telemetry, post)).status).toBe(202);
  expect((await send('/v0.5/traces', pack([[], []]))).status).toBe(200);
});

async function refusal(answer: Response): Promise<readonly unknown[]> {
  const { error } = Object(await answer.json());
  return [answer.status, error.code, error.message];
}

test('what can not be taken is refused with what to do', async () => {
  const { receiver, send, server } = await start({ maxBodyBytes: 2000 });
  expect(await refusal(await send('/v0.4/traces', pack('x')))).toEqual([
    400,
    'bad-input',
    'MessagePack: an array is expected at byte 0, and there is string',
  ]);
  expect((await refusal(await send('/v0.4/traces', '[]', { 'content-type': 'application/json' })))[0]).toBe(415);
  expect((await refusal(await send('/v0.4/traces', Buffer.alloc(3000))))[0]).toBe(413);
  expect((await refusal(await send('/v0.6/stats', pack(1))))[0]).toBe(400);
  const evp = `http://127.0.0.1:${receiver.ports.datadog}/evp_proxy/v4/api/v2/citestcycle`;
  expect(await refusal(await fetch(evp, { method: 'POST', body: 'x' }))).toEqual([
    404,
    'not-offered',
    "Datadog's event platform (test visibility, LLM observability, feature flags) is not kept here",
  ]);
  await expect.poll(() => server.status()?.rejections.length).toBe(5);
});

test('a tracer never comes again: when the log is full it hears so at once, and the loss is counted', async () => {
  const { send, server } = await start({ walMaxBytes: 100_000 });
  const statuses: number[] = [];
  let last: Response | undefined;
  for (let tries = 0; tries < 20 && last?.status !== 503; tries++) {
    last = await send('/v0.4/traces', pack([[span({ meta: { note: `${ids}${'x'.repeat(60_000)}` } })]]));
    statuses.push(last.status);
  }
  expect(statuses.at(-1)).toBe(503);
  expect(last?.headers.get('retry-after')).toBeNull();
  await expect
    .poll(() => server.status()?.ledger.rows.find(({ signal }) => signal === 'traces')?.refused)
    .toEqual({ full: 1 });
});

test('a tracer never comes again: past the limits of its workspace it waits for its turn', async () => {
  const { send, server } = await start({ sendLimits: { itemsPerSecond: 10, burstSeconds: 1 } });
  const spans = Array.from({ length: 12 }, () => span());
  expect((await send('/v0.4/traces', pack([spans]))).status).toBe(200);
  expect((await send('/v0.4/traces', pack([[span()]]))).status).toBe(200);
  await server.flush();
  expect(server.count('spans', idBytes(ids))).toBe(1);
});

test('the same is offered on a unix socket, which a killed program may have left behind', async () => {
  const folder = receiverOptions().dataDir;
  cleanups.push(() => removeFolder(folder));
  const socketPath = join(folder, 'apm.socket');
  const { receiver } = await start({ datadogSocket: socketPath });
  const body = pack([[span()]]);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    httpRequest({ socketPath, path: '/v0.4/traces', method: 'PUT' }, response => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end(body);
  });
  expect(status).toBe(200);
  await receiver.stop();
  expect(existsSync(socketPath)).toBe(false);
});
