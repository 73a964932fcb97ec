import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silent } from '../base/log.js';
import type { ToReceiver } from './messages.js';
import { connectToServer } from './to-server.js';
import type { ServerConnection } from './to-server.js';

let folder: string;
let connection: ServerConnection | undefined;
let server: Server | undefined;
let peers: Socket[] = [];
let heard: (ToReceiver | 'up' | 'down')[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-socket-'));
  heard = [];
});

afterEach(async () => {
  connection?.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const path = (): string => join(folder, 'server.sock');

async function listen(onData: (text: string) => void = () => {}): Promise<void> {
  server = createServer(socket => {
    peers.push(socket);
    socket.setEncoding('utf8').on('data', onData);
  });
  await new Promise<void>(resolve => server?.listen(path(), resolve));
}

async function stop(): Promise<void> {
  for (const peer of peers) peer.destroy();
  peers = [];
  await new Promise<void>(resolve => (server === undefined ? resolve() : server.close(() => resolve())));
  server = undefined;
}

function connect(): ServerConnection {
  const listener = {
    up: () => heard.push('up'),
    down: () => heard.push('down'),
    message: (message: ToReceiver) => heard.push(message),
  };
  connection = connectToServer(path(), listener, silent);
  return connection;
}

test('it connects to a server that starts later, and again to one that comes back', async () => {
  const connection = connect();
  expect(connection.send({ type: 'flushed', id: 1, upTo: '1' })).toBe(false);
  await listen();
  await expect.poll(() => heard).toEqual(['up']);
  expect(connection.isUp()).toBe(true);
  await stop();
  await expect.poll(() => heard).toEqual(['up', 'down']);
  expect(connection.send({ type: 'flushed', id: 1, upTo: '1' })).toBe(false);
  await listen();
  await expect.poll(() => heard).toEqual(['up', 'down', 'up']);
});

test('a message per line, however the bytes are cut', async () => {
  let said = '';
  await listen(text => (said += text));
  const connection = connect();
  await expect.poll(() => heard).toEqual(['up']);
  peers[0]?.write('{"type":"flush","id":1}\n{"type":"inser');
  await expect.poll(() => heard.length).toBe(2);
  peers[0]?.write('ted","id":2,"quarantined":[{"table":"spans","ranges":[[3,1]]}]}\n');
  await expect
    .poll(() => heard.slice(1))
    .toEqual([
      { type: 'flush', id: 1 },
      { type: 'inserted', id: 2, quarantined: [{ table: 'spans', ranges: [[3, 1]] }] },
    ]);
  connection.send({ type: 'flushed', id: 1, upTo: '7' });
  await expect.poll(() => said).toBe('{"type":"flushed","id":1,"upTo":"7"}\n');
});

test('what is no message ends the connection, and a new one begins', async () => {
  await listen();
  connect();
  await expect.poll(() => heard).toEqual(['up']);
  peers[0]?.write('{"type":"inserted","id":"two"}\n');
  await expect.poll(() => heard).toEqual(['up', 'down', 'up']);
});

test('a closed connection does not come back', async () => {
  await listen();
  const connection = connect();
  await expect.poll(() => heard).toEqual(['up']);
  connection.close();
  await new Promise(resolve => setTimeout(resolve, 200));
  expect(heard.filter(word => word === 'up')).toHaveLength(1);
});
