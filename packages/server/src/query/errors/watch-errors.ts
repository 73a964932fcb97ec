import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../base/log.js';
import type { ControlStore } from '../../control/control-store.js';
import { lastNoted, noteHappening } from '../../control/error-activity.js';
import { errorDecisions } from '../../control/error-decisions.js';
import { workspacesOfErrors } from '../../control/error-states.js';
import type { ChdbStore } from '../../store/chdb-store.js';
import { scopeOf } from '../../store/store.js';
import type { Asker } from '../asker.js';
import type { SourceMaps } from '../../source-maps/source-maps.js';
import { workspacesOfMaps } from '../../control/source-map-files.js';
import { comebacks } from './comebacks.js';
import { MappedErrorJoiner } from './join-mapped-errors.js';
import { risingErrors } from './rising-errors.js';

interface WatchDeps {
  readonly store: ChdbStore;
  readonly control: ControlStore;
  readonly maps: SourceMaps;
  readonly now: () => number;
  readonly log: Log;
}

export interface WatchedErrors {
  /** Looks once. Never rejects: what fails in one workspace leaves the others theirs. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const everyMs = 30_000;
/** Between two looks lies so many times what the last one took: a busy store is asked less often. */
const restTimes = 30;
/** Events that came so late are still seen. */
const lateMs = 3_600_000;
/** A rising error is told of again after so long. */
const toldAgainMs = 24 * 3_600_000;

/** Looks for what happens to errors by itself: those that source maps make one are joined; resolved ones that come back, and rising ones, are told of in their activity. */
export function watchErrors({ store, control, maps, now, log }: WatchDeps): WatchedErrors {
  const ending = new AbortController();
  const joiner = new MappedErrorJoiner(control, maps);
  const lookedMs = new Map<string, number>();
  const done = run();

  return {
    look,
    async stop() {
      ending.abort();
      await done;
    },
  };

  async function run(): Promise<void> {
    let restMs = everyMs;
    while (!ending.signal.aborted) {
      await delay(restMs, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
      if (ending.signal.aborted) return;
      const startedMs = performance.now();
      await look();
      restMs = Math.max(everyMs, restTimes * (performance.now() - startedMs));
    }
  }

  async function look(): Promise<void> {
    const nowMs = now();
    // First, so that what came back is told of the error that it counts as.
    for (const workspace of workspacesOfMaps(control)) {
      await guarded(() => joiner.look(askerOf(workspace), nowMs));
    }
    for (const workspace of workspacesOfErrors(control)) {
      await guarded(async () => {
        await lookForComebacks(askerOf(workspace), nowMs);
        lookedMs.set(workspace, nowMs);
      });
    }
    await guarded(async () => {
      for (const workspace of await activeWorkspaces(nowMs)) {
        await guarded(() => lookForRising(askerOf(workspace), nowMs));
      }
    });
  }

  async function guarded(work: () => Promise<void>): Promise<void> {
    if (ending.signal.aborted) return;
    try {
      await work();
    } catch (error) {
      if (!ending.signal.aborted)
        log.warn({ err: error }, 'what happened to errors by itself could not be looked for; trying again');
    }
  }

  async function activeWorkspaces(nowMs: number): Promise<readonly string[]> {
    const recent = (column: string): string =>
      `toStartOfHour(${column}) >= toStartOfHour(fromUnixTimestamp64Milli(${nowMs - lateMs}, 'UTC'))`;
    const rows = await store.rows<{ workspace: string }>(
      `SELECT DISTINCT workspace FROM (SELECT workspace FROM red_minutes WHERE ${recent('minute')} UNION ALL SELECT workspace FROM logs WHERE ${recent('ts')})`,
    );
    return rows.map(({ workspace }) => workspace);
  }

  function askerOf(workspace: string): Asker {
    return { store, scope: scopeOf(workspace), signal: ending.signal };
  }

  async function lookForComebacks(asker: Asker, nowMs: number): Promise<void> {
    const { workspace } = asker.scope;
    const decisions = errorDecisions(control, workspace);
    const noted = lastNoted(control, workspace, 'regressed');
    const waiting = [...decisions.said]
      .filter(([id, { state, sinceMs }]) => state === 'resolved' && (noted.get(id) ?? 0) < sinceMs)
      .map(([id]) => id);
    const window = { fromMs: (lookedMs.get(workspace) ?? 0) - lateMs, toMs: nowMs + lateMs };
    for (const { id, version } of await comebacks(asker, decisions, waiting, window)) {
      noteHappening(control, workspace, id, {
        act: 'regressed',
        text: version === '' ? '' : `in ${version}`,
        nowMs,
      });
    }
  }

  async function lookForRising(asker: Asker, nowMs: number): Promise<void> {
    const { workspace } = asker.scope;
    const decisions = errorDecisions(control, workspace);
    const noted = lastNoted(control, workspace, 'rose');
    for (const { id, late, early } of await risingErrors(asker, decisions, nowMs)) {
      if (decisions.said.get(id)?.state === 'ignored' || (noted.get(id) ?? 0) > nowMs - toldAgainMs) continue;
      noteHappening(control, workspace, id, {
        act: 'rose',
        text: `${late} events in 15 minutes, ${early} in the 45 before`,
        nowMs,
      });
    }
  }
}
