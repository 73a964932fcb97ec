import type { ChdbStore } from '../../store/chdb-store.js';
import { lookUpLinks } from './look-up-links.js';

const everyMs = 5000;
/** Between look-ups lies so many times what the last one took: a busy store is asked less often. */
const restTimes = 20;
const hourMs = 3_600_000;
/** What came late is found when its time is looked through again. */
const againMs = 30_000;
const longAgainEveryMs = 300_000;
/** What was stored before a start is looked through from so long ago. */
const backMs = 24 * hourMs;

export interface LinkKeeper {
  /** Spans were stored: there is something to look up. */
  spansCame(): void;
  /** Resolves when no look-up runs any more. */
  stop(): Promise<void>;
}

interface LinkKeeperDeps {
  readonly store: ChdbStore;
  readonly now: () => number;
  readonly log: { warn(facts: object, message: string): void };
}

/** Keeps `map_links` up with the spans, in windows of at most an hour. While no spans come it does nothing. */
export function keepLinks({ store, now, log }: LinkKeeperDeps): LinkKeeper {
  let lookedUntilMs: number | undefined;
  let lookedAgainMs = now();
  let isStale = true;
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  /** Undefined as long as nothing is stored. */
  async function firstMs(): Promise<number | undefined> {
    const [row] = await store.rows<{ first: string; n: string }>(
      `SELECT toUnixTimestamp64Milli(min(ts)) AS first, count() AS n FROM spans WHERE toStartOfHour(ts) >= fromUnixTimestamp64Milli(${now() - backMs}, 'UTC')`,
    );
    return row === undefined || row.n === '0' ? undefined : Math.max(Number(row.first), now() - backMs);
  }

  async function catchUp(): Promise<void> {
    const untilMs = now();
    const isLong = untilMs - lookedAgainMs >= longAgainEveryMs;
    let fromMs = lookedUntilMs === undefined ? await firstMs() : lookedUntilMs - (isLong ? hourMs : againMs);
    if (fromMs === undefined) return;
    if (isLong) lookedAgainMs = untilMs;
    while (fromMs < untilMs && !stopping.signal.aborted) {
      const toMs = Math.min(fromMs + hourMs, untilMs);
      await lookUpLinks(store, { fromMs, toMs });
      fromMs = toMs;
    }
    lookedUntilMs = fromMs;
  }

  let isRunning = false;
  let restUntil = 0;
  const timer = setInterval(() => {
    const startedAt = performance.now();
    if (!isStale || isRunning || startedAt < restUntil || stopping.signal.aborted) return;
    isStale = false;
    isRunning = true;
    running = catchUp()
      .catch((error: unknown) => {
        isStale = true;
        if (!stopping.signal.aborted)
          log.warn({ err: error }, 'services behind called addresses could not be looked up; trying again');
      })
      .finally(() => {
        isRunning = false;
        const endedAt = performance.now();
        restUntil = endedAt + restTimes * (endedAt - startedAt);
      });
  }, everyMs);
  timer.unref();

  return {
    spansCame() {
      isStale = true;
    },
    stop() {
      stopping.abort();
      clearInterval(timer);
      return running;
    },
  };
}
