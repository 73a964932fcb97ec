// Makes a store with all tables and nothing in them, once for each set of migrations. Making tables waits for the disk a hundred times, and a hundred
// tests begin with an empty store: they copy this one.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root, run } from './run.mjs';

const migrations = join(root, 'packages/server/migrations');
const built = join(root, 'packages/server/dist/store');
const kept = join(root, 'node_modules/.cache/bellwether');

async function make(dataDir) {
  const { openChdbStore } = await import(pathToFileURL(join(built, 'chdb-store.js')).href);
  const { migrate } = await import(pathToFileURL(join(built, 'migrate.js')).href);
  const store = await openChdbStore({ dataDir });
  await migrate(store, migrations, '0.0.0');
  await store.close();
}

/** Called by vitest before the first test: tells where it is with TEST_EMPTY_STORE. Without a build there is none, and tests make their tables themselves. */
export default async function setup() {
  if (!existsSync(join(built, 'migrate.js'))) return;
  const hash = createHash('sha256');
  const files = readdirSync(migrations)
    .toSorted()
    .map(name => join(migrations, name));
  for (const file of [...files, join(built, 'migrate.js'), join(root, 'package-lock.json')]) {
    hash.update(file).update(readFileSync(file));
  }
  const folder = join(kept, `empty-store-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) {
    mkdirSync(kept, { recursive: true });
    const made = mkdtempSync(join(kept, 'making-'));
    try {
      await run(process.execPath, [fileURLToPath(import.meta.url), made], { quiet: true });
      renameSync(made, folder);
    } catch (error) {
      // Another process that made it at the same time was faster.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
  }
  process.env.TEST_EMPTY_STORE = folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await make(process.argv[2]);
