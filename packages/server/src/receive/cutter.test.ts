import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { silent } from '../base/log.js';
import type { BlockItems } from '../handover/block-items.js';
import { clearBlockFiles } from '../handover/block-files.js';
import { BlockQueue } from '../handover/block-queue.js';
import { decode } from '../decode/decode.js';
import { WriteAheadLog } from '../wal/write-ahead-log.js';
import { BlockBuilder } from '../write/block-builder.js';
import { Cutter } from './cutter.js';
import { tracesRequest } from './otlp-bytes.test-support.js';

let bugs: unknown[] = [];
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const rebuild = (): Promise<never> => Promise.reject(new Error('nothing is made again here'));

async function parts(limits: { maxRows?: number; maxAgeMs?: number }) {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-cutter-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const { log } = await WriteAheadLog.open({ folder: join(folder, 'wal'), maxBytes: 1 << 30, log: silent });
  cleanups.push(() => log.close());
  await clearBlockFiles(join(folder, 'blocks'));
  const sent: string[] = [];
  const settled: BlockItems[] = [];
  const queue = new BlockQueue({
    folder: join(folder, 'blocks'),
    maxBytes: 1 << 30,
    send(message) {
      if (message.type === 'insert') sent.push(message.token.replace(`${log.id}-`, ''));
      return true;
    },
    settle: items => settled.push(items),
    stored: () => {},
    log: silent,
  });
  queue.up();
  const cutter = new Cutter(
    {
      newBuilder: () => new BlockBuilder(),
      log,
      queue,
      isHeld: false,
      rebuild,
      bug: error => bugs.push(error),
      ...limits,
    },
    0,
  );
  const add = async (spans: number): Promise<void> => {
    const body = tracesRequest(Array.from({ length: spans }, (_, index) => ({ spanId: Buffer.alloc(8, index + 1) })));
    const arrival = {
      workspace: 'default',
      signal: 'traces',
      encoding: 'protobuf',
      contentEncoding: 'identity',
      receivedMs: 1,
      body,
    } as const;
    await log.append(arrival, (recordSeq, position) => {
      cutter.add(
        [decode('traces', 'protobuf', body)],
        { workspace: 'default', recordSeq, receivedMs: 1 },
        [0],
        position,
      );
    });
  };
  return { cutter, add, sent, log, settled };
}

test('a block is cut at its row limit, and its bounds follow the block before without a gap', async () => {
  const { cutter, add, sent } = await parts({ maxRows: 10, maxAgeMs: 60_000 });
  for (const spans of [4, 4, 4, 12, 3]) await add(spans);
  await cutter.written();
  expect(sent).toEqual(['1-3', '4-4']);
  expect(cutter.pendingRows).toBe(3);
  await cutter.cut();
  expect(sent).toEqual(['1-3', '4-4', '5-5']);
  await cutter.cut();
  expect(sent).toHaveLength(3);
});

test('a block is cut when its first row is old enough, whatever comes after', async () => {
  const { add, sent } = await parts({ maxAgeMs: 60 });
  await add(1);
  await add(1);
  await expect.poll(() => sent).toEqual(['1-2']);
});

test('a block that waits for its log makes the cutter busy in the end, and it is not busy for ever', async () => {
  const { cutter, add, sent } = await parts({ maxRows: 1, maxAgeMs: 60_000 });
  await Promise.all([add(1), add(1), add(1), add(1), add(1)]);
  expect(cutter.isBusy()).toBe(true);
  await cutter.written();
  expect([cutter.isBusy(), sent.length]).toEqual([false, 3]);
});
