import { fs } from '../core/node-modules.js';
import { lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch, Signal } from './batch.js';
import type { Losses, LossReason } from './losses.js';
import {
  claimedName,
  parseSpoolName,
  type SpoolFile,
  spoolName,
  type SpoolOwner,
  unclaimedName,
} from './spool-name.js';
import { readSpoolRecords, spoolRecord } from './spool-record.js';

export interface SpoolDeps {
  /** Of one destination. It is made when the first file is written, for its owner alone. */
  readonly folder: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly owner: SpoolOwner;
  /** Wall time that does not jump while the process runs. */
  readonly unixMs: () => number;
  readonly losses: Losses;
  /** A line for the operator; called once. */
  readonly say: (line: string) => void;
}

/** A file in hand: nobody else sends it until it is removed or we are gone. */
export interface Taken {
  readonly name: string;
  readonly batches: readonly Batch[];
}

const maxFiles = 3000;
/** Other processes' files are looked for this often. */
const listEveryMs = 10_000;
/** A claim that is older belongs to nobody: sending a batch takes seconds. */
const claimHoldsMs = 300_000;
/** After a failed write the disk is left alone for a while. */
const pauseAfterFailureMs = 10_000;

/**
 * Batches on disk, for a destination that is away and for what must not be lost. Files are written whole (another name, then renamed), checksummed, readable by their owner only, and
 * bounded in bytes, number and age: the oldest that is not precious goes first, and what goes is counted.
 *
 * Processes share a folder: who renames a file to its own name has it; the files of a process that is gone are taken over. A process that is killed between the
 * destination's answer and the removal of the file sends it once more, byte for byte.
 */
export class Spool {
  readonly #deps: SpoolDeps;
  #known: SpoolFile[] = [];
  #listedMs = -Infinity;
  #pausedUntilMs = 0;
  #count = 0;
  #told = false;
  #isReady = false;
  readonly #bornUnixMs: number;

  constructor(deps: SpoolDeps) {
    this.#deps = deps;
    this.#bornUnixMs = deps.unixMs();
  }

  get maxBytes(): number {
    return this.#deps.maxBytes;
  }

  /** Bytes in files that nobody is sending, as far as we know. */
  get bytes(): number {
    return this.#known.reduce((sum, file) => sum + file.bytes, 0);
  }

  get files(): number {
    return this.#known.length;
  }

  get hasPrecious(): boolean {
    return this.#known[0]?.isPrecious === true;
  }

  /** Writes batches into one file; its name, or undefined when it could not be written. With `claimed` it is ours to send. */
  async write(batches: readonly Batch[], claimed: boolean): Promise<string | undefined> {
    if (performance.now() < this.#pausedUntilMs) return undefined;
    const file = this.#newFile(batches);
    if (file.bytes > this.#deps.maxBytes) return undefined;
    const temporary = this.#path(`${file.name}.tmp`);
    const name = claimed ? claimedName(file.name, this.#deps.owner, this.#deps.unixMs()) : file.name;
    try {
      await this.#writeFile(temporary, batches);
      await rename(temporary, this.#path(name));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      this.#failed(error);
      return undefined;
    }
    if (!claimed) this.#add({ ...file, name });
    await this.#makeRoom();
    return name;
  }

  async #writeFile(path: string, batches: readonly Batch[]): Promise<void> {
    await this.#ready();
    const handle = await open(path, 'wx', 0o600).catch(async (error: unknown) => {
      // Somebody who tidies up may have removed the folder.
      if (!hasCode(error, 'ENOENT')) throw error;
      this.#isReady = false;
      await this.#ready();
      return open(path, 'wx', 0o600);
    });
    try {
      // Not `writev`: on a disk that fills up it writes a part and says nothing.
      await handle.writeFile(Buffer.concat(batches.flatMap(spoolRecord)));
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** The same for a process that ends: nothing asynchronous would run any more. */
  writeNow(batches: readonly Batch[]): boolean {
    if (batches.length === 0) return true;
    const file = this.#newFile(batches);
    if (file.bytes + this.bytes > this.#deps.maxBytes) return false;
    const temporary = this.#path(`${file.name}.tmp`);
    try {
      fs.mkdirSync(this.#deps.folder, { recursive: true, mode: 0o700 });
      if (!isOurs(fs.lstatSync(this.#deps.folder))) return false;
      fs.writeFileSync(temporary, Buffer.concat(batches.flatMap(spoolRecord)), { mode: 0o600, flag: 'wx' });
      fs.renameSync(temporary, this.#path(file.name));
      return true;
    } catch {
      return false;
    }
  }

  /** The oldest file, precious ones first. */
  async take(onlyPrecious = false): Promise<Taken | undefined> {
    if (this.#known.length === 0) await this.#list();
    for (;;) {
      const file = this.#known[0];
      if (file === undefined || (onlyPrecious && !file.isPrecious)) return undefined;
      this.#known.shift();
      const name = claimedName(file.name, this.#deps.owner, this.#deps.unixMs());
      try {
        await rename(this.#path(file.name), this.#path(name));
      } catch {
        // Another process has it.
        continue;
      }
      const batches = await this.#read(file, name);
      if (batches.length > 0) return { name, batches };
      await this.remove(name);
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true }).catch(() => {});
  }

  removeNow(name: string): void {
    try {
      fs.rmSync(this.#path(name), { force: true });
    } catch {
      // It is sent once more then, byte for byte.
    }
  }

  async #read(file: SpoolFile, name: string): Promise<readonly Batch[]> {
    let batches: readonly Batch[] = [];
    try {
      batches = readSpoolRecords(await readFile(this.#path(name))).batches;
    } catch {
      // What cannot be read is lost like what is not whole.
    }
    for (const signal of ['traces', 'logs', 'metrics'] as const) {
      const found = batches.reduce((sum, batch) => sum + (batch.signal === signal ? batch.items : 0), 0);
      this.#deps.losses.count(signal, file.items[signal] - found, 'corrupt');
    }
    return batches;
  }

  /** What waits in the folder: our own and what others left, without what a living process is sending. */
  async #list(): Promise<void> {
    if (performance.now() - this.#listedMs < listEveryMs) return;
    this.#listedMs = performance.now();
    let names: readonly string[];
    try {
      // Nobody else may put files there for us to send.
      if (!isOurs(await lstat(this.#deps.folder))) return;
      names = await readdir(this.#deps.folder);
    } catch {
      return;
    }
    const found: SpoolFile[] = [];
    for (const name of names) {
      const whole = name.endsWith('.tmp') ? await this.#adoptTorn(name) : name;
      const file = whole === undefined ? undefined : parseSpoolName(whole);
      if (file !== undefined && !this.#isHeld(file)) found.push(file);
      if (found.length >= 4 * maxFiles) break;
    }
    this.#known = found.sort(inOrder);
    await this.#makeRoom();
  }

  /** What a killed process was just writing: the whole records at its beginning are kept. */
  async #adoptTorn(name: string): Promise<string | undefined> {
    const whole = name.slice(0, -'.tmp'.length);
    const [, , host, pid, thread] = whole.split('-');
    if (parseSpoolName(whole) === undefined || host !== this.#deps.owner.host) return undefined;
    const isMine = Number(pid) === this.#deps.owner.pid && Number(thread) === this.#deps.owner.thread;
    if (isMine || isAlive(Number(pid))) return undefined;
    try {
      await rename(this.#path(name), this.#path(whole));
      return whole;
    } catch {
      return undefined;
    }
  }

  #isHeld({ claim }: SpoolFile): boolean {
    if (claim === undefined) return false;
    const { owner, unixMs } = this.#deps;
    if (Math.abs(unixMs() - claim.sinceUnixMs) > claimHoldsMs) return false;
    if (claim.owner.host !== owner.host) return true;
    // In a container that starts again, the process before had our number.
    if (claim.owner.pid === owner.pid) return claim.sinceUnixMs >= this.#bornUnixMs - 1000;
    return isAlive(claim.owner.pid);
  }

  #add(file: SpoolFile): void {
    this.#known.push(file);
    this.#known.sort(inOrder);
  }

  async #makeRoom(): Promise<void> {
    const oldestUnixMs = this.#deps.unixMs() - this.#deps.maxAgeMs;
    let { bytes } = this;
    for (;;) {
      const tooOld = this.#known.find(file => file.writtenUnixMs < oldestUnixMs);
      const isFull = bytes > this.#deps.maxBytes || this.#known.length > maxFiles;
      const goes = tooOld ?? (isFull ? (this.#known.find(file => !file.isPrecious) ?? this.#known[0]) : undefined);
      if (goes === undefined) return;
      this.#known.splice(this.#known.indexOf(goes), 1);
      bytes -= goes.bytes;
      await this.#drop(goes, tooOld === undefined ? 'spool-full' : 'spool-age');
    }
  }

  async #drop(file: SpoolFile, reason: LossReason): Promise<void> {
    try {
      // Without `force`: when it is gone already, somebody has sent it.
      await rm(this.#path(file.name));
    } catch {
      return;
    }
    for (const signal of ['traces', 'logs', 'metrics'] as const)
      this.#deps.losses.count(signal, file.items[signal], reason);
  }

  #newFile(batches: readonly Batch[]): SpoolFile {
    const items: Record<Signal, number> = { traces: 0, logs: 0, metrics: 0 };
    let bytes = 0;
    for (const batch of batches) {
      items[batch.signal] += batch.items;
      bytes += batch.body.length + 14;
    }
    const facts = {
      isPrecious: batches.every(batch => batch.isPrecious === true),
      writtenUnixMs: Math.round(this.#deps.unixMs()),
      items,
      bytes,
    };
    return { ...facts, name: spoolName(facts, this.#deps.owner, this.#count++), claim: undefined };
  }

  async #ready(): Promise<void> {
    if (this.#isReady) return;
    const { folder } = this.#deps;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!isOurs(await lstat(folder))) throw new Error('it belongs to another user or others may write to it');
    this.#isReady = true;
  }

  #failed(error: unknown): void {
    this.#isReady = false;
    this.#pausedUntilMs = performance.now() + pauseAfterFailureMs;
    if (this.#told) return;
    this.#told = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#deps.say(
      `Bellwether: cannot write to the spool ${this.#deps.folder} (${reason}); what waits is kept in memory only. BELLWETHER_SPOOL names another folder, or "off".`,
    );
  }

  #path(name: string): string {
    return join(this.#deps.folder, name);
  }
}

/** Precious ones first, then the oldest. */
function inOrder(a: SpoolFile, b: SpoolFile): number {
  const [first, second] = [unclaimedName(a.name), unclaimedName(b.name)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** A folder (not a link to one) of our own user, into which nobody else may write. */
function isOurs(stats: { readonly uid: number; readonly mode: number; isDirectory(): boolean }): boolean {
  const uid = process.getuid?.();
  if (uid === undefined) return stats.isDirectory();
  return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o022) === 0;
}
