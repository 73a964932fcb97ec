import { nowMs } from '../core/clock.js';
import type { Metrics } from '../core/metrics.js';
import type { Shedding, SheddingLevel } from '../core/shedding.js';

/** One call in so many is timed; it stands for the others. */
const timedOneIn = 64;
/** None of them takes longer; a call that did was set aside by the machine. */
const longestCallMs = 1;
/** A busy second is none to act on. */
const secondsOver = 3;
const secondsUnder = 30;
/** Below this part of the budget there is room for more detail again. */
const easy = 0.5;

export interface OwnBudgetDeps {
  /** Share of one CPU, such as 0.25. */
  readonly cpuShare: number;
  readonly shedding: Shedding;
  readonly metrics: Metrics;
  /** Bytes that wait to be sent or written. */
  readonly waitingBytes: () => number;
  /** A line for the operator; called once. */
  readonly say: (line: string) => void;
}

/**
 * What the SDK itself takes of the event loop: what it does when a library tells of something, from a sample of those calls, and what it does each second to hand telemetry on. Work that patches
 * do within a library's own call is not seen apart from it. Over the budget for three seconds, detail is left out; well below it for half a minute, it comes back.
 */
export class OwnBudget {
  readonly #deps: OwnBudgetDeps;
  #calls = 0;
  #sampledMs = 0;
  #workMs = 0;
  #secondStartMs = nowMs();
  #over = 0;
  #under = 0;
  #wasTold = false;

  constructor(deps: OwnBudgetDeps) {
    this.#deps = deps;
    const { metrics, shedding, waitingBytes, cpuShare } = deps;
    const define = (
      name: string,
      kind: 'counter' | 'gauge',
      unit: string,
      description: string,
    ): ReturnType<Metrics['metric']> => metrics.metric({ name, kind, unit, description, scope: '@bellwether/node' });
    const time = define(
      'bellwether.sdk.loop.time',
      'counter',
      's',
      'Time of the event loop that the SDK took, about',
    ).point({});
    const bytes = define('bellwether.sdk.memory.waiting', 'gauge', 'By', 'Telemetry that waits in memory').point({});
    const level = define(
      'bellwether.sdk.shedding.level',
      'gauge',
      '1',
      'How much detail is left out: 0 none, 3 most',
    ).point({});
    const budget = define('bellwether.sdk.loop.budget', 'gauge', '1', 'Share of a CPU that the SDK may take').point({});
    const shed = define(
      'bellwether.sdk.shed',
      'counter',
      '{item}',
      'Spans and log records that were left out to stay within the budget',
    );
    budget.value = cpuShare;
    metrics.beforeExport(() => {
      time.value = this.totalMs / 1000;
      bytes.value = waitingBytes();
      level.value = shedding.level;
      shed.point({ signal: 'traces' }).value = shedding.spans;
      shed.point({ signal: 'logs' }).value = shedding.logs;
    });
  }

  /** All time since the start, estimated. */
  totalMs = 0;

  /** Whether this call is one of those that are timed. */
  isTimed(): boolean {
    return (++this.#calls & (timedOneIn - 1)) === 0;
  }

  /** A call that was timed began at `startMs`. */
  timed(startMs: number): void {
    this.#sampledMs += Math.min(nowMs() - startMs, longestCallMs) * timedOneIn;
  }

  /** Work that is always timed. */
  worked(startMs: number): void {
    this.#workMs += nowMs() - startMs;
  }

  /** To be called about once a second. */
  second(atMs: number = nowMs()): void {
    const elapsedMs = Math.max(1, atMs - this.#secondStartMs);
    const ownMs = this.#sampledMs + this.#workMs;
    this.totalMs += ownMs;
    this.#sampledMs = 0;
    this.#workMs = 0;
    this.#secondStartMs = atMs;
    this.#judge(ownMs / elapsedMs);
  }

  #judge(share: number): void {
    const { cpuShare, shedding } = this.#deps;
    if (cpuShare === 0) return;
    this.#over = share > cpuShare ? this.#over + 1 : 0;
    this.#under = share < cpuShare * easy ? this.#under + 1 : 0;
    if (this.#over >= secondsOver && shedding.level < 3) this.#change(1, share);
    else if (this.#under >= secondsUnder && shedding.level > 0) this.#change(-1, share);
  }

  #change(by: 1 | -1, share: number): void {
    const { cpuShare, shedding, say } = this.#deps;
    // Between 0 and 3, as `#judge` sees to.
    shedding.level = (shedding.level + by) as SheddingLevel;
    this.#over = 0;
    this.#under = 0;
    if (this.#wasTold || by < 0) return;
    this.#wasTold = true;
    say(
      `Bellwether: telemetry takes ${Math.round(share * 100)}% of a CPU, more than its budget of ${Math.round(cpuShare * 100)}% (BELLWETHER_CPU_BUDGET): detail is left out and counted in bellwether.sdk.shed until it is less. Metrics and errors stay complete.`,
    );
  }
}
