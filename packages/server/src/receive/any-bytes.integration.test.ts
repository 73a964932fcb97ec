import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../base/secret.js';
import { pack } from '../decode/msgpack.test-support.js';
import { receiveAndStore, type StoredHere } from './stored-here.test-support.js';

const anyPort = { host: '127.0.0.1', port: 0 };
let open: StoredHere;
let guarded: StoredHere;
beforeAll(async () => {
  open = await receiveAndStore({ ports: { fluent: anyPort, syslog: anyPort } });
  guarded = await receiveAndStore({ ports: { fluent: anyPort }, fluentSharedKey: new Secret('key') });
}, 60_000);
afterAll(async () => {
  await open.close();
  await guarded.close();
});

/** Sends bytes and ends, or hangs up in the middle. */
function send(port: number | undefined, bytes: Uint8Array, hangUp: boolean): Promise<void> {
  return new Promise(resolve => {
    const socket = connect(port ?? 0, '127.0.0.1', () => {
      if (hangUp) socket.write(bytes, () => socket.resetAndDestroy());
      else socket.end(bytes);
    });
    socket.on('close', () => resolve()).on('error', () => resolve());
    socket.resume();
  });
}

const good = Buffer.concat([
  pack(['tag', [[1_790_000_000, { log: 'x' }]], { chunk: 'c' }]),
  pack(['tag', Buffer.from('1f8b0800', 'hex'), { compressed: 'gzip', chunk: 'd' }]),
]);
const lines = Buffer.from('57 <13>1 - h a 1 m [x y="z"] text and more text of it\n<13>Jan  2 11:59:59 h a: x\n');

/** Nothing, noise, and good bytes with noise in them. */
function noise(of: Buffer): Buffer {
  const bytes = Buffer.from(of);
  const kind = Math.random();
  if (kind < 0.2) return randomBytes(Math.floor(Math.random() * 200));
  if (kind < 0.4) return bytes.subarray(0, Math.floor(Math.random() * bytes.length));
  for (let i = 0; i < 3; i++) bytes[Math.floor(Math.random() * bytes.length)] = Math.floor(Math.random() * 256);
  return bytes;
}

test('whatever bytes come to the ports of the forward protocol and of syslog, and however connections end: no bug, and what is good is still taken', async () => {
  for (let round = 0; round < 60; round++) {
    await Promise.all([
      send(open.receiver.ports.fluent, noise(good), round % 3 === 0),
      send(open.receiver.ports.syslog, noise(lines), round % 3 === 0),
      send(guarded.receiver.ports.fluent, noise(pack(['PING', 'h', 's', 'd', '', ''])), round % 3 === 0),
    ]);
  }
  await send(open.receiver.ports.fluent, pack(['still', 1_790_000_000, { log: 'taken' }]), false);
  const services = (await open.logs()).map(row => Object(row).service);
  expect(services).toContain('still');
  for (const here of [open, guarded])
    await expect.poll(() => here.status()?.metricsText).toContain('bellwether_receiver_bugs_total 0');
}, 60_000);
