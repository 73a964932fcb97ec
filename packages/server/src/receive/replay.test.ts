import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silent } from '../base/log.js';
import type { Batch } from '../decode/batch.js';
import { BlockQueue, type Rebuilt } from '../handover/block-queue.js';
import { clearBlockFiles, type TableBytes } from '../handover/block-files.js';
import { WriteAheadLog } from '../wal/write-ahead-log.js';
import type { PlacedCut } from '../wal/recovery.js';
import { Cutter, type Builder } from './cutter.js';
import { ItemLedger } from './item-ledger.js';
import { rebuildBlock, replayTail, type ReplayDeps } from './replay.js';

let folder: string;
let log: WriteAheadLog;
let ledger: ItemLedger;
let unreadable: number[];
let bugs: unknown[];

/** Bodies are texts here: `!add` can not be added, `!cut` not be encoded, `!read` not be decoded; others are as many items as they have letters. */
class WordBuilder implements Builder {
  words: string[] = [];

  get rows(): number {
    return this.words.join('').length;
  }

  add(batch: Batch): void {
    if (batch.service === '!add') throw new Error('can not be added');
    this.words.push(batch.service);
  }

  cut(): readonly TableBytes[] {
    if (this.words.includes('!cut')) throw new Error('can not be encoded');
    const { rows, words } = this;
    this.words = [];
    return rows === 0 ? [] : [{ table: 'spans', rows, chunks: words.map(word => Buffer.from(word)) }];
  }
}

function decode(_signal: string, _encoding: string, bytes: Uint8Array): readonly Batch[] {
  const text = Buffer.from(bytes).toString();
  if (text === '!read') throw new Error('can not be read');
  return [{ signal: 'traces', items: text.length, rejected: 0, rejectedReason: '', service: text, newestMs: 1 }];
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-replay-'));
  await clearBlockFiles(join(folder, 'blocks'));
  log = await reopened();
  ledger = new ItemLedger(0);
  unreadable = [];
  bugs = [];
});

afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

async function reopened(): Promise<WriteAheadLog> {
  return (await WriteAheadLog.open({ folder: join(folder, 'wal'), maxBytes: 1 << 30, log: silent })).log;
}

const deps = (): ReplayDeps => ({
  log,
  newBuilder: () => new WordBuilder(),
  decode,
  ledger,
  unreadable: seq => unreadable.push(seq),
});

const rebuild = (cut: PlacedCut): Promise<Rebuilt> => rebuildBlock(cut, deps());

/** Brings words to the log, as the intake does. */
async function append(words: readonly string[], cutter?: Cutter): Promise<PlacedCut> {
  const positions: PlacedCut['position'][] = [];
  for (const word of words) {
    const items = [{ signal: 'traces' as const, items: word.length }];
    const counted = { key: 'k', protocol: 'zipkin', items, hash: undefined };
    const arrival = {
      workspace: 'w',
      signal: 'traces',
      encoding: 'protobuf',
      contentEncoding: 'identity',
      receivedMs: 1,
      body: Buffer.from(word),
      counted,
    } as const;
    const row = ledger.row({ workspace: 'w', key: 'k', protocol: 'zipkin', signal: 'traces' });
    await log.append(arrival, (recordSeq, position) => {
      positions.push(position);
      ledger.replayed(row, word.length);
      cutter?.add(decode('', '', arrival.body), { workspace: 'w', recordSeq, receivedMs: 1 }, [row], position);
    });
  }
  return { fromSeq: 1, toSeq: words.length, token: 't', position: positions[0] ?? { segment: 0, offset: 0 } };
}

const textOf = (tables: readonly TableBytes[]): string =>
  tables.map(({ chunks }) => Buffer.concat([...chunks]).toString()).join('|');
const sum = (counts: ReadonlyMap<number, number>): number =>
  [...counts.values()].reduce((all, items) => all + items, 0);

test('a record that can not be read, added or encoded costs its own items, and is set aside; the others stay in order', async () => {
  const cut = await append(['one', '!cut', 'two', '!read', 'three', '!add', 'four', '!cut']);
  const block = await rebuildBlock(cut, deps());
  expect(textOf(block.tables)).toBe('onetwothreefour');
  expect(block.tables).toMatchObject([{ table: 'spans', rows: 15 }]);
  expect([sum(block.built), sum(block.bugs)]).toEqual([15, 4 + 5 + 4 + 4]);
  expect(readdirSync(join(folder, 'wal', 'quarantine')).sort()).toEqual([
    'record-2.bin',
    'record-4.bin',
    'record-8.bin',
  ]);
  expect(sum(block.itemsOf([{ table: 'spans', ranges: [[2, 2]] }]))).toBe(2);
});

test('a block of nothing but such records is empty', async () => {
  const block = await rebuildBlock(await append(['!cut', '!cut']), deps());
  expect([block.tables, sum(block.built), sum(block.bugs)]).toEqual([[], 0, 8]);
});

test('a cutter whose builder fails goes on; what is to blame is counted as dropped, the rest is stored, exactly', async () => {
  const inserted: string[] = [];
  const queue = new BlockQueue({
    folder: join(folder, 'blocks'),
    maxBytes: 1 << 20,
    send(message) {
      if (message.type === 'insert') {
        inserted.push(message.token);
        queueMicrotask(() => queue.answered({ type: 'inserted', id: message.id, quarantined: [] }));
      }
      return true;
    },
    settle: items => ledger.settle(items),
    stored: () => {},
    log: silent,
  });
  const cutter = new Cutter(
    {
      newBuilder: () => new WordBuilder(),
      log,
      queue,
      isHeld: false,
      rebuild,
      bug: error => bugs.push(error),
      maxAgeMs: 60_000,
    },
    0,
  );
  ledger.watch(() => [...cutter.pending(), ...queue.pending()]);
  await append(['one', '!add', '!cut', 'two'], cutter);
  expect(ledger.rows()).toMatchObject([{ received: 14, pending: 14, stored: 0 }]);
  await cutter.cut();
  await append(['three'], cutter);
  await cutter.cut();
  queue.up();
  await queue.whenStored();
  expect(ledger.rows()).toMatchObject([{ received: 19, pending: 0, stored: 11, dropped: { bug: 8 } }]);
  expect(bugs).toHaveLength(2);
  expect(inserted).toHaveLength(2);
  await queue.close();
});

test('what no block holds is replayed with the counts it came with', async () => {
  await append(['one', '!read', 'two']);
  await log.close();
  log = await reopened();
  ledger = new ItemLedger(0);
  const queue = new BlockQueue({
    folder: join(folder, 'blocks'),
    maxBytes: 0,
    send: () => true,
    settle: items => ledger.settle(items),
    stored: () => {},
    log: silent,
  });
  const cutter = new Cutter(
    {
      newBuilder: () => new WordBuilder(),
      log,
      queue,
      isHeld: false,
      rebuild,
      bug: error => bugs.push(error),
      maxAgeMs: 60_000,
    },
    0,
  );
  ledger.watch(() => cutter.pending());
  await replayTail({ segment: 1, offset: 0 }, cutter, deps());
  expect(ledger.rows()).toMatchObject([{ workspace: 'w', key: 'k', protocol: 'zipkin', received: 11, pending: 11 }]);
  expect(unreadable).toEqual([2]);
  await cutter.cut();
});
