import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
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
): Promise<{ receiver: RunningReceiver; server: ServerStandIn; port: number }> {
  const options = receiverOptions({
    http: undefined,
    grpc: undefined,
    ports: { statsd: loopback },
    statsd: { ...defaultStatsdOptions, flushMs: 100, ...statsd },
    ...changes,
  });
  cleanups.push(() => removeFolder(options.dataDir));
  const server = await serverStandIn(join(options.dataDir, 'server.sock'));
  cleanups.push(() => server.stop());
  const receiver = await runReceiver(options, new AbortController().signal);
  cleanups.push(() => receiver.stop());
  return { receiver, server, port: receiver.ports.statsd ?? 0 };
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
  await expect.poll(async () => (await server.flush(), series(server, text)), { timeout: 4000 }).toBeGreaterThan(0);
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
  await receiver.stop();
  await expect.poll(() => series(server, 'late.counter') + series(server, 'late.gauge')).toBeGreaterThan(1);
});
