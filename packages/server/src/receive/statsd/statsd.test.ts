import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { logsRequest } from '../../decode/otlp-writer.js';
import { serverStandIn, type ServerStandIn } from '../../handover/server-stand-in.test-support.js';
import { runReceiver, type ReceiverOptions, type RunningReceiver } from '../../receiver.js';
import { receiverOptions, removeFolder } from '../../receiver.test-support.js';
import { defaultStatsdOptions, type StatsdOptions } from './statsd-options.js';

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const loopback = { host: '127.0.0.1', port: 0 };

async function start(
  statsd: Partial<StatsdOptions> = {},
  changes: Partial<ReceiverOptions> = {},
): Promise<{ receiver: RunningReceiver; server: ServerStandIn; port: number; socketPath: string }> {
  const options = receiverOptions({
    http: undefined,
    grpc: undefined,
    ports: { statsd: loopback },
    statsd: { ...defaultStatsdOptions, flushMs: 100, ...statsd },
    ...changes,
  });
  cleanups.push(() => removeFolder(options.dataDir));
  const socketPath = join(options.dataDir, 'server.sock');
  const server = await serverStandIn(socketPath);
  cleanups.push(() => server.stop());
  const receiver = await runReceiver(options, new AbortController().signal);
  cleanups.push(() => receiver.stop());
  return { receiver, server, port: receiver.ports.statsd ?? 0, socketPath };
}

async function sendUdp(port: number, ...datagrams: readonly string[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams)
    await new Promise<void>((resolve, reject) =>
      socket.send(datagram, port, '127.0.0.1', error => (error === null ? resolve() : reject(error))),
    );
  socket.close();
}

function sendStream(
  where: { port: number; host: string } | { path: string },
  ...chunks: readonly Uint8Array[]
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(where, () => {
      for (const chunk of chunks) socket.write(chunk);
      socket.end();
    });
    socket.on('error', reject).on('close', () => resolve());
    socket.resume();
  });
}

const series = (server: ServerStandIn, text: string): number => server.count('metric_series', Buffer.from(text));
async function arrives(server: ServerStandIn, text: string): Promise<void> {
  await expect.poll(() => series(server, text)).toBeGreaterThan(0);
}

test('lines over UDP, TCP and a unix socket are aggregated and stored; lines without a newline at the end too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-statsd-'));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const socket = join(folder, 'dsd.sock');
  const { server, port } = await start({ socket });
  expect(statSync(socket).mode & 0o777).toBe(0o660);
  await sendUdp(port, 'udp.one:1|c\nudp.two:2|g', 'udp.three:3|ms|#a:b\n');
  await sendStream({ ...loopback, port }, Buffer.from('tcp.o'), Buffer.from('ne:1|c\r\ntcp.two:1|c'));
  const frame = Buffer.from('\0\0\0\0unix.frame:1|d\nunix.other:1|d');
  frame.writeUInt32LE(frame.length - 4);
  await sendStream({ path: socket }, frame, frame);
  await sendStream({ path: socket }, Buffer.from('unix.line:1|h\n'));
  for (const name of ['udp.one', 'udp.two', 'udp.three', 'tcp.one', 'tcp.two', 'unix.frame', 'unix.other', 'unix.line'])
    await arrives(server, name);
});

test('what came since the last flush is stored when the receiver stops', async () => {
  const { receiver, server, port } = await start({ flushMs: 3_600_000 });
  await sendUdp(port, 'late.counter:5|c', 'late.gauge:1|g');
  const open = connect(port, '127.0.0.1');
  cleanups.push(() => open.destroy());
  await new Promise<void>(resolve => open.write('late.line:1|c\nlate.rest:1|c', () => resolve()));
  await receiver.stop();
  const names = ['late.counter', 'late.gauge', 'late.line', 'late.rest'];
  await expect.poll(() => names.filter(name => series(server, name) === 0)).toEqual([]);
});

/** A value of the receiver's own metrics. */
function ownMetric(server: ServerStandIn, name: string): number {
  return Number(new RegExp(`^${name}(?:{.*})? (\\S+)$`, 'm').exec(server.status()?.metricsText ?? '')?.[1]);
}

test('bad lines are told with their reason and an example, and the rest is kept', async () => {
  const { server, port } = await start();
  await sendUdp(port, 'fine:1|c\nno line\nfine:x|g\nno line either', '_e{9,9}:short|x');
  await arrives(server, 'fine');
  await expect
    .poll(
      () => server.status()?.rejections.map(({ reason, count, example, sender }) => [reason, count, example, sender]),
      {
        timeout: 15_000,
      },
    )
    .toEqual(
      expect.arrayContaining([
        ['a line is no name:value|type', 2, 'no line', '127.0.0.1'],
        ['a value is no number', 1, 'fine:x|g', '127.0.0.1'],
        ['the lengths of an event do not fit its title and text', 1, '_e{9,9}:short|x', '127.0.0.1'],
      ]),
    );
  expect(ownMetric(server, 'bellwether_statsd_lines_total')).toBe(5);
  await expect
    .poll(() => server.status()?.ledger.rows.filter(({ protocol }) => protocol === 'statsd'))
    .toEqual([
      expect.objectContaining({
        signal: 'metrics',
        received: 5,
        stored: 1,
        pending: 0,
        refused: { 'not-storable': 4 },
        dropped: {},
      }),
    ]);
});

test('[W1] a gauge that is set again and again within a flush is a finding, with what to do instead', async () => {
  const warnings: string[] = [];
  const log = { info() {}, warn: (_: object, message: string) => void warnings.push(message), error() {} };
  const { server, port } = await start({ flushMs: 1000 }, { log });
  await sendUdp(
    port,
    Array.from({ length: 60 }, (_, i) => `request.duration:${i}|g`).join('\n'),
    'queue.depth:1|g\nqueue.depth:2|g',
  );
  const reason = 'the gauge "request.duration" is set many times between two flushes, and only the last value is kept';
  await expect
    .poll(() => warnings)
    .toEqual([`${reason}. Send durations and sizes as |ms, |h or |d, and what is counted as |c`]);
  await expect
    .poll(() => server.status()?.rejections.find(row => row.reason === reason)?.remedy)
    .toMatch(/Send durations/);
  await expect.poll(() => ownMetric(server, 'bellwether_statsd_gauge_overwrites_total')).toBeGreaterThanOrEqual(50);
});

test('[W42] a tag that anybody may write makes no series without end; it is counted how much went over', async () => {
  const { server, port } = await start({ maxSeries: 50, maxSeriesPerMetric: 5, flushMs: 500 });
  await sendUdp(port, Array.from({ length: 500 }, (_, i) => `hits:1|c|#channel:free text ${i}`).join('\n'));
  await arrives(server, 'hits');
  await expect.poll(() => ownMetric(server, 'bellwether_statsd_overflow_samples_total')).toBeGreaterThanOrEqual(480);
  expect(series(server, 'otel.metric.overflow')).toBeGreaterThan(0);
});

test('what the full log has no room for waits, and is kept when it has', async () => {
  const { receiver, server, port, socketPath } = await start(
    { flushMs: 100 },
    { walMaxBytes: 256 << 10, http: loopback },
  );
  await server.stop();
  const fill = (): Promise<Response> =>
    fetch(`http://127.0.0.1:${receiver.httpPort}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: logsRequest([{ resource: [], items: [{ timeNs: 1n, body: 'x'.repeat(60_000), attributes: [] }] }]),
    });
  while ((await fill()).status !== 503);
  await sendUdp(port, `waits:1|c|#padding:${'y'.repeat(200)}`);
  await new Promise(resolve => setTimeout(resolve, 300));
  const relief = await serverStandIn(socketPath);
  cleanups.push(() => relief.stop());
  await expect.poll(() => series(relief, 'waits')).toBeGreaterThan(0);
});

test('a TCP port that another program has leaves UDP, with a warning', async () => {
  const other = createServer();
  await new Promise<void>(resolve => other.listen(loopback, resolve));
  cleanups.push(() => new Promise(resolve => other.close(resolve)));
  const bound = other.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  const warnings: string[] = [];
  const log = { info() {}, warn: (_: object, message: string) => void warnings.push(message), error() {} };
  const started = await start({}, { ports: { statsd: { host: '127.0.0.1', port } }, log });
  expect(started.port).toBe(port);
  expect(warnings).toEqual(['the TCP port of StatsD can not be had; it is taken over UDP only']);
  await sendUdp(port, 'still.here:1|c');
  await arrives(started.server, 'still.here');
});

test('events of many days are all kept', async () => {
  const { server, port } = await start();
  await sendUdp(
    port,
    Array.from({ length: 90 }, (_, i) => `_e{9,2}:many days|${i + 10}|d:${1_600_000_000 + i * 86_400}`).join('\n'),
  );
  await expect.poll(() => server.count('logs', Buffer.from('many days\n'))).toBe(90);
});
