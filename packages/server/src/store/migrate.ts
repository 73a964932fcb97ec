import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataIsNewer } from '../base/data-is-newer.js';
import type { ChdbStore } from './chdb-store.js';
import { EngineError } from './engine-error.js';
import { literal } from './sql-text.js';

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * Applies the numbered files of `folder` (`0001-telemetry.sql`) that were not applied yet, in order. Returns how many statements ran.
 *
 * A statement counts as done once its row is written. A crash between the two runs it a second time; that its table, column or index
 * exists already is then no error.
 */
export async function migrate(store: ChdbStore, folder: string, version: string): Promise<number> {
  const migrations = await readMigrations(folder);
  await store.command(
    `CREATE TABLE IF NOT EXISTS migrations (number UInt32, statement UInt32, name String, version String, applied DateTime64(3, 'UTC'))
    ENGINE = MergeTree ORDER BY (number, statement) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  );
  const done = await store.rows<{ number: number; statements: number; version: string }>(
    'SELECT number, max(statement) AS statements, argMax(version, applied) AS version FROM migrations GROUP BY number ORDER BY number',
  );
  const newest = done.at(-1);
  const known = migrations.at(-1)?.number ?? 0;
  if (newest !== undefined && newest.number > known) {
    throw new DataIsNewer(
      `the data was written by Bellwether ${newest.version} (schema ${newest.number}), and this is Bellwether ${version} (schema ${known}), ` +
        `which can not read it; start Bellwether ${newest.version} or newer, or choose another folder with --data`,
    );
  }
  const statementsDone = new Map(done.map(row => [row.number, row.statements]));
  let ran = 0;
  for (const { number, name, statements } of migrations) {
    const before = statementsDone.get(number) ?? 0;
    for (const [index, sql] of statements.entries()) {
      if (index < before) continue;
      await store.command(sql).catch(ignoreIfThere);
      await store.command(
        `INSERT INTO migrations SELECT ${number}, ${index + 1}, ${literal(name)}, ${literal(version)}, now64(3, 'UTC')`,
      );
      ran++;
    }
  }
  await store.reloadColumns();
  return ran;
}

const alreadyThere = new Set(['TABLE_ALREADY_EXISTS', 'DUPLICATE_COLUMN', 'ILLEGAL_INDEX']);

function ignoreIfThere(error: unknown): void {
  if (!(error instanceof EngineError) || !alreadyThere.has(error.word)) throw error;
}

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter(name => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).toSorted();
  return Promise.all(
    names.map(async name => ({
      number: Number(name.slice(0, 4)),
      name,
      statements: statementsOf(await readFile(join(folder, name), 'utf8')),
    })),
  );
}

/** Statements end with a semicolon at a line's end; lines that begin with `--` are comments. */
export function statementsOf(text: string): readonly string[] {
  return text
    .replaceAll(/^--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map(statement => statement.trim())
    .filter(statement => statement !== '');
}
