import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fairNext } from '../base/fair-next.js';
import type { MapAnswer, MapQuestion } from './map-messages.js';
import { BadMap, type MappedPlace, type Position } from './place-in-map.js';

export interface MapLimits {
  /** A map whose reading takes longer, without the time in line, is given up with its thread, ms. */
  readonly maxMs: number;
  /** What a thread may take for its objects. */
  readonly maxHeapMiB: number;
  /** Maps that wait, of one workspace; of all four times as many. */
  readonly maxWaiting: number;
}

const defaultLimits: MapLimits = { maxMs: 10_000, maxHeapMiB: 512, maxWaiting: 200 };

const idleMs = 30_000;

interface Task {
  readonly workspace: string;
  readonly body: Uint8Array;
  readonly positions: readonly Position[] | undefined;
  readonly settle: (answer: MapAnswer | BadMap) => void;
}

interface Thread {
  readonly worker: Worker;
  task: Task | undefined;
  /** Until the map under way is given up, or, without one, until the thread ends. */
  timer: NodeJS.Timeout | undefined;
}

/**
 * Reads source maps in threads, so that the API goes on meanwhile. A thread is there while there is something to read, and reads one map at a time; a map that takes more
 * memory or time than a thread may have ends with it, and the next gets a new one.
 *
 * Workspaces take turns. There is one thread, and a second for a workspace of which nothing is being read: a huge map of one never holds up another.
 */
export class MapReader {
  readonly #limits: MapLimits;
  readonly #waiting: Task[] = [];
  readonly #threads: Thread[] = [];
  #lastId = 0;
  #isClosed = false;

  constructor(limits: MapLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** Where these positions were written. Throws `BadMap`. */
  async places(
    workspace: string,
    body: Uint8Array,
    positions: readonly Position[],
  ): Promise<readonly (MappedPlace | undefined)[]> {
    const answer = await this.#ask(workspace, body, positions);
    return answer.kind === 'places' ? answer.places : [];
  }

  /** What a map is, read through to its end. Throws `BadMap`. */
  async describe(
    workspace: string,
    body: Uint8Array,
  ): Promise<{ readonly debugId: string; readonly sources: number; readonly hasContent: boolean }> {
    const answer = await this.#ask(workspace, body, undefined);
    if (answer.kind !== 'map') throw new BadMap('it can not be read');
    const { debugId, sources, hasContent } = answer;
    return { debugId, sources, hasContent };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const stopping = new BadMap('the server is stopping');
    for (const { settle } of this.#waiting.splice(0)) settle(stopping);
    await Promise.all(
      this.#threads.splice(0).map(thread => {
        clearTimeout(thread.timer);
        thread.task?.settle(stopping);
        return thread.worker.terminate();
      }),
    );
  }

  async #ask(workspace: string, body: Uint8Array, positions: readonly Position[] | undefined): Promise<MapAnswer> {
    const { maxWaiting } = this.#limits;
    const own = this.#waiting.filter(task => task.workspace === workspace).length;
    if (this.#isClosed) throw new BadMap('the server is stopping');
    if (own >= maxWaiting || this.#waiting.length >= 4 * maxWaiting) throw new BadMap('too many maps are being read');
    const answer = await new Promise<MapAnswer | BadMap>(settle => {
      this.#waiting.push({ workspace, body, positions, settle });
      this.#next();
    });
    if (answer instanceof BadMap) throw answer;
    if (answer.kind === 'bad') throw new BadMap(answer.why);
    return answer;
  }

  #next(): void {
    for (;;) {
      const underWay = this.#threads.flatMap(({ task }) => task?.workspace ?? []);
      const at = fairNext(
        this.#waiting.map(({ workspace }) => workspace),
        underWay,
      );
      const task = this.#waiting[at];
      const mayBegin = underWay.length === 0 || (underWay.length === 1 && !underWay.includes(task?.workspace ?? ''));
      if (task === undefined || !mayBegin) return;
      this.#waiting.splice(at, 1);
      const thread = this.#threads.find(one => one.task === undefined) ?? this.#start();
      clearTimeout(thread.timer);
      thread.task = task;
      thread.timer = setTimeout(() => this.#lost(thread, 'it takes too long'), this.#limits.maxMs);
      const question: MapQuestion = { id: ++this.#lastId, body: task.body, positions: task.positions };
      thread.worker.postMessage(question, []);
    }
  }

  #start(): Thread {
    const worker = new Worker(workerFile(), {
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.maxHeapMiB },
      env: {},
      execArgv: [],
      stdin: false,
    });
    const thread: Thread = { worker, task: undefined, timer: undefined };
    // The other end is `map-worker.ts` of this same installation, which answers one question before it reads the next.
    worker.on('message', (answer: MapAnswer) => {
      const { task } = thread;
      clearTimeout(thread.timer);
      thread.task = undefined;
      thread.timer = setTimeout(() => this.#lost(thread, ''), idleMs).unref();
      task?.settle(answer);
      this.#next();
    });
    worker.on('error', () => this.#lost(thread, 'it takes too much memory'));
    worker.on('exit', () => this.#lost(thread, 'it could not be read to its end'));
    worker.unref();
    this.#threads.push(thread);
    return thread;
  }

  #lost(thread: Thread, why: string): void {
    const at = this.#threads.indexOf(thread);
    if (at < 0) return;
    this.#threads.splice(at, 1);
    clearTimeout(thread.timer);
    void thread.worker.terminate();
    thread.task?.settle(new BadMap(why));
    this.#next();
  }
}

function workerFile(): URL {
  const beside = new URL('./map-worker.js', import.meta.url);
  return existsSync(fileURLToPath(beside)) ? beside : new URL('../../dist/source-maps/map-worker.js', import.meta.url);
}
