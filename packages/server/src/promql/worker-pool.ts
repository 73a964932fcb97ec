import type { PromqlFeature } from '../base/promql-features.js';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { fairNext } from '../base/fair-next.js';
import type { Asker } from '../query/asker.js';
import { EngineError } from '../store/engine-error.js';
import { EngineBusy } from '../store/session-pool.js';
import { QueryTooSlow } from '../store/store.js';
import { type ErrorType, errorAnswer } from './failure.js';
import type { Answer, Question } from './question.js';
import type { SampleCache } from './sample-cache.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

export interface PoolOptions {
  /** Workers at most; one more is started for a workspace of which nothing is under way while others have them all. */
  readonly workers: number;
  /** A query that takes longer is ended. A caller may ask for less, not for more. */
  readonly maxSeconds: number;
  /** What one worker may take for its objects; samples stand beside them and are limited by number. */
  readonly maxHeapMiB: number;
  readonly maxSamples: number;
  readonly maxSeries: number;
  readonly features: readonly PromqlFeature[];
}

/** Memory of a worker goes back this long after its last query. */
const idleMs = 30_000;
/** After its time is over a query may still say so itself; then its worker is ended. */
const graceMs = 1000;
/** Queries that wait for a worker, of one workspace and of all; more are refused. */
const maxWaiting = 100;
const maxWaitingOfAll = 400;

/**
 * The old space that a thread begins with, and the room for young objects, MB. V8 begins with next to none and collects a small heap over and over, after
 * every second query: that was a fourth of what a query cost (bench/promql). Both are read when a heap is made, so the server's own stays as it is.
 */
const heapOfThreads = ['--initial-old-space-size=96', '--max-semi-space-size=32'];

interface Thread {
  readonly worker: Worker;
  task: Task | undefined;
  idle: NodeJS.Timeout | undefined;
}

interface Task {
  readonly id: number;
  readonly question: Question;
  readonly asker: Asker;
  readonly deadlineMs: number;
  readonly reads: AbortController;
  settle(result: Answer | Error): void;
}

/**
 * Answers questions to the Prometheus API in threads of their own, so that the API goes on while they think.
 *
 * Threads start with the first question and end when nobody asks any more. A question that takes too long, or more memory than a thread
 * may have, ends with its thread; the next gets a new one. Workspaces take turns, and what one of them asks never holds all threads against another.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #version: (workspace: string) => number;
  readonly #threads: Thread[] = [];
  readonly #waiting: Task[] = [];
  readonly #cache: SampleCache | undefined;
  readonly #stopDrops: (() => void) | undefined;
  #lastId = 0;
  #isClosed = false;

  /** `version`: see `Reader.version`. `cache`: of whoever says what is written. */
  constructor(options: PoolOptions, version: (workspace: string) => number, cache?: SampleCache) {
    this.#options = options;
    this.#version = version;
    this.#cache = cache;
    this.#stopDrops = cache?.onDrop(entry => {
      for (const thread of this.#threads) tell(thread, { type: 'dropped', entry });
    });
  }

  /** `timeoutMs`: what the caller asked for. Rejects for mistakes of ours, and with the reason of the asker's signal. */
  ask(question: Question, asker: Asker, timeoutMs = Infinity): Promise<Answer> {
    if (this.#isClosed) return Promise.resolve(errorAnswer('unavailable', 'the server is stopping'));
    const own = this.#waiting.filter(task => workspaceOf(task) === asker.scope.workspace).length;
    if (own >= maxWaiting || this.#waiting.length >= maxWaitingOfAll) {
      return Promise.resolve(errorAnswer('unavailable', `${own} queries wait already; try again in a moment`));
    }
    asker.signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const waitMs = Math.min(timeoutMs, this.#options.maxSeconds * 1000);
      const reads = new AbortController();
      const task: Task = {
        id: ++this.#lastId,
        question,
        asker,
        deadlineMs: Date.now() + waitMs,
        reads,
        settle: result => {
          clearTimeout(timer);
          asker.signal.removeEventListener('abort', onAbort);
          this.#cache?.ended(task.id);
          reads.abort(new Error('the query is over'));
          if (result instanceof Error) reject(result);
          else resolve(result);
        },
      };
      const onAbort = (): void => this.#end(task, abortReason(asker.signal));
      const timer = setTimeout(() => {
        this.#end(
          task,
          errorAnswer(
            'timeout',
            `query timed out after ${waitMs / 1000} s: ask for a shorter range or fewer series, or raise query.maxSeconds`,
          ),
        );
      }, waitMs + graceMs);
      asker.signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(task);
      this.#next();
    });
  }

  /** Ends all threads; questions under way are answered that the server stops. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopDrops?.();
    const stopping = errorAnswer('unavailable', 'the server is stopping');
    for (const task of this.#waiting.splice(0)) task.settle(stopping);
    await Promise.all(
      this.#threads.splice(0).map(thread => {
        thread.task?.settle(stopping);
        clearTimeout(thread.idle);
        return thread.worker.terminate();
      }),
    );
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const underWay = this.#threads.flatMap(({ task }) => (task === undefined ? [] : [workspaceOf(task)]));
      const at = fairNext(this.#waiting.map(workspaceOf), underWay);
      const task = this.#waiting[at];
      if (task === undefined || !this.#mayBegin(workspaceOf(task), underWay)) return;
      const thread = this.#threads.find(one => one.task === undefined) ?? this.#start();
      this.#waiting.splice(at, 1);
      clearTimeout(thread.idle);
      thread.task = task;
      thread.worker.ref();
      const { maxSamples, maxSeries, features } = this.#options;
      tell(thread, {
        type: 'ask',
        id: task.id,
        question: task.question,
        limits: { deadlineMs: task.deadlineMs, maxSamples, maxSeries, features },
        workspace: task.asker.scope.workspace,
        version: this.#version(task.asker.scope.workspace),
        hasMemory: this.#cache !== undefined,
      });
    }
  }

  /** The thread beyond `workers` is for a workspace of which nothing is under way: it need not wait until a slow question of another is over. */
  #mayBegin(workspace: string, underWay: readonly string[]): boolean {
    const { workers } = this.#options;
    return underWay.length < workers || (underWay.length === workers && !underWay.includes(workspace));
  }

  #start(): Thread {
    heapOfThreads.forEach(setFlagsFromString);
    const worker = new Worker(workerFile(), {
      resourceLimits: { maxOldGenerationSizeMb: this.#options.maxHeapMiB, maxYoungGenerationSizeMb: 32 },
      // Neither settings nor secrets of the server.
      env: {},
      execArgv: [],
      stdin: false,
    });
    const thread: Thread = { worker, task: undefined, idle: undefined };
    this.#threads.push(thread);
    // The other end is `query-worker.ts` of this same installation.
    worker.on('message', (message: FromWorker) => this.#hear(thread, message));
    worker.on('error', error => this.#lost(thread, error));
    worker.on('exit', () => this.#lost(thread, new Error('the thread of a query ended')));
    return thread;
  }

  #hear(thread: Thread, message: FromWorker): void {
    const { task } = thread;
    if (message.type === 'read') {
      if (task !== undefined) void read(thread, task, message);
      return;
    }
    if (message.type !== 'answer' && message.type !== 'failed') {
      if (task !== undefined && this.#cache !== undefined) this.#remember(thread, task, this.#cache, message);
      return;
    }
    if (task === undefined || task.id !== message.id) return;
    thread.task = undefined;
    task.settle(message.type === 'answer' ? message.answer : new Error(`a query failed: ${message.message}`));
    thread.idle = setTimeout(() => this.#drop(thread), idleMs);
    thread.idle.unref();
    thread.worker.unref();
    this.#next();
  }

  /** What a thread asks and says of the samples that are kept, in the name of its question. */
  #remember(
    thread: Thread,
    task: Task,
    cache: SampleCache,
    message: Exclude<FromWorker, { type: 'read' | 'answer' | 'failed' }>,
  ): void {
    const { workspace } = task.asker.scope;
    switch (message.type) {
      case 'hold':
        void this.#hold(thread, task, cache, message);
        return;
      case 'publish':
        cache.publish(task.id, message.entry, message.samples);
        return;
      case 'release':
        cache.release(task.id, message.entry);
        return;
      case 'askHistograms':
        tell(thread, { type: 'histograms', read: message.read, ...cache.histograms(workspace, message.metric) });
        return;
      case 'plain':
        cache.plain(workspace, message.metric, message.writes);
    }
  }

  async #hold(
    thread: Thread,
    task: Task,
    cache: SampleCache,
    { read: number, wanted }: Extract<FromWorker, { type: 'hold' }>,
  ): Promise<void> {
    const isOver = (): boolean => thread.task !== task;
    const held = await cache.hold(task.id, { ...wanted, workspace: task.asker.scope.workspace }, isOver);
    // Whoever is gone meanwhile must not keep others waiting for what it was given.
    if (isOver()) cache.ended(task.id);
    else tell(thread, { type: 'held', read: number, held });
  }

  /** The thread is gone: out of memory, or by a mistake of ours. */
  #lost(thread: Thread, error: Error): void {
    const { task } = thread;
    thread.task = undefined;
    this.#drop(thread);
    if (task === undefined) return;
    const isOutOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    if (isOutOfMemory) this.#cache?.giveBackHalf();
    task.settle(
      isOutOfMemory
        ? errorAnswer(
            'execution',
            `the query needs more memory than ${this.#options.maxHeapMiB} MiB: ask for a shorter range or fewer series`,
          )
        : error,
    );
    this.#next();
  }

  /** Gives the answer in place of the query's own, and ends its thread if it has begun: it can not be stopped in another way. */
  #end(task: Task, result: Answer | Error): void {
    const waits = this.#waiting.indexOf(task);
    if (waits >= 0) this.#waiting.splice(waits, 1);
    const thread = this.#threads.find(one => one.task === task);
    if (thread !== undefined) {
      thread.task = undefined;
      this.#drop(thread);
    }
    task.settle(result);
    this.#next();
  }

  #drop(thread: Thread): void {
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    clearTimeout(thread.idle);
    void thread.worker.terminate();
  }
}

const workspaceOf = (task: Task): string => task.asker.scope.workspace;

async function read(
  thread: Thread,
  task: Task,
  { read: number, statement, asBlocks }: Extract<FromWorker, { type: 'read' }>,
): Promise<void> {
  const { store, scope, signal } = task.asker;
  const left = task.deadlineMs - Date.now();
  const options = {
    scope,
    params: statement.params,
    signal: AbortSignal.any([signal, task.reads.signal]),
    maxSeconds: Math.max(1, Math.ceil(left / 1000)),
  };
  const give = (bytes: Uint8Array<ArrayBuffer> | undefined, isLast: boolean): void =>
    tell(thread, { type: 'rows', read: number, bytes, isLast }, bytes === undefined ? [] : [bytes.buffer]);
  try {
    if (asBlocks) {
      await store.queryBlocks(statement.sql, block => give(block, false), options);
      give(undefined, true);
    } else give(await store.queryBytes(statement.sql, options), true);
  } catch (error) {
    if (signal.aborted || task.reads.signal.aborted) return;
    const { errorType, message } = refusal(error);
    tell(thread, { type: 'refused', read: number, errorType, message });
  }
}

function tell(thread: Thread, message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
  thread.worker.postMessage(message, transfer);
}

/** The store's words for why it gives no rows, in Prometheus' kinds. */
function refusal(error: unknown): { readonly errorType: ErrorType; readonly message: string } {
  if (error instanceof QueryTooSlow) {
    if (error.message.includes('longer than'))
      return { errorType: 'timeout', message: `query timed out: ${error.message}` };
    return {
      errorType: 'execution',
      message: `query processing would load too many samples into memory in query execution: ${error.message}`,
    };
  }
  if (error instanceof EngineBusy) return { errorType: 'unavailable', message: error.message };
  if (error instanceof EngineError) return { errorType: 'internal', message: error.message };
  return { errorType: 'internal', message: error instanceof Error ? error.message : String(error) };
}

function abortReason({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('nobody waits for the answer any more');
}

/** The built worker: it lies beside this file, or, when this file runs from its source, in `dist`. */
function workerFile(): URL {
  const beside = new URL('./query-worker.js', import.meta.url);
  return existsSync(fileURLToPath(beside)) ? beside : new URL('../../dist/promql/query-worker.js', import.meta.url);
}
