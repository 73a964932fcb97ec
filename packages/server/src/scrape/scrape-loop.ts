import { createHash } from 'node:crypto';

/** How far a scrape may be from its due time and still be of that time: evenly spaced samples take less room. */
const toleranceMs = 2;

/** Node's timers take no longer one. */
export const longestDelayMs = 2 ** 31 - 1;

export interface ScrapeLoop {
  /** Waits for the scrape that is under way, which is given up. */
  stop(): Promise<void>;
}

/**
 * Runs `scrape` once per interval, at a place in it that follows from `key`: many targets spread over the interval, and one keeps its place over restarts.
 * A scrape that takes longer than the interval costs the ones it overlaps. `scrape` never rejects.
 */
export function scrapeLoop(
  { key, intervalMs, now }: { readonly key: string; readonly intervalMs: number; readonly now: () => number },
  scrape: (atMs: number, signal: AbortSignal) => Promise<void>,
): ScrapeLoop {
  const offsetMs = offsetOf(key, intervalMs);
  const stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const plan = (): void => wait(nextDueMs(now(), intervalMs, offsetMs));

  const wait = (dueMs: number): void => {
    const delayMs = dueMs - now();
    timer = setTimeout(
      () => {
        if (delayMs > longestDelayMs) return plan();
        const actualMs = now();
        const atMs = Math.abs(actualMs - dueMs) <= toleranceMs ? dueMs : actualMs;
        running = scrape(atMs, stopped.signal).finally(() => {
          if (!stopped.signal.aborted) plan();
        });
      },
      Math.min(delayMs, longestDelayMs),
    );
    timer.unref();
  };
  plan();
  return {
    async stop() {
      stopped.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

/** When it is due next: always in the future, and no further than an interval, whatever the clock did. */
export function nextDueMs(nowMs: number, intervalMs: number, offsetMs: number): number {
  const begun = Math.floor((nowMs - offsetMs) / intervalMs);
  return (begun + 1) * intervalMs + offsetMs;
}

/** A place within the interval, in ms. */
export function offsetOf(key: string, intervalMs: number): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % intervalMs;
}
