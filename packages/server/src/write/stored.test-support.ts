import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChdbStore, openChdbStore } from '../store/chdb-store.js';
import { copyMadeTables } from '../store/made-tables.test-support.js';
import { migrate } from '../store/migrate.js';
import type { TableBlock } from './block-builder.js';

/** A real store in a folder of its own, for tests that look at what a block becomes. */
export interface TestStore {
  /** Loads blocks as the server does. */
  load(blocks: readonly TableBlock[]): Promise<void>;
  rows<Row>(sql: string): Promise<readonly Row[]>;
  /** The store itself, to ask it as the API does. */
  readonly engine: ChdbStore;
  close(): Promise<void>;
}

export async function openTestStore(): Promise<TestStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bellwether-write-'));
  await mkdir(join(dataDir, 'blocks'));
  copyMadeTables(dataDir);
  const store = await openChdbStore({ dataDir });
  await migrate(store, fileURLToPath(new URL('../../migrations', import.meta.url)), '0.0.0');
  let loaded = 0;
  return {
    async load(blocks) {
      for (const { table, chunks } of blocks) {
        const path = join(dataDir, 'blocks', `${++loaded}.native`);
        await writeFile(path, Buffer.concat(chunks));
        await store.insert(table, path, `${table}-${loaded}`);
        await rm(path);
      }
    },
    rows: sql => store.rows(sql),
    engine: store,
    async close() {
      await store.close();
      await rm(dataDir, { recursive: true });
    },
  };
}
