import { Worker } from 'node:worker_threads';
import { scopes } from '../core/scope.js';
import type { SourcePlace } from './source-place.js';
import { SourceReader } from './source-reader.js';
import type { Place, StackFrame } from './stack.js';

/** What goes to the thread that reads, and what comes back: one answer per place, in the same order. */
export interface SourceQuestion {
  readonly id: number;
  readonly places: readonly Place[];
}
export interface SourceAnswer {
  readonly id: number;
  readonly found: readonly (SourcePlace | undefined)[];
}

const maxPlaces = 1000;
/** Own frames of one error whose source is looked for. */
const maxPlacesPerError = 20;
const idleMs = 30_000;
/** Longest time that the end of the process may take for it. */
const lastBudgetMs = 100;

/**
 * The sources of frames: positions by source map, and the lines around them. Files and maps are read and decoded in a thread of its own, which is there while
 * there are new places to look up; what it found is kept. Where no thread can be started, or it failed, errors go out without sources.
 */
export class Sources {
  #isOn: boolean;
  readonly #failed: () => void;
  readonly #places = new Map<string, SourcePlace | undefined>();
  readonly #asked = new Map<number, { readonly places: readonly Place[]; readonly resolve: () => void }>();
  #reader: SourceReader | undefined;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #next = 0;

  constructor(isOn: boolean, failed: () => void) {
    this.#isOn = isOn;
    this.#failed = failed;
  }

  of({ place }: StackFrame): SourcePlace | undefined {
    return place === undefined ? undefined : this.#places.get(keyOf(place));
  }

  /** Whether some of these were never looked up. */
  missing(frames: readonly StackFrame[]): boolean {
    return this.#isOn && this.#wanted(frames).length > 0;
  }

  /** Resolves when all that can be found is known; it never rejects. */
  load(frames: readonly StackFrame[]): Promise<void> {
    const places = this.#wanted(frames);
    const worker = this.#start();
    if (worker === undefined || places.length === 0) return Promise.resolve();
    const id = this.#next++;
    return new Promise(resolve => {
      this.#asked.set(id, { places, resolve });
      const question: SourceQuestion = { id, places };
      worker.postMessage(question, []);
    });
  }

  /** The same at once, for a process that ends: in what is left of a tenth of a second. */
  loadNow(frames: readonly StackFrame[]): void {
    this.#reader ??= new SourceReader(lastBudgetMs);
    for (const place of this.#wanted(frames)) this.#keep(place, this.#reader.read(place));
  }

  stop(): void {
    clearTimeout(this.#idle);
    void this.#worker?.terminate();
    this.#end();
  }

  #wanted(frames: readonly StackFrame[]): readonly Place[] {
    const places: Place[] = [];
    for (const { place, isOwn } of frames) {
      if (!isOwn || place === undefined || this.#places.has(keyOf(place))) continue;
      if (places.push(place) === maxPlacesPerError) break;
    }
    return places;
  }

  #keep(place: Place, found: SourcePlace | undefined): void {
    const oldest = this.#places.size >= maxPlaces ? this.#places.keys().next().value : undefined;
    if (oldest !== undefined) this.#places.delete(oldest);
    this.#places.set(keyOf(place), found);
  }

  #start(): Worker | undefined {
    clearTimeout(this.#idle);
    // Whatever request is active now is not the thread's.
    scopes.run(undefined, () => {
      this.#idle = setTimeout(() => this.stop(), idleMs);
      this.#idle.unref();
      this.#worker ??= this.#newWorker();
    });
    return this.#worker;
  }

  #newWorker(): Worker | undefined {
    try {
      const worker = new Worker(new URL('./source-worker.js', import.meta.url), {
        execArgv: [],
        env: {},
        stdin: false,
        stdout: true,
        stderr: true,
        resourceLimits: { maxOldGenerationSizeMb: 192 },
      });
      worker.on('message', (answer: SourceAnswer) => this.#answered(answer));
      worker.on('error', () => this.#giveUp());
      // After the listener, which would hold the process again.
      worker.unref();
      return worker;
    } catch {
      this.#giveUp();
      return undefined;
    }
  }

  #answered({ id, found }: SourceAnswer): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (asked === undefined) return;
    for (const [at, place] of asked.places.entries()) this.#keep(place, found[at]);
    asked.resolve();
  }

  /** A thread that cannot be started, or had not the memory for a map, would not fare better the next time. */
  #giveUp(): void {
    this.#isOn = false;
    this.#failed();
    this.#end();
  }

  /** Nobody answers any more: who waits goes on without. */
  #end(): void {
    this.#worker = undefined;
    for (const { resolve } of this.#asked.values()) resolve();
    this.#asked.clear();
  }
}

function keyOf({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
