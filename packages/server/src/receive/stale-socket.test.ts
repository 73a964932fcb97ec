import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeStaleSocket } from './stale-socket.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-socket-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the socket of a program that was killed is taken away', async () => {
  const path = join(folder, 'left');
  const listenAndDie = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', listenAndDie]);
  expect(existsSync(path)).toBe(true);
  await removeStaleSocket(path);
  expect(existsSync(path)).toBe(false);
});

test('a socket that somebody listens on stays, and so does a file that is none', async () => {
  const used = join(folder, 'used');
  const server = createServer().listen(used);
  await new Promise(resolve => server.once('listening', resolve));
  const file = join(folder, 'file');
  writeFileSync(file, 'x');
  await removeStaleSocket(used);
  await removeStaleSocket(file);
  await removeStaleSocket(join(folder, 'absent'));
  expect([existsSync(used), existsSync(file)]).toEqual([true, true]);
  await new Promise(resolve => server.close(resolve));
});
