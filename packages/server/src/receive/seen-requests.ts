import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { open, unlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../base/private-file.js';
import { hashBytes } from '../wal/frame.js';

const entryBytes = 16;
const dayMinutes = 24 * 60;
const fileBytes = 4 << 20;
const smallestTable = 1 << 10;

/** So many are brought to the disk together, when nobody asks sooner. */
const saveEvery = 8192;

/** What tells a request from others with the same bytes. */
export interface RequestName {
  readonly workspace: string;
  readonly key: string;
  readonly protocol: string;
  readonly signal: string;
  readonly encoding: string;
}

const prefixes = new Map<string, Buffer>();

/**
 * 96 bits that name a request: SHA-1 of its bytes as they were sent, mixed with that of its sender and kind, which is computed once for each.
 * Somebody else's request can be hit only by finding a second text for a given hash.
 */
export function requestHash(bytes: Uint8Array, name: RequestName): Uint8Array {
  const text = [name.workspace, name.key, name.protocol, name.signal, name.encoding].join('\n');
  let prefix = prefixes.get(text);
  if (prefix === undefined) {
    if (prefixes.size >= 10_000) prefixes.clear();
    prefix = hash('sha1', text, 'buffer').subarray(0, hashBytes);
    prefixes.set(text, prefix);
  }
  const mixed = hash('sha1', bytes, 'buffer').subarray(0, hashBytes);
  for (let i = 0; i < hashBytes; i++) mixed[i] = mixed[i]! ^ prefix[i]!;
  return mixed;
}

/** A set of hashes with the minute each was seen: 16 bytes for each, in one typed array that doubles as it fills. */
class HashTable {
  count = 0;
  #slots = new Uint32Array(smallestTable * 4);

  /** The minute it was seen, or 0. */
  minuteOf(hash: Uint8Array): number {
    return this.#slots[this.#find(hash) + 3]!;
  }

  set(hash: Uint8Array, minute: number): void {
    let at = this.#find(hash);
    if (this.#slots[at + 3] === 0) {
      this.count += 1;
      // At most three quarters full.
      if (this.count * 16 > this.#slots.length * 3) {
        this.#grow();
        at = this.#find(hash);
      }
    }
    this.#slots[at] = word(hash, 0);
    this.#slots[at + 1] = word(hash, 4);
    this.#slots[at + 2] = word(hash, 8);
    this.#slots[at + 3] = minute;
  }

  /** Where it stands, or the free place where it would. */
  #find(hash: Uint8Array): number {
    const first = word(hash, 0);
    const second = word(hash, 4);
    const third = word(hash, 8);
    const mask = this.#slots.length / 4 - 1;
    for (let place = first & mask; ; place = (place + 1) & mask) {
      const at = place * 4;
      if (this.#slots[at + 3] === 0) return at;
      if (this.#slots[at] === first && this.#slots[at + 1] === second && this.#slots[at + 2] === third) return at;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    const mask = this.#slots.length / 4 - 1;
    for (let from = 0; from < old.length; from += 4) {
      if (old[from + 3] === 0) continue;
      let place = old[from]! & mask;
      while (this.#slots[place * 4 + 3] !== 0) place = (place + 1) & mask;
      this.#slots.set(old.subarray(from, from + 4), place * 4);
    }
  }
}

function word(hash: Uint8Array, at: number): number {
  return (hash[at]! | (hash[at + 1]! << 8) | (hash[at + 2]! << 16) | (hash[at + 3]! << 24)) >>> 0;
}

export interface SeenOptions {
  /** Holds the files; made when it is missing. */
  readonly folder: string;
  /** So many requests are remembered at least half of, and at most all of: the older half goes when the newer is full. */
  readonly maxRequests: number;
  readonly now: () => number;
}

/**
 * The requests of the last 24 hours, by hash, so that one that comes again because its answer was lost is not stored twice.
 *
 * Memory is bounded: with more than `maxRequests` a day the time that is remembered is shorter. On disk a hash is 16 bytes (12 of the hash, the minute
 * as u32, little-endian), in files that only grow, `seen/<number>.seen`. A hash need not be there before the log drops the record that carries it.
 */
export class SeenRequests {
  readonly #options: SeenOptions;
  readonly #folder: string;
  #current = new HashTable();
  #previous = new HashTable();
  #oldestMinute = 0;
  /** Entries that are not on the disk, in the first `#unsavedBytes` of it. */
  #unsaved = Buffer.allocUnsafe(smallestTable * entryBytes);
  #unsavedBytes = 0;
  #file: { readonly path: string; bytes: number } | undefined;
  #saving: Promise<void> = Promise.resolve();
  readonly #underWay = new Map<string, Promise<unknown>>();

  /** Reads what earlier runs saved. */
  constructor(options: SeenOptions) {
    this.#options = options;
    this.#folder = join(options.folder, 'seen');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of this.#files()) this.#load(readFileSync(join(this.#folder, name)));
  }

  /** How many are remembered. */
  get count(): number {
    return this.#current.count + this.#previous.count;
  }

  /** Was it kept within 24 hours? */
  has(hash: Uint8Array): boolean {
    const minute = Math.max(this.#current.minuteOf(hash), this.#previous.minuteOf(hash));
    return minute !== 0 && this.#minute() - minute <= dayMinutes;
  }

  /** It is in the log, which remembers it until `save`. */
  add(hash: Uint8Array, atMs = this.#options.now()): void {
    const minute = Math.floor(atMs / 60_000);
    this.#remember(hash, minute);
    // Of more than are remembered the older half need not be saved.
    if (this.#unsavedBytes >= this.#options.maxRequests * entryBytes)
      this.#keepUnsaved(Math.ceil(this.#unsavedBytes / entryBytes / 2) * entryBytes);
    if (this.#unsavedBytes === this.#unsaved.length) this.#unsaved = Buffer.concat([this.#unsaved, this.#unsaved]);
    this.#unsaved.set(hash.subarray(0, hashBytes), this.#unsavedBytes);
    this.#unsaved.writeUInt32LE(minute, this.#unsavedBytes + hashBytes);
    this.#unsavedBytes += entryBytes;
    // Who asks for the next save hears it when this one failed.
    if (this.#unsavedBytes % (saveEvery * entryBytes) === 0) this.save().catch(() => {});
  }

  /** Does `work`, but never two with one hash at a time: the later one waits and is told. Rejects as `work` does, for all who waited. */
  async alone<T>(hash: Uint8Array, work: () => Promise<T>): Promise<{ readonly done: T; readonly waited: boolean }> {
    const name = Buffer.from(hash).toString('latin1');
    const before = this.#underWay.get(name);
    // Whoever is here by this hash does the same work and gives the same.
    if (before !== undefined) return { done: (await before) as T, waited: true };
    const doing = work();
    this.#underWay.set(name, doing);
    try {
      return { done: await doing, waited: false };
    } finally {
      this.#underWay.delete(name);
    }
  }

  /** Brings all that was added to the disk. Rejects with what the file system says; nothing is forgotten then. */
  save(): Promise<void> {
    const saving = this.#saving.catch(() => {}).then(() => this.#write());
    this.#saving = saving;
    return saving;
  }

  #minute(): number {
    return Math.floor(this.#options.now() / 60_000);
  }

  #remember(hash: Uint8Array, minute: number): void {
    if (this.#current.count * 2 >= this.#options.maxRequests || minute - this.#oldestMinute > dayMinutes) {
      // The older half goes. What is asked for again moves nowhere: it was seen when it was seen.
      if (this.#current.count > 0) {
        this.#previous = this.#current;
        this.#current = new HashTable();
      }
      this.#oldestMinute = minute;
    }
    this.#current.set(hash, minute);
  }

  #load(bytes: Buffer): void {
    const now = this.#minute();
    // A torn last entry is left out: the log still has its record.
    for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
      const minute = bytes.readUInt32LE(at + hashBytes);
      if (now - minute <= dayMinutes) this.#remember(bytes.subarray(at, at + hashBytes), minute);
    }
  }

  #files(): readonly string[] {
    return readdirSync(this.#folder)
      .filter(name => /^\d{10}\.seen$/.test(name))
      .sort();
  }

  /** Leaves out what lies before `from`. */
  #keepUnsaved(from: number): void {
    this.#unsaved.copyWithin(0, from, this.#unsavedBytes);
    this.#unsavedBytes -= from;
  }

  async #write(): Promise<void> {
    const entries = Buffer.from(this.#unsaved.subarray(0, this.#unsavedBytes));
    if (entries.length === 0) return;
    this.#unsavedBytes = 0;
    let file: { readonly path: string; bytes: number };
    try {
      file = this.#file ?? this.#nextFile();
      const handle = await open(file.path, 'a', 0o600);
      try {
        await handle.appendFile(entries);
        await handle.datasync();
      } catch (error) {
        // A part of an entry at the end would put all that follow out of step.
        await handle.truncate(file.bytes).catch(() => (this.#file = undefined));
        throw error;
      } finally {
        await handle.close();
      }
      if (file.bytes === 0) await syncFolder(this.#folder);
    } catch (error) {
      const since = this.#unsaved.subarray(0, this.#unsavedBytes);
      this.#unsaved = Buffer.concat([entries, since]);
      this.#unsavedBytes = this.#unsaved.length;
      throw error;
    }
    file.bytes += entries.length;
    this.#file = file.bytes < fileBytes ? file : undefined;
    if (this.#file === undefined) await this.#forgetOld();
  }

  /** A new file for each run and every 4 MiB: nobody appends to a file whose end may be torn. */
  #nextFile(): { readonly path: string; bytes: number } {
    const last = Number(this.#files().at(-1)?.slice(0, 10) ?? 0);
    this.#file = { path: join(this.#folder, `${String(last + 1).padStart(10, '0')}.seen`), bytes: 0 };
    return this.#file;
  }

  async #forgetOld(): Promise<void> {
    let bytes = 0;
    for (const name of this.#files().toReversed()) {
      const path = join(this.#folder, name);
      const { size, mtimeMs } = await stat(path);
      bytes += size;
      const isOld = this.#options.now() - mtimeMs > (dayMinutes + 60) * 60_000;
      if (isOld || bytes > Math.max(this.#options.maxRequests * entryBytes, 2 * fileBytes)) await unlink(path);
    }
  }
}
