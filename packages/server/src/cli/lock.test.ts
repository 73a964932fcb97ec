import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from './lock.js';

let dataDir: string;
let path: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bellwether-lock-'));
  path = join(dataDir, 'lock');
});
afterEach(() => rm(dataDir, { recursive: true }));

const take = (waitMs = 0) => takeLock(path, { dataDir, waitMs });

test('a folder is taken once; who comes second learns by whom', async () => {
  const lock = await take();
  await expect(take()).rejects.toThrow(
    `the data folder ${dataDir} is in use by the process ${process.pid}; stop that one, or choose another folder with --data`,
  );
  lock.release();
  (await take()).release();
  expect(await readdir(dataDir)).toEqual([]);
});

test('the lock of a dead process is passed over, and so is one that is not readable', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise(resolve => child.once('exit', resolve));
  await writeFile(path, JSON.stringify({ pid: child.pid, began: '1' }));
  (await take()).release();
  await writeFile(path, '{"pid":');
  (await take()).release();
  expect(await readdir(dataDir)).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'a process number that was given again does not hold an old lock',
  async () => {
    await writeFile(path, JSON.stringify({ pid: process.pid, began: 'another time' }));
    (await take()).release();
    expect(await readdir(dataDir)).toEqual([]);
  },
);

test('a holder that ends while one waits hands over', async () => {
  const lock = await take();
  const waiting = take(5000);
  setTimeout(() => lock.release(), 50);
  (await waiting).release();
  expect(await readdir(dataDir)).toEqual([]);
});

test('of many that find a dead holder one gets the lock', async () => {
  await writeFile(path, JSON.stringify({ pid: 2 ** 30, began: '' }));
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => take()));
  expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(1);
  expect(existsSync(path)).toBe(true);
});
