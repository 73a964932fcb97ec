import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { BlockBuilder } from '../write/block-builder.js';
import { openTestStore } from '../write/stored.test-support.js';
import { tracesOfBlock } from './arrivals.js';

const span = (traceId: string, atMs: number, endNs: string): object => ({
  traceId: traceId.repeat(32),
  spanId: '1'.repeat(16),
  name: 'work',
  startTimeUnixNano: `${atMs}000000`,
  endTimeUnixNano: endNs,
});

test("a block's file tells its traces by workspace; a span that says it takes for ever has others looked for within an hour", async () => {
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  const spans = [
    span('a', nowMs, `${nowMs + 20}500000`),
    span('a', nowMs + 5, `${nowMs + 6}000000`),
    span('b', nowMs, '18446744073709551615'),
  ];
  const builder = new BlockBuilder();
  for (const [i, workspace] of ['one', 'two'].entries())
    builder.add(
      decode('traces', 'json', Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))),
      { workspace, recordSeq: i + 1, receivedMs: nowMs },
    );
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-arrivals-'));
  const store = await openTestStore();
  const files = builder.cut().map(({ table, rows, chunks }) => {
    const path = join(folder, `${table}.native`);
    const bytes = Buffer.concat(chunks);
    writeFileSync(path, bytes);
    return { table, path, rows, bytes: bytes.length };
  });
  const told = await tracesOfBlock(store.engine, files);
  expect(told.toSorted((a, b) => (a.workspace + a.traceId < b.workspace + b.traceId ? -1 : 1))).toEqual(
    ['one', 'two'].flatMap(workspace => [
      { workspace, traceId: 'a'.repeat(32), fromMs: nowMs, toMs: nowMs + 20 },
      { workspace, traceId: 'b'.repeat(32), fromMs: nowMs, toMs: nowMs + 3_600_000 },
    ]),
  );
  await store.close();
  rmSync(folder, { recursive: true });
}, 30_000);
