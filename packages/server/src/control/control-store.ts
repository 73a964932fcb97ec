import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { DataIsNewer } from '../base/data-is-newer.js';

/** What people decide, as opposed to what is measured: few rows that must not be lost. SQLite, in the data folder. */
export interface ControlStore {
  readonly db: Database.Database;
  close(): void;
}

/**
 * Opens the file (`:memory:` for none) and applies the numbered files of `folder` that it does not have yet, each whole or not at all.
 * A row is on disk when its change returns. Throws `DataIsNewer` when a newer version wrote it.
 */
export function openControlStore(path: string, folder: string, version: string): ControlStore {
  const db = new Database(path, { timeout: 5000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  const migrations = readdirSync(folder)
    .filter(name => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .toSorted();
  const [row] = db.prepare('PRAGMA user_version').all();
  const done = Number(Object(row).user_version);
  if (done > migrations.length) {
    db.close();
    throw new DataIsNewer(
      `${path} was written by a newer Bellwether (schema ${done}), and this is Bellwether ${version} (schema ${migrations.length}), ` +
        'which can not read it; start the newer one, or choose another folder with --data',
    );
  }
  try {
    migrations.slice(done).forEach((name, at) => {
      const text = readFileSync(join(folder, name), 'utf8');
      db.exec(`BEGIN IMMEDIATE;\n${text}\nPRAGMA user_version = ${done + at + 1};\nCOMMIT`);
    });
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    db.close();
    throw error;
  }
  return { db, close: () => db.close() };
}
