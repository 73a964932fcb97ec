import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bellwether, start } from '../start.js';
import { type Sink, startSink } from '../test-support/sink.js';
import { addBreadcrumb } from './breadcrumbs.js';
import { captureException } from './capture-exception.js';
import { setTenant } from './set-tenant.js';
import { setUser } from './set-user.js';
import { traced } from './traced.js';

let sink: Sink;
let sdk: Bellwether;
let server: http.Server;

beforeAll(async () => {
  sink = await startSink();
  const disable = ['undici', 'http-client', 'event-loop-stalls'];
  sdk = start({ url: sink.url, service: 'isolation', sourceContext: false, disable });
  server = http.createServer(
    (request, response) => void handle(String(request.headers['x-me'])).then(() => response.end()),
  );
  // Room for all at once: who finds none tries again after seconds.
  server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 });
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await sdk.shutdown();
  await sink.close();
});

const turn = (): Promise<void> =>
  new Promise(resolve => (Math.random() < 0.5 ? setImmediate(resolve) : setTimeout(resolve, Math.random() * 10)));

const step = traced(async function step(): Promise<void> {
  await turn();
});

async function handle(me: string): Promise<void> {
  await turn();
  setTenant(`tenant-${me}`);
  await Promise.all([step(), turn().then(step)]);
  setUser({ id: `user-${me}` });
  for (let crumb = 0; crumb < 3; crumb++) {
    addBreadcrumb(`crumb of ${me}`);
    await turn();
  }
  captureException(new Error(`failed for ${me}`));
  await step();
}

test('[I5][W19] 1,000 requests at once, each of its own tenant and user: no span, error, breadcrumb or id is of another', async () => {
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  // Plain sockets: a thousand clients of HTTP would take more time than all that is tested.
  const ask = async (me: number): Promise<void> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\nx-me: ${me}\r\n\r\n`);
    socket.resume();
    await once(socket, 'end');
    socket.end();
  };
  await Promise.all(Array.from({ length: 1000 }, (_, me) => ask(me)));
  await sdk.flush(15_000);
  const errors = sink.logs.filter(log => log.attributes['exception.type'] !== undefined);
  expect(errors).toHaveLength(1000);
  const traces = new Map<string, string>();
  for (const { attributes, traceId } of errors) {
    const me = /failed for (\d+)/.exec(String(attributes['exception.message']))?.[1] ?? '';
    expect(attributes).toMatchObject({ 'tenant.id': `tenant-${me}`, 'user.id': `user-${me}` });
    const crumbs = String(attributes['sentry.breadcrumbs']).match(/crumb of \d+/g);
    expect(crumbs).toEqual(Array.from({ length: 3 }, () => `crumb of ${me}`));
    traces.set(traceId, me);
  }
  expect(traces.size).toBe(1000);
  const own = sink.spans.filter(span => span.name !== 'POST');
  const wrong = own.filter(span => {
    const tenant = span.attributes['tenant.id'];
    return tenant !== `tenant-${traces.get(span.traceId)}`;
  });
  expect([own.length, wrong]).toEqual([4000, []]);
}, 60_000);
