import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../base/log.js';
import type { ControlStore } from '../control/control-store.js';
import { analysedUntilMs, keepAnalysedUntil } from '../control/findings-progress.js';
import type { BlockFile } from '../handover/messages.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { scopeOf } from '../store/store.js';
import { analyse } from './analyse.js';
import { tracesOfBlock, tracesSince } from './arrivals.js';
import { type ArrivedTrace, CompletedTraces } from './completed-traces.js';
import { type FindingRow, storeFindings } from './findings-block.js';
import { readTraces } from './read-traces.js';
import { restAfter } from './rest-after.js';
import type { Thresholds } from './thresholds.js';

export interface FindingsDeps {
  readonly store: ChdbStore;
  readonly control: ControlStore;
  /** Where files lie that may be inserted. */
  readonly blocksDir: string;
  readonly thresholds: Thresholds;
  readonly now: () => number;
  readonly log: Log;
}

export interface WatchedFindings {
  /** Called as a file is about to be inserted; what it gives back is called once its rows can be seen. Neither throws. */
  inserting(file: BlockFile): () => Promise<void>;
  stop(): Promise<void>;
}

/** To read the traces of three seconds costs little more than to read those of one: what stands beside them is read each time. */
const tickMs = 3000;
/** Traces that are read at once. */
const batch = 400;
/** What came so long before the server ended may not have been looked at. */
const overlapMs = 120_000;
/** A server that was away for longer does not go through all that came meanwhile. */
const longestAwayMs = 3_600_000;
const keepEveryMs = 10_000;

/**
 * Looks at traces as they complete and stores what is wrong with them, until it is stopped.
 *
 * It learns of traces from the blocks that are stored, so late spans are seen too. A trace may be looked at twice, after a restart or when more of it came: then its
 * rows replace those of before. When more comes than can be looked at, every n-th trace is, and stands for the others.
 */
export function watchFindings({ store, control, blocksDir, thresholds, now, log }: FindingsDeps): WatchedFindings {
  const ending = new AbortController();
  const completed = new CompletedTraces();
  const done = run().catch((error: unknown) => {
    if (!ending.signal.aborted) log.error({ err: error }, 'findings are not looked for any more; restart the server');
  });

  return {
    inserting(file) {
      const traces = tracesOfBlock(store, [file]).catch((error: unknown) => {
        log.warn({ err: error }, 'the traces of a block are not looked at for findings');
        return [];
      });
      return async () => completed.arrived(await traces, now());
    },
    async stop() {
      ending.abort();
      await done;
    },
  };

  async function run(): Promise<void> {
    await catchUp();
    let keptMs = 0;
    while (!ending.signal.aborted) {
      const startedMs = performance.now();
      const { traces, share } = completed.take(now(), batch);
      if (traces.length > 0) await look(traces, share);
      if (completed.waiting === 0 || traces.length === 0) {
        if (now() - keptMs >= keepEveryMs) {
          keptMs = now();
          keepAnalysedUntil(control, keptMs);
        }
      }
      const workedMs = performance.now() - startedMs;
      await delay(Math.max(traces.length === batch ? 50 : tickMs, restAfter({ workedMs, share })), undefined, {
        signal: ending.signal,
      }).catch(() => undefined);
    }
  }

  /** Looks at what came since the server was here last. */
  async function catchUp(): Promise<void> {
    const until = analysedUntilMs(control);
    if (until === undefined) return;
    const fromMs = Math.max(until - overlapMs, now() - longestAwayMs);
    try {
      completed.arrived(await tracesSince(store, fromMs), now());
    } catch (error) {
      log.warn({ err: error }, 'traces that came while the server was away were not looked at for findings');
    }
  }

  async function look(traces: readonly ArrivedTrace[], share: number): Promise<void> {
    const workspace = traces[0]?.workspace ?? 'default';
    try {
      const asker = { store, scope: scopeOf(workspace), signal: ending.signal };
      const rows: FindingRow[] = [];
      for (const from of await readTraces(asker, traces)) {
        const seen = analyse(from.trace, thresholds, (detector, error) =>
          log.error({ err: error, detector: detector.kind }, 'a detector of findings failed'),
        );
        rows.push(...seen.map(one => ({ workspace, from, seen: one, times: 1 / share })));
      }
      await storeFindings(store, blocksDir, rows, now());
    } catch (error) {
      if (!ending.signal.aborted)
        log.warn({ err: error, traces: traces.length }, 'some traces were not looked at for findings');
    }
  }
}
