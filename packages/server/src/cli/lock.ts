import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Refused } from './exit-code.js';

export interface Lock {
  /** Synchronous, so that it also works while the process exits. */
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** When the process began, in the kernel's ticks; tells it from a later one with the same number. Linux only, else ''. */
  readonly began: string;
}

const pollMs = 100;
const guardMaxMs = 5000;

/**
 * Takes the lock file at `path`, waiting up to `waitMs` for a holder to end. A holder that is dead is passed over.
 * Throws `Refused`, naming the process that has it.
 */
export async function takeLock(
  path: string,
  { dataDir, waitMs }: { readonly dataDir: string; readonly waitMs: number },
): Promise<Lock> {
  const own: Holder = { pid: process.pid, began: beganAt(process.pid) };
  const text = JSON.stringify(own);
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o600 });
  try {
    const giveUpMs = performance.now() + waitMs;
    while (!(await linked(draft, path))) {
      const found = await readFile(path, 'utf8').catch(() => undefined);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (holder === undefined || !isAlive(holder)) await removeStale(path, found);
      else if (performance.now() > giveUpMs)
        throw new Refused(
          `the data folder ${dataDir} is in use by the process ${holder.pid}; stop that one, or choose another folder with --data`,
        );
      else await delay(pollMs);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return {
    release() {
      try {
        if (readFileSync(path, 'utf8') === text) rmSync(path);
      } catch {
        // The folder is gone: nothing is locked any more.
      }
    },
  };
}

/** A link is made whole or not at all, and never over another file. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a dead holder's lock. Two starters may see the same one: only who made the guard folder removes, and only when it still is what was seen,
 * so that nobody removes the lock that the other has just taken.
 */
async function removeStale(path: string, stale: string): Promise<void> {
  const guard = `${path}.takeover`;
  try {
    await mkdir(guard);
  } catch {
    const made = await stat(guard).catch(() => undefined);
    // Who made it takes a few milliseconds; left over by a crash it would lock the folder for ever.
    if (made !== undefined && Date.now() - made.mtimeMs > guardMaxMs) await rmdir(guard).catch(() => undefined);
    await delay(pollMs / 10);
    return;
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === stale) await rm(path);
  } finally {
    await rmdir(guard);
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== 'object' || found === null || !('pid' in found) || !('began' in found)) return undefined;
    return typeof found.pid === 'number' && typeof found.began === 'string'
      ? { pid: found.pid, began: found.began }
      : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return began === beganAt(pid);
}

/** Field 22 of /proc/<pid>/stat; the name in field 2 may hold spaces and parentheses. A zombie has let go of everything: it counts as gone. */
function beganAt(pid: number): string {
  if (process.platform !== 'linux') return '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return 'ended';
  }
}
