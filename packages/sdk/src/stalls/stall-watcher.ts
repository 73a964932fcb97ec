import { url as inspectorUrl } from 'node:inspector';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { nowMs } from '../core/clock.js';
import { type Scope, scopes } from '../core/scope.js';
import { framesOf, type StackFrame } from '../errors/stack.js';
import type { StallEnd, StallWatch } from './stall-watch.js';

/** Where the loop was while it stood still. */
export interface StallSample {
  readonly frames: readonly StackFrame[];
  readonly scope: Scope | undefined;
}

/** A sample before its stack is written. */
interface StallNote {
  readonly at: Error;
  readonly scope: Scope | undefined;
}

export interface Stall {
  readonly durationMs: number;
  /** On the monotonic clock. */
  readonly endMs: number;
  /** Oldest first; none when nobody watched yet, or the loop was in a single call into native code. */
  readonly samples: readonly StallSample[];
}

export interface StallDeps {
  readonly thresholdMs: number;
  readonly stalled: (stall: Stall) => void;
  /** Told once when there cannot be a watching thread. */
  readonly failed: () => void;
}

const resolutionMs = 20;
const lookEveryMs = 1000;
/** Applications load their modules at first, which stops the loop and is no news. */
const quietStartMs = 3000;
/** Without a stall for so long, the thread ends. */
const idleMs = 600_000;
const maxSamples = 2;
const maxFrames = 50;
const noteName = Symbol.for('bellwether.stall');

/**
 * Finds out when the event loop stands still, and where.
 *
 * At rest this is a timer in C++ that is looked at once a second. The first stall starts a thread that watches: it costs about 10 MB and half a percent of a core, and has the main thread
 * note its stack and its request while a stall lasts, so that the next one says where it was. After ten quiet minutes the thread ends.
 */
export class StallWatcher {
  readonly #deps: StallDeps;
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });
  readonly #timer: NodeJS.Timeout;
  #worker: Worker | undefined;
  #cannotWatch = false;
  #lastStallMs = 0;
  #notes: StallNote[] = [];

  constructor(deps: StallDeps) {
    this.#deps = deps;
    // The worker names it; nobody else has a reason to.
    Object.defineProperty(globalThis, noteName, { value: () => this.#note(), configurable: true, enumerable: false });
    const startMs = nowMs();
    this.#delay.enable();
    this.#timer = setInterval(() => {
      if (nowMs() - startMs >= quietStartMs) this.#look();
      this.#delay.reset();
    }, lookEveryMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
    this.#end();
    Reflect.deleteProperty(globalThis, noteName);
  }

  /** Without a thread, the longest pause of the last second is all that is known. */
  #look(): void {
    if (this.#worker !== undefined) {
      if (nowMs() - this.#lastStallMs > idleMs) this.#end();
      return;
    }
    const durationMs = this.#delay.max / 1e6 - resolutionMs;
    // A debugger stops the loop on purpose.
    if (durationMs < this.#deps.thresholdMs || inspectorUrl() !== undefined) return;
    this.#lastStallMs = nowMs();
    this.#deps.stalled({ durationMs, endMs: this.#lastStallMs, samples: [] });
    if (!this.#cannotWatch) this.#watch();
  }

  #watch(): void {
    const { thresholdMs } = this.#deps;
    const workerData: StallWatch = {
      delay: this.#delay,
      thresholdMs,
      tickMs: Math.max(10, Math.min(100, thresholdMs / 2)),
      expression: `globalThis[Symbol.for(${JSON.stringify(noteName.description)})]()`,
    };
    try {
      // Whatever request is active now is not the thread's.
      scopes.run(undefined, () => {
        const worker = new Worker(new URL('./stall-worker.js', import.meta.url), {
          workerData,
          execArgv: [],
          env: {},
          stdout: true,
          stderr: true,
          resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
        });
        worker.on('message', (end: StallEnd) => this.#ended(end));
        worker.on('error', () => this.#giveUp());
        // After the listeners: adding one would hold the process again.
        worker.unref();
        this.#worker = worker;
      });
    } catch {
      this.#giveUp();
    }
  }

  /**
   * Called in the middle of whatever runs, by way of the inspector. So it asks nothing of Node: while an address is parsed, another that is parsed here would give that one its parts.
   * V8 writes the stack when it is read, which is later.
   */
  #note(): void {
    if (this.#notes.length >= maxSamples) return;
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = maxFrames;
    this.#notes.push({ at: new Error(), scope: scopes.getStore() });
    Error.stackTraceLimit = limit;
  }

  #ended({ durationMs }: StallEnd): void {
    const samples = this.#notes.map(sampleOf);
    this.#notes = [];
    this.#lastStallMs = nowMs();
    if (inspectorUrl() === undefined) this.#deps.stalled({ durationMs, endMs: this.#lastStallMs, samples });
  }

  #giveUp(): void {
    this.#cannotWatch = true;
    this.#worker = undefined;
    this.#deps.failed();
  }

  #end(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#notes = [];
  }
}

function sampleOf({ at, scope }: StallNote): StallSample {
  const frames = framesOf(at.stack ?? '', '');
  const asked = frames.findIndex(({ text }) => text.startsWith('<anonymous>:1:'));
  return { frames: frames.slice(asked + 1), scope };
}
