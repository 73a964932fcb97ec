import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { MapAnswer, MapQuestion } from './map-messages.js';
import { BadMap, type MappedPlace, type Position } from './place-in-map.js';

const idleMs = 30_000;
/** A map that takes longer is given up, with the thread. */
const maxMs = 20_000;
const maxWaiting = 200;

interface Waiting {
  readonly settle: (answer: MapAnswer | Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Reads source maps in a thread of its own, so that the API goes on meanwhile. The thread is there while there is something to read; a map that takes more
 * memory or time than a thread may have ends with it, and the next question gets a new one.
 */
export class MapReader {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;

  /** Where these positions were written. Throws `BadMap`. */
  async places(body: Uint8Array, positions: readonly Position[]): Promise<readonly (MappedPlace | undefined)[]> {
    const answer = await this.#ask(body, positions);
    return answer.kind === 'places' ? answer.places : [];
  }

  /** What a map is, read through to its end. Throws `BadMap`. */
  async describe(
    body: Uint8Array,
  ): Promise<{ readonly debugId: string; readonly sources: number; readonly hasContent: boolean }> {
    const answer = await this.#ask(body, undefined);
    if (answer.kind !== 'map') throw new BadMap('it can not be read');
    const { debugId, sources, hasContent } = answer;
    return { debugId, sources, hasContent };
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
  }

  async #ask(body: Uint8Array, positions: readonly Position[] | undefined): Promise<MapAnswer> {
    if (this.#waiting.size >= maxWaiting) throw new BadMap('too many maps are being read');
    const id = ++this.#lastId;
    const worker = this.#start();
    const answer = await new Promise<MapAnswer | Error>(settle => {
      const timer = setTimeout(() => this.#lost(worker, new BadMap('it takes too long')), maxMs);
      this.#waiting.set(id, { settle, timer });
      const question: MapQuestion = { id, body, positions };
      worker.postMessage(question, []);
    });
    this.#rest();
    if (answer instanceof Error) throw answer;
    if (answer.kind === 'bad') throw new BadMap(answer.why);
    return answer;
  }

  #start(): Worker {
    clearTimeout(this.#idle);
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(workerFile(), {
      resourceLimits: { maxOldGenerationSizeMb: 512 },
      env: {},
      execArgv: [],
      stdin: false,
    });
    // The other end is `map-worker.ts` of this same installation.
    worker.on('message', (answer: MapAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      clearTimeout(waiting?.timer);
      waiting?.settle(answer);
    });
    worker.on('error', () => this.#lost(worker, new BadMap('it takes too much memory')));
    worker.on('exit', () => this.#lost(worker, new BadMap('it could not be read to its end')));
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #rest(): void {
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#worker?.terminate(), idleMs);
    this.#idle.unref();
  }

  #lost(worker: Worker, reason: BadMap): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    void worker.terminate();
    for (const { settle, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      settle(reason);
    }
    this.#waiting.clear();
  }
}

function workerFile(): URL {
  const beside = new URL('./map-worker.js', import.meta.url);
  return existsSync(fileURLToPath(beside)) ? beside : new URL('../../dist/source-maps/map-worker.js', import.meta.url);
}
