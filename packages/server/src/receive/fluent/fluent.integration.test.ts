import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../base/secret.js';
import { pack, type Packable } from '../../decode/msgpack.test-support.js';
import { receiveAndStore, runClient, type StoredHere } from '../stored-here.test-support.js';

const listening = { ports: { fluent: { host: '127.0.0.1', port: 0 } } } as const;
const keyless = (workspace: string): { workspace: string; networks: readonly string[] } => ({
  workspace,
  networks: [],
});
let here: StoredHere;
let guarded: StoredHere;
beforeAll(async () => {
  here = await receiveAndStore(listening);
  guarded = await receiveAndStore({
    ...listening,
    keyless: keyless('guarded'),
    fluentSharedKey: new Secret('open sesame'),
  });
}, 60_000);
afterAll(async () => {
  await here.close();
  await guarded.close();
});

const portOf = ({ receiver }: StoredHere): string => String(receiver.ports.fluent);
const rows = async (at = here, workspace = 'default'): Promise<readonly Record<string, unknown>[]> =>
  (await at.logs(workspace)).map(row => ({ ...row }));

const metricsOf = (at: StoredHere): string | undefined => at.status()?.metricsText;

const plain = {
  trace_flags: 0,
  event_name: '',
  version: '',
  scope_name: '',
  scope_version: '',
  trace_id: '0'.repeat(32),
  span_id: '0'.repeat(16),
};

test.each(['Message', 'PackedForward', 'CompressedPackedForward'])(
  '[J6] fluent-logger’s events, as %s, are acknowledged and stored as they were meant',
  async mode => {
    await runClient('fluent-logger.mjs', portOf(here), mode);
    const found = (await rows()).filter(({ body, service }) => `${body} ${service}`.includes(` ${mode}`));
    expect(found.filter(({ body, service }) => body === `placed by ${mode}` || service === `billing ${mode}`)).toEqual(
      expect.arrayContaining([
        {
          ...plain,
          ts: '1790000000123456789',
          severity_number: 13,
          severity_text: 'warn',
          body: `placed by ${mode}`,
          service: 'shop',
          attributes: [
            ['fluent.tag', 's', 'shop.orders'],
            ['order', 'i', '17'],
            ['tags', 'a', '["a",{"b":true}]'],
          ],
          resource: [['service.name', 's', 'shop']],
        },
        {
          ...plain,
          ts: '1790000001000000000',
          trace_id: '5b8efff798038103d269b633813fc60c',
          severity_number: 17,
          severity_text: 'error',
          body: 'level=error it failed',
          service: `billing ${mode}`,
          attributes: [
            ['fluent.tag', 's', 'shop.orders'],
            ['log.iostream', 's', 'stderr'],
          ],
          resource: [['service.name', 's', `billing ${mode}`]],
        },
      ]),
    );
  },
);

test.each(['Message', 'Forward', 'PackedForward', 'CompressedPackedForward'])(
  '[J6] @fluent-org/logger’s events, as %s, are acknowledged and stored',
  async mode => {
    await runClient('fluent-org.mjs', portOf(here), mode);
    const found = (await rows()).filter(
      ({ body, service }) => service === 'cart' && String(body).endsWith(` by ${mode}`),
    );
    expect(found.map(({ ts, body, service, severity_text }) => [ts, body, service, severity_text]).toSorted()).toEqual(
      [0, 1, 2].map(i => [`179000000000${i}000000`, `item ${i} by ${mode}`, 'cart', 'info']),
    );
  },
);

test.each(['fluent-logger.mjs', 'fluent-org.mjs'])(
  '%s sends with the shared key, and not with another',
  async client => {
    await runClient(client, portOf(guarded), 'PackedForward', 'open sesame');
    const before = await rows(guarded, 'guarded');
    expect(before.length).toBeGreaterThan(1);
    await expect(runClient(client, portOf(guarded), 'PackedForward', 'close sesame')).rejects.toThrow('Command failed');
    expect((await rows(guarded, 'guarded')).length).toBe(before.length);
    await expect.poll(() => metricsOf(guarded)).toMatch(/protocol="fluent",reason="unauthorized"/);
  },
  30_000,
);

/** Sends bytes, and hears what comes until the other side closes or `count` bytes came. */
function talk(bytes: readonly Uint8Array[], count = Number.POSITIVE_INFINITY): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const heard: Buffer[] = [];
    const done = (socket: Socket): void => {
      socket.destroy();
      resolve(Buffer.concat(heard));
    };
    const socket = connect(Number(portOf(here)), '127.0.0.1', () => bytes.forEach(part => socket.write(part)));
    socket.on('data', chunk => {
      heard.push(chunk);
      if (Buffer.concat(heard).length >= count) done(socket);
    });
    socket.on('end', () => done(socket)).on('error', reject);
  });
}

const acked = pack({ ack: 'c1' }).length + 2;

test('a chunk that is sent again is acknowledged again, and kept once', async () => {
  const message = pack(['again', [[1_790_000_000, { message: 'only once' }]], { chunk: 'c1', size: 1 }]);
  await talk([message], acked);
  await talk([message], acked);
  expect((await rows()).filter(({ body }) => body === 'only once')).toHaveLength(1);
});

const entry = (record: Packable): Buffer => pack([1_790_000_000, record]);

test('several gzip members in one message, bytes in pieces, and a record without a line', async () => {
  const members = [gzipSync(entry({ a: 1, b: 'two' })), gzipSync(entry({ log: 'second member' }))];
  const message = pack(['pieces.x', Buffer.concat(members), { chunk: 'c2', compressed: 'gzip' }]);
  await talk(
    Array.from({ length: message.length }, (_, i) => message.subarray(i, i + 1)),
    acked,
  );
  const found = (await rows()).filter(({ service }) => service === 'pieces');
  expect(found.map(({ body, attributes }) => [body, attributes]).toSorted()).toEqual([
    ['second member', [['fluent.tag', 's', 'pieces.x']]],
    [
      '{"a":1,"b":"two"}',
      [
        ['fluent.tag', 's', 'pieces.x'],
        ['a', 'i', '1'],
        ['b', 's', 'two'],
      ],
    ],
  ]);
});

test('what a Kubernetes filter adds is the resource', async () => {
  const kubernetes = {
    pod_name: 'cart-7d9f',
    namespace_name: 'shop',
    container_name: 'cart',
    host: 'node-1',
    labels: { 'app.kubernetes.io/name': 'cart-service' },
    docker_id: 'abc',
  };
  await talk(
    [pack(['kube.var.log', [[1_790_000_000, { log: 'in a pod', stream: 'stdout', kubernetes }]], { chunk: 'c3' }])],
    acked,
  );
  const [row] = (await rows()).filter(({ body }) => body === 'in a pod');
  expect([row?.['service'], row?.['attributes'], row?.['resource']]).toEqual([
    'cart-service',
    [
      ['fluent.tag', 's', 'kube.var.log'],
      ['log.iostream', 's', 'stdout'],
    ],
    [
      ['container.id', 's', 'abc'],
      ['k8s.container.name', 's', 'cart'],
      ['k8s.namespace.name', 's', 'shop'],
      ['k8s.node.name', 's', 'node-1'],
      ['k8s.pod.label.app.kubernetes.io/name', 's', 'cart-service'],
      ['k8s.pod.name', 's', 'cart-7d9f'],
      ['service.name', 's', 'cart-service'],
    ],
  ]);
});

test.each([
  ['JSON', Buffer.from('["tag",1,{}]'), 'wrong-protocol'],
  ['HTTP', Buffer.from('POST / HTTP/1.1\r\n\r\n'), 'wrong-protocol'],
  ['TLS', Buffer.from('16030100', 'hex'), 'tls'],
  ['no message', pack(['tag']), 'bad-input'],
  ['no gzip', pack(['tag', Buffer.from('x'), { compressed: 'gzip' }]), 'bad-input'],
])('%s ends the connection, and is counted; what came before it is kept', async (name, bytes, reason) => {
  const line = `before ${name}`;
  expect(await talk([Buffer.concat([pack(['before', 1_790_000_000, { message: line }]), bytes])])).toEqual(
    Buffer.alloc(0),
  );
  expect((await rows()).filter(({ body }) => body === line)).toHaveLength(1);
  await expect.poll(() => metricsOf(here)).toMatch(new RegExp(`protocol="fluent",reason="${reason}"`));
});

test('a heartbeat over UDP is answered with a zero byte', async () => {
  const socket = createSocket('udp4');
  const answer = new Promise<Buffer>(resolve => socket.once('message', resolve));
  socket.send(Buffer.of(0), Number(portOf(here)), '127.0.0.1');
  expect(await answer).toEqual(Buffer.of(0));
  socket.close();
});

test('a heartbeat from another receiver’s port is not answered, or the two would never stop', async () => {
  const port = Number(portOf(here));
  const answers: string[] = [];
  const listen = async (at: number): Promise<ReturnType<typeof createSocket>> => {
    const socket = createSocket('udp4');
    socket.on('message', () => answers.push(at === port ? 'same port' : 'other port'));
    await new Promise<void>(resolve => socket.bind(at, '127.0.0.2', resolve));
    socket.send(Buffer.of(0), port, '127.0.0.1');
    return socket;
  };
  const sockets = [await listen(port), await listen(0)];
  await expect.poll(() => answers).toEqual(['other port']);
  sockets.forEach(socket => socket.close());
});

test('a log that is full makes the sender wait, and nothing is lost', async () => {
  const small = await receiveAndStore({ ...listening, keyless: keyless('small'), walMaxBytes: 256 << 10 });
  const padding = 'x'.repeat(40_000);
  const messages = Array.from({ length: 20 }, (_, i) =>
    pack(['full', 1_790_000_000, { message: `line ${i}`, padding }]),
  );
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(portOf(small)), '127.0.0.1', () => socket.end(Buffer.concat(messages)));
    socket.on('error', reject).on('close', () => resolve());
    socket.resume();
  });
  const bodies = (await rows(small, 'small')).map(({ body }) => String(body));
  expect(bodies.toSorted()).toEqual(messages.map((_, i) => `line ${i}`).toSorted());
  await small.close();
}, 60_000);
