import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silent } from '../base/log.js';
import { clearBlockFiles } from './block-files.js';
import type { TableBytes } from './block-files.js';
import { BlockItems } from './block-items.js';
import { BlockQueue, type BlockQueueDeps, type Rebuilt } from './block-queue.js';
import type { ToServer } from './messages.js';

let folder: string;
let queue: BlockQueue;
let sent: Extract<ToServer, { type: 'insert' }>[] = [];
let stored: number[] = [];
let settled: BlockItems[] = [];

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'bellwether-blocks-')), 'blocks');
  await clearBlockFiles(folder);
  sent = [];
  stored = [];
  settled = [];
  queue = queueWith(1 << 20);
});

afterEach(async () => {
  await queue.close();
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

function queueWith(maxBytes: number, told: BlockQueueDeps['stored'] = ({ seq = 0 }) => stored.push(seq)): BlockQueue {
  return new BlockQueue({
    folder,
    maxBytes,
    send(message) {
      if (message.type === 'insert') sent.push(message);
      return true;
    },
    settle: items => settled.push(items),
    stored: told,
    log: silent,
  });
}

const tables = (text: string): readonly TableBytes[] => [
  { table: 'spans', rows: 2, chunks: [Buffer.from(text), Buffer.from('!')] },
];

let rebuilt: number[] = [];

function push(
  seq: number,
  made: readonly TableBytes[] | undefined = tables(`block ${seq}`),
  isHeld = false,
): Promise<void> {
  const rebuild = (): Promise<Rebuilt> => {
    rebuilt.push(seq);
    return Promise.resolve({
      tables: tables(`block ${seq}`),
      built: new Map([[0, 2]]),
      bugs: new Map([[0, 1]]),
      sampledOut: new Map(),
      itemsOf: refused => new Map([[0, refused.length]]),
    });
  };
  const items = new BlockItems();
  items.came.set(0, 3);
  return queue.push({ token: `t-${seq}`, fromSeq: seq, toSeq: seq, isHeld, items, rebuild }, made);
}

function inserted(index: number): void {
  queue.answered({ type: 'inserted', id: sent[index]?.id ?? 0, quarantined: [] });
}

test('a block is a file per table, named by token and table, private, and gone when it is stored', async () => {
  await push(1);
  queue.up();
  const path = join(folder, 't-1.spans.native');
  expect(sent).toMatchObject([{ token: 't-1', files: [{ table: 'spans', path, rows: 2 }] }]);
  expect(readFileSync(path, 'utf8')).toBe('block 1!');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(queue.bytes).toBe(8);
  inserted(0);
  await expect.poll(() => readdirSync(folder)).toEqual([]);
  expect([stored, queue.bytes, queue.length]).toEqual([[1], 0, 0]);
});

test('three blocks are with the server at most, and the next follows an answer', async () => {
  for (const seq of [1, 2, 3, 4, 5]) await push(seq);
  queue.up();
  expect(sent.map(({ token }) => token)).toEqual(['t-1', 't-2', 't-3']);
  inserted(0);
  expect(sent.map(({ token }) => token)).toEqual(['t-1', 't-2', 't-3', 't-4']);
});

test('what is stored is told without gaps: a later block waits for an earlier one', async () => {
  for (const seq of [1, 2, 3]) await push(seq);
  queue.up();
  inserted(1);
  inserted(2);
  expect(stored).toEqual([]);
  inserted(0);
  expect(stored).toEqual([3]);
});

test('when the server went away, what it had not answered is sent again, in order', async () => {
  for (const seq of [1, 2]) await push(seq);
  queue.up();
  queue.down();
  // An answer to the connection before is no answer any more.
  inserted(0);
  expect(stored).toEqual([]);
  queue.up();
  expect(sent.map(({ token }) => token)).toEqual(['t-1', 't-2', 't-1', 't-2']);
});

test('a failed block is sent again after the time the server named, and not before', async () => {
  await push(1);
  queue.up();
  queue.answered({ type: 'failed', id: sent[0]?.id ?? 0, reason: 'busy', retryAfterMs: 60, isDamaged: false });
  expect(sent).toHaveLength(1);
  await expect.poll(() => sent.length).toBe(2);
  inserted(1);
  expect(stored).toEqual([1]);
});

test('a block whose file is damaged is made from the log again, and sent at once', async () => {
  rebuilt = [];
  await push(1);
  queue.up();
  queue.answered({ type: 'failed', id: sent[0]?.id ?? 0, reason: 'cut off', retryAfterMs: 0, isDamaged: true });
  await expect.poll(() => sent.length).toBe(2);
  expect(rebuilt).toHaveLength(1);
  inserted(1);
  expect(stored).toEqual([1]);
});

test('past the limit blocks are not written ahead; each is made from the log when its turn comes', async () => {
  rebuilt = [];
  queue = queueWith(10);
  for (const seq of [1, 2, 3]) await push(seq);
  expect(readdirSync(folder)).toEqual(['t-1.spans.native']);
  queue.up();
  await expect.poll(() => sent.length).toBe(3);
  expect(rebuilt).toEqual([2, 3]);
  expect(readFileSync(join(folder, 't-3.spans.native'), 'utf8')).toBe('block 3!');
});

test('a block without rows needs no server', async () => {
  await push(1, []);
  queue.up();
  expect([sent, stored]).toEqual([[], [1]]);
});

test('a flush waits for what was pushed before it, and not for what comes after', async () => {
  await push(1);
  await push(2);
  let isDone = false;
  const done = queue.whenStored().then(() => (isDone = true));
  queue.up();
  inserted(1);
  await Promise.resolve();
  expect(isDone).toBe(false);
  await push(3);
  inserted(0);
  await done;
  expect(queue.length).toBe(1);
});

test('the positions of held blocks and of the others are told at once, each its own', async () => {
  const upTo: unknown[] = [];
  queue = queueWith(1 << 20, given => upTo.push(given));
  await push(5);
  await push(3, undefined, true);
  await push(6);
  queue.up();
  inserted(1);
  inserted(2);
  expect(upTo).toEqual([]);
  inserted(0);
  expect(upTo).toEqual([{ seq: 6, heldSeq: 3 }]);
});

test('what an earlier run left is removed; the quarantine stays', async () => {
  writeFileSync(join(folder, 'old.spans.native'), '');
  writeFileSync(join(folder, 'old.logs.native.tmp'), '');
  writeFileSync(join(folder, 'quarantine'), '');
  await clearBlockFiles(folder);
  expect(readdirSync(folder)).toEqual(['quarantine']);
});

test('items are pending until their block and all before it are stored, and are settled in that order', async () => {
  for (const seq of [1, 2]) await push(seq);
  const sum = (): number => queue.pending().reduce((items, came) => items + (came.get(0) ?? 0), 0);
  expect(sum()).toBe(6);
  queue.up();
  inserted(1);
  expect([sum(), settled.length]).toEqual([6, 0]);
  inserted(0);
  expect([sum(), settled.length]).toEqual([0, 2]);
});

test('when the engine refused rows, the block is settled after it is known whose they were', async () => {
  await push(1);
  await push(2);
  queue.up();
  const quarantined = [{ table: 'spans', ranges: [[0, 1] as const] }];
  queue.answered({ type: 'inserted', id: sent[0]?.id ?? 0, quarantined });
  inserted(1);
  expect(stored).toEqual([]);
  await expect.poll(() => stored).toEqual([2]);
  expect(settled.map(({ refused }) => [...refused])).toEqual([[[0, 1]], []]);
  expect(queue.quarantinedRows).toBe(1);
});
