import { chmod, copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlockFile } from '../handover/messages.js';
import type { ChdbStore, RowRange } from './chdb-store.js';
import { isAboutRows, isUnclear } from './engine-error.js';

export interface QuarantineLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  /** Refused statements per block; what is still refused then is set aside as a whole, bad rows and good. */
  readonly maxRefusals: number;
}

/** Quarantined rows are unscrubbed: they are kept only as long as it takes to find out what was wrong with them. */
export const defaultQuarantineLimits: QuarantineLimits = {
  maxAgeMs: 7 * 24 * 3600 * 1000,
  maxBytes: 100 * 1024 ** 2,
  maxRefusals: 400,
};

/** Rows of a file: the first and how many. */
type Rows = readonly [offset: number, count: number];

/** Stores a block's file; returns which of its rows were set aside, in rising order. Throws when the block is to be tried again. */
export type BlockInserter = (file: BlockFile, token: string) => Promise<readonly Rows[]>;

/** After so many tries an unclear refusal of the same block is taken to be about its rows: it must not hold up all later blocks for ever. */
const maxUnclearTries = 20;
const maxRemembered = 100;

/**
 * Inserts blocks; rows that the engine refuses for what they hold are set aside in `folder`, so that the rest of the block and all later blocks get in.
 *
 * The bounds of the parts depend on nothing but the file, and each part has a token of its own: a second try after a crash stores nothing twice.
 */
export function blockInserter(
  store: ChdbStore,
  folder: string,
  limits: QuarantineLimits = defaultQuarantineLimits,
): BlockInserter {
  const unclearTries = new Map<string, number>();
  return async (file, token) => {
    const key = `${token}/${file.table}`;
    const tries = unclearTries.get(key) ?? 0;
    const isBlamed = (error: unknown): boolean => isAboutRows(error) || (tries >= maxUnclearTries && isUnclear(error));
    try {
      await store.insert(file.table, file.path, token);
      unclearTries.delete(key);
      return [];
    } catch (error) {
      if (!isBlamed(error)) {
        if (isUnclear(error)) unclearTries.set(key, tries + 1);
        const [oldest] = unclearTries.keys();
        if (unclearTries.size > maxRemembered && oldest !== undefined) unclearTries.delete(oldest);
        throw error;
      }
    }
    return setAside(store, file, token, { folder, limits, isBlamed });
  };
}

interface AsideRules {
  readonly folder: string;
  readonly limits: QuarantineLimits;
  readonly isBlamed: (error: unknown) => boolean;
}

/** Finds the refused rows by halving the block, stores the others. */
async function setAside(
  store: ChdbStore,
  { table, path, rows }: BlockFile,
  token: string,
  rules: AsideRules,
): Promise<readonly Rows[]> {
  const { folder, limits, isBlamed } = rules;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const count = await store.countRows(table, path).catch(error => {
    if (isBlamed(error)) return undefined;
    throw error;
  });
  if (count === undefined) {
    // Broken beyond reading: no row can be told from another, so the file goes as it is.
    const target = join(folder, `${token}.${table}.native`);
    await copyFile(path, target);
    await chmod(target, 0o600);
    await trimQuarantine(folder, limits, Date.now());
    return rows > 0 ? [[0, rows]] : [];
  }
  const aside: Rows[] = [];
  let refusals = 0;
  const split = async (range: RowRange): Promise<void> => {
    const part = `${token}-${range.offset}-${range.count}`;
    try {
      await store.insertRows(table, path, part, range);
    } catch (error) {
      if (!isBlamed(error)) throw error;
      refusals++;
      if (range.count === 1 || refusals > limits.maxRefusals) {
        await store.copyRows(table, path, range, join(folder, `${part}.${table}.native`));
        aside.push([range.offset, range.count]);
        return;
      }
      const half = Math.ceil(range.count / 2);
      await split({ offset: range.offset, count: half });
      await split({ offset: range.offset + half, count: range.count - half });
    }
  };
  if (count > 0) await split({ offset: 0, count });
  await trimQuarantine(folder, limits, Date.now());
  return aside;
}

/** Removes what is older than allowed, then the oldest until the rest fits. */
export async function trimQuarantine(folder: string, limits: QuarantineLimits, nowMs: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names.map(async name => {
      const facts = await stat(join(folder, name));
      return { path: join(folder, name), bytes: facts.size, changedMs: facts.mtimeMs };
    }),
  );
  let bytes = 0;
  for (const file of files.toSorted((a, b) => b.changedMs - a.changedMs)) {
    bytes += file.bytes;
    if (bytes > limits.maxBytes || nowMs - file.changedMs > limits.maxAgeMs) await rm(file.path, { force: true });
  }
}
