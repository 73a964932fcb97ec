/** A trace of which spans came. */
export interface ArrivedTrace {
  readonly workspace: string;
  /** 32 hex digits. */
  readonly traceId: string;
  /** Of the spans that came, in milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
}

interface Waiting {
  readonly trace: ArrivedTrace;
  readonly sinceMs: number;
  readonly lastMs: number;
}

/** No more of a trace came for so long: it is taken to be complete. What comes later has it looked at again. */
const quietMs = 2500;
/** A trace that never rests is looked at after so long all the same. */
const longestMs = 60_000;
/** Of one workspace, as long as it waits alone; of several each has its part, so that one that floods leaves room for the others. */
const maxWaiting = 20_000;
/** However many workspaces there are. */
const maxInAll = 100_000;

/**
 * Traces that are still arriving. Each is given out once it has been quiet for a while; one of which more comes later is given out again.
 * When there are too many the newest are left out, and those that are given out next stand for them too.
 */
export class CompletedTraces {
  readonly #waiting = new Map<string, Waiting>();
  /** By workspace: how many wait, and how many were left out since some were given out. */
  readonly #counts = new Map<string, { waiting: number; leftOut: number }>();

  get waiting(): number {
    return this.#waiting.size;
  }

  arrived(traces: readonly ArrivedTrace[], nowMs: number): void {
    for (const trace of traces) {
      const key = `${trace.workspace}/${trace.traceId}`;
      const known = this.#waiting.get(key);
      if (known === undefined) {
        const counts = this.#counts.get(trace.workspace) ?? { waiting: 0, leftOut: 0 };
        if (this.#waiting.size >= maxInAll || counts.waiting >= maxWaiting / Math.max(this.#counts.size, 1)) {
          counts.leftOut++;
          continue;
        }
        counts.waiting++;
        this.#counts.set(trace.workspace, counts);
      }
      // Set anew, so that those that wait longest without news come first.
      this.#waiting.delete(key);
      this.#waiting.set(key, {
        trace: known === undefined ? trace : joined(known.trace, trace),
        sinceMs: known?.sinceMs ?? nowMs,
        lastMs: nowMs,
      });
    }
  }

  /** At most `limit` complete traces of one workspace; `share` is how many of those that were due they are, those that were left out among them. */
  take(nowMs: number, limit: number): { readonly traces: readonly ArrivedTrace[]; readonly share: number } {
    const due: string[] = [];
    let workspace: string | undefined;
    for (const [key, { trace, sinceMs, lastMs }] of this.#waiting) {
      if (nowMs - lastMs < quietMs && nowMs - sinceMs < longestMs) {
        // All behind it came later; only a trace that never rests could be due.
        if (nowMs - lastMs < quietMs / 2) break;
        continue;
      }
      workspace ??= trace.workspace;
      if (trace.workspace === workspace) due.push(key);
    }
    const traces: ArrivedTrace[] = [];
    // Every n-th when there are more than can be looked at, so that no kind of traffic hides another.
    const step = due.length > limit * 4 ? Math.ceil(due.length / limit) : 1;
    const considered = step === 1 ? due.slice(0, limit) : due;
    considered.forEach((key, i) => {
      const found = this.#waiting.get(key);
      this.#waiting.delete(key);
      if (found !== undefined && i % step === 0) traces.push(found.trace);
    });
    if (workspace === undefined) return { traces, share: 1 };
    const counts = this.#counts.get(workspace);
    const stoodFor = considered.length + (counts?.leftOut ?? 0);
    if (counts !== undefined) {
      counts.waiting -= considered.length;
      counts.leftOut = 0;
      if (counts.waiting === 0) this.#counts.delete(workspace);
    }
    return { traces, share: traces.length / stoodFor };
  }
}

function joined(a: ArrivedTrace, b: ArrivedTrace): ArrivedTrace {
  return { ...a, fromMs: Math.min(a.fromMs, b.fromMs), toMs: Math.max(a.toMs, b.toMs) };
}
