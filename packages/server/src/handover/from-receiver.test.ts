import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silent } from '../base/log.js';
import type { RefusedRows } from './block-items.js';
import { listenForReceiver, type ReceiverSocket } from './from-receiver.js';
import type { BlockFile } from './messages.js';
import { ReceiverAway } from './receiver-link.js';

let folder: string;
let link: ReceiverSocket;
let socket: Socket;
let said: AsyncIterator<string>;
let inserted: string[];
let insert: (file: BlockFile, token: string) => Promise<RefusedRows['ranges']>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-handover-'));
  inserted = [];
  insert = async () => [];
  link = await listenForReceiver({
    isWhole: file => Promise.resolve(file.bytes === 1),
    socketPath: join(folder, 'server.sock'),
    log: silent,
    async insert(file, token) {
      inserted.push(`${token} ${file.table}`);
      return insert(file, token);
    },
  });
  socket = connect(join(folder, 'server.sock'));
  said = createInterface({ input: socket })[Symbol.asyncIterator]();
});

afterEach(async () => {
  socket.destroy();
  await link.close();
  await rm(folder, { recursive: true });
});

const say = (message: object): void => void socket.write(`${JSON.stringify(message)}\n`);
const hear = async (): Promise<unknown> => JSON.parse((await said.next()).value);
const file = (table: string): BlockFile => ({ table, path: `/b/${table}`, rows: 1, bytes: 1 });

test('blocks are stored in order, and each is answered when all its files are in', async () => {
  const ranges: RefusedRows['ranges'] = [
    [0, 1],
    [5, 2],
  ];
  insert = async () => ranges;
  say({ type: 'insert', id: 1, token: 'a', files: [file('spans'), file('red_minutes')] });
  say({ type: 'insert', id: 2, token: 'b', files: [file('logs')] });
  expect([await hear(), await hear()]).toEqual([
    {
      type: 'inserted',
      id: 1,
      quarantined: [
        { table: 'spans', ranges },
        { table: 'red_minutes', ranges },
      ],
    },
    { type: 'inserted', id: 2, quarantined: [{ table: 'logs', ranges }] },
  ]);
  expect(inserted).toEqual(['a spans', 'a red_minutes', 'b logs']);
});

test('a block that can not be stored is named with its reason, and the next one is stored', async () => {
  insert = async (_, token) => {
    if (token === 'a') throw new Error('disk is full');
    return [];
  };
  say({ type: 'insert', id: 1, token: 'a', files: [file('spans')] });
  say({ type: 'insert', id: 2, token: 'b', files: [file('spans')] });
  expect([await hear(), await hear()]).toEqual([
    { type: 'failed', id: 1, reason: 'disk is full', retryAfterMs: 1000, isDamaged: false },
    { type: 'inserted', id: 2, quarantined: [] },
  ]);
});

test('a file that is not as it was written is not stored; the receiver is told to make it again', async () => {
  say({ type: 'insert', id: 1, token: 'a', files: [{ ...file('spans'), bytes: 2 }] });
  expect(await hear()).toMatchObject({ type: 'failed', id: 1, retryAfterMs: 0, isDamaged: true });
});

test('a listener sees each block once, and its files stay until it is done', async () => {
  const seen: string[] = [];
  const releases: (() => void)[] = [];
  const done = new Promise<void>(resolve => void releases.push(resolve));
  link.onBlock(async files => {
    seen.push(...files.map(file => file.table));
    await done;
    seen.push('done');
  });
  insert = async () => {
    releases.pop()?.();
    return [];
  };
  say({ type: 'insert', id: 1, token: 'a', files: [file('logs')] });
  expect(await hear()).toEqual({ type: 'inserted', id: 1, quarantined: [] });
  expect(seen).toEqual(['logs', 'done']);
  say({ type: 'insert', id: 2, token: 'a', files: [file('logs')] });
  await hear();
  expect(seen).toEqual(['logs', 'done']);
});

test('a listener that fails stops nothing', async () => {
  link.onBlock(() => Promise.reject(new Error('no')));
  say({ type: 'insert', id: 1, token: 'a', files: [] });
  expect(await hear()).toEqual({ type: 'inserted', id: 1, quarantined: [] });
});

test('a flush is answered when the receiver says so, while a block is being stored', async () => {
  const releases: ((rows: RefusedRows['ranges']) => void)[] = [];
  insert = () => new Promise(resolve => void releases.push(resolve));
  say({ type: 'insert', id: 1, token: 'a', files: [file('spans')] });
  await expect.poll(() => inserted.length).toBe(1);
  const flushed = link.flush(AbortSignal.timeout(5000));
  expect(await hear()).toEqual({ type: 'flush', id: 1 });
  say({ type: 'flushed', id: 1, upTo: '17' });
  expect(await flushed).toEqual({ upTo: '17' });
  releases.pop()?.([]);
});

test('a flush fails when no receiver is there, when it goes away, and when the caller gives up', async () => {
  await expect.poll(() => link.connected()).toBe(true);
  const givenUp = link.flush(AbortSignal.timeout(10));
  await expect(givenUp).rejects.toThrow('timeout');
  const left = link.flush(AbortSignal.timeout(5000));
  socket.destroy();
  await expect(left).rejects.toBeInstanceOf(ReceiverAway);
  expect(link.connected()).toBe(false);
  await expect(link.flush(AbortSignal.timeout(5000))).rejects.toThrow('no receiver is connected');
});

test('the newest status stays after the receiver is gone', async () => {
  expect(link.status()).toBeUndefined();
  const counts = { accepted: 1, rejected: 0 };
  say({
    type: 'status',
    status: {
      startedAtMs: 1,
      signals: [{ workspace: 'w', signals: { traces: counts, logs: counts, metrics: counts, files: counts } }],
      rejections: [],
      senders: [],
      overflows: [],
      scrapeTargets: [],
      ledger: { sinceMs: 1, rows: [], requests: [] },
      walBytes: 5,
      blocksBytes: 6,
      metricsText: '',
    },
  });
  await expect.poll(() => link.status()?.walBytes).toBe(5);
  socket.destroy();
  await expect.poll(() => link.connected()).toBe(false);
  expect(link.status()?.blocksBytes).toBe(6);
});

test('a receiver that speaks another language is disconnected; so is a token that could leave the folder', async () => {
  const closed = new Promise(resolve => socket.on('close', resolve));
  say({ type: 'insert', id: 1, token: '../../etc', files: [] });
  await closed;
  expect(inserted).toEqual([]);
});

test('the socket is for its owner only', async () => {
  expect((await stat(join(folder, 'server.sock'))).mode & 0o777).toBe(0o600);
});
