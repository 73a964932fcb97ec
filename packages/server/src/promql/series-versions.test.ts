import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import { decode } from '../decode/decode.js';
import type { BlockFile } from '../handover/messages.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { blockInserter } from '../store/quarantine.js';
import { BlockBuilder } from '../write/block-builder.js';
import { SeriesVersions, countingInsert } from './series-versions.js';

let store: ChdbStore;
let closeStore: () => Promise<void>;
let dataDir: string;

beforeAll(async () => {
  ({ store, dataDir, close: closeStore } = await emptyStore());
  await mkdir(join(dataDir, 'blocks'));
});
afterAll(() => closeStore());

/** A file of new series of these workspaces. */
async function seriesOf(...workspaces: readonly string[]): Promise<BlockFile> {
  const builder = new BlockBuilder();
  for (const [at, workspace] of workspaces.entries()) {
    const gauge = { dataPoints: [{ timeUnixNano: '1780000000000000000', asDouble: 1 }] };
    const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: `m.${workspace}`, gauge }] }] }] };
    builder.add(decode('metrics', 'json', Buffer.from(JSON.stringify(request))), {
      workspace,
      recordSeq: at + 1,
      receivedMs: 1_780_000_000_000,
    });
  }
  const block = builder.cut().find(({ table }) => table === 'metric_series');
  const path = join(dataDir, 'blocks', `${workspaces.join('-')}.native`);
  const bytes = Buffer.concat(block?.chunks ?? []);
  await writeFile(path, bytes);
  return { table: 'metric_series', path, rows: workspaces.length, bytes: bytes.length };
}

test('[Q4] new series of one workspace leave what is remembered of another as it was', async () => {
  const versions = new SeriesVersions();
  const insert = countingInsert(blockInserter(store, join(dataDir, 'quarantine')), store, versions);
  const before = ['a', 'b', 'c'].map(workspace => versions.of(workspace));
  await insert(await seriesOf('a', 'c'), 'first');
  const after = ['a', 'b', 'c'].map(workspace => versions.of(workspace));
  expect(after.map((version, at) => version !== before[at])).toEqual([true, false, true]);
  await insert(await seriesOf('a'), 'second');
  expect(['a', 'b', 'c'].map((workspace, at) => versions.of(workspace) !== after[at])).toEqual([true, false, false]);
});

test('what can not be told by workspace is told of all, and never brings a number back', () => {
  const versions = new SeriesVersions();
  const seen = [versions.of('a')];
  const changes = [['a'], undefined, ['b'], ['a'], Array.from({ length: 1001 }, (_, at) => `w${at}`), ['a']];
  for (const workspaces of changes) {
    versions.changed(workspaces);
    seen.push(versions.of('a'));
  }
  expect(seen).toEqual([0, 1, 2, 2, 4, 5, 6]);
});
