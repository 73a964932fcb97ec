import { randomBytes } from 'node:crypto';
import type { CheckDefinition, MaintenanceWindow } from '@bellwether/model';
import type { ControlStore } from '../control/control-store.js';
import {
  endOutage,
  heartbeatOf,
  keepCheck,
  keepOutcome,
  keepStatus,
  madeChecks,
  removeCheck,
  statusOf,
  type StoredStatus,
} from '../control/checks.js';
import { excuse, isDecided, isLate, type NeededInRow, notRunYet, step } from './check-status.js';
import { Maintenance } from './maintenance.js';
import { type RunDeps, runCheck } from './run-check.js';
import type { ToldRun } from './run-telemetry.js';

/** A check and whose it is. */
export interface OwnedCheck {
  readonly workspace: string;
  readonly check: CheckDefinition;
  /** It stands in the configuration; the pages do not change it. */
  readonly isFromFile: boolean;
}

interface ChecksDeps extends RunDeps {
  readonly control: ControlStore;
  /** Checks of the configuration. */
  readonly fromFile: readonly { readonly workspace: string; readonly check: CheckDefinition }[];
  /** Maintenance windows of the configuration. */
  readonly windowsFromFile?: readonly { readonly workspace: string; readonly window: MaintenanceWindow }[];
  /** The sample shop runs beside this server. Without it, its checks are paused. */
  readonly hasSampleShop?: boolean;
  /** Checks that run at a time. */
  readonly maxRunning: number;
  /** Stores what a run leaves as metrics and spans. */
  readonly report: (told: ToldRun) => void;
  readonly log: { warn(facts: object, message: string): void };
}

interface Scheduled extends OwnedCheck {
  nextMs: number;
  isRunning: boolean;
  /** When it was last seen paused: a job is not late for what it did not call before. */
  pausedMs: number;
}

/** Who has a check not run. */
export type PausedBy = 'person' | 'no-sample-shop';

/** At most so many checks per workspace can be made in the pages. */
export const maxChecks = 500;

const tickMs = 500;

/** A run that leaves open whether a check is up or down is followed by the next one so soon. */
const retryMs = 10_000;

/** A job calls or is late: that decides. */
const ofHeartbeat: NeededInRow = { failuresBeforeDown: 1, successesBeforeUp: 1 };

/** So often it is looked whether a job is late. */
const beatLookMs = 5000;

/** Every check, when each runs next, and one executor for all: at most so many at a time, none twice at once. */
export class Checks {
  readonly maintenance: Maintenance;
  readonly #deps: ChecksDeps;
  readonly #scheduled = new Map<string, Scheduled>();
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(deps: ChecksDeps) {
    this.#deps = deps;
    this.maintenance = new Maintenance(deps.control, deps.windowsFromFile ?? []);
    for (const { workspace, check } of madeChecks(deps.control))
      this.#schedule({ workspace, check, isFromFile: false });
    for (const { workspace, check } of deps.fromFile) this.#schedule({ workspace, check, isFromFile: true });
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#timer.unref();
  }

  of(workspace: string): readonly OwnedCheck[] {
    return [...this.#scheduled.values()].filter(each => each.workspace === workspace);
  }

  get(workspace: string, id: string): OwnedCheck | undefined {
    return this.#scheduled.get(keyOf(workspace, id));
  }

  /** Makes or changes a check; it runs at once. */
  keep(workspace: string, check: CheckDefinition): void {
    keepCheck(this.#deps.control, workspace, check);
    this.#schedule({ workspace, check, isFromFile: false }, true);
  }

  remove(workspace: string, id: string): void {
    this.#scheduled.delete(keyOf(workspace, id));
    removeCheck(this.#deps.control, workspace, id);
  }

  /** A job called its heartbeat's address. False: nobody's. */
  beat(token: string): boolean {
    const owner = heartbeatOf(this.#deps.control, token);
    const scheduled = owner === undefined ? undefined : this.#scheduled.get(keyOf(owner.workspace, owner.id));
    if (scheduled === undefined) return false;
    const nowMs = this.#deps.now();
    const before = this.status(scheduled);
    const sinceLastMs = before.beatMs === undefined ? 0 : nowMs - before.beatMs;
    // Whoever calls all the time is heard, and remembered once in a while.
    if (before.beatMs === undefined || before.state !== 'up' || sinceLastMs >= 1000) {
      keepStatus(this.#deps.control, scheduled.workspace, scheduled.check.id, { ...before, beatMs: nowMs });
      this.#finish(scheduled, { ...quietRun, startedMs: nowMs, isUp: true });
    }
    return true;
  }

  status({ workspace, check }: OwnedCheck): StoredStatus {
    return statusOf(this.#deps.control, workspace, check.id) ?? this.#newStatus(check);
  }

  /** Why a check does not run now; undefined: it does. */
  pausedBy({ isPaused, isOfSampleShop }: CheckDefinition): PausedBy | undefined {
    if (isPaused) return 'person';
    return isOfSampleShop && this.#deps.hasSampleShop !== true ? 'no-sample-shop' : undefined;
  }

  /** Resolves when nothing runs any more; runs under way are ended and leave nothing. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort(new Error('the server stops'));
    await Promise.allSettled(this.#running);
  }

  #newStatus(check: CheckDefinition): StoredStatus {
    const token = check.kind === 'heartbeat' ? randomBytes(18).toString('base64url') : '';
    return { ...notRunYet, token, madeMs: this.#deps.now(), beatMs: undefined };
  }

  #schedule(owned: OwnedCheck, isNow = false): void {
    const { workspace, check } = owned;
    const key = keyOf(workspace, check.id);
    const known = statusOf(this.#deps.control, workspace, check.id);
    const isBeat = check.kind === 'heartbeat';
    if (known === undefined || (known.token !== '') !== isBeat)
      keepStatus(this.#deps.control, workspace, check.id, this.#newStatus(check));
    // Nobody knows how long it is down while it does not run.
    if (this.pausedBy(check) !== undefined) endOutage(this.#deps.control, workspace, check.id, this.#deps.now());
    // At the start checks are spread, so that they do not all call at once.
    const spreadMs = Math.min(check.everySeconds * 1000, 10_000) * Math.random();
    this.#scheduled.set(key, {
      ...owned,
      nextMs: this.#deps.now() + (isNow ? 0 : spreadMs),
      isRunning: this.#scheduled.get(key)?.isRunning ?? false,
      pausedMs: this.#scheduled.get(key)?.pausedMs ?? 0,
    });
  }

  #tick(): void {
    const nowMs = this.#deps.now();
    for (const scheduled of this.#due(nowMs)) {
      const periodMs = scheduled.check.kind === 'heartbeat' ? beatLookMs : scheduled.check.everySeconds * 1000;
      // A little earlier or later each time, so that checks of one interval do not stay together.
      scheduled.nextMs = nowMs + periodMs * (0.95 + 0.1 * Math.random());
      scheduled.isRunning = true;
      const work = this.#run(scheduled)
        .catch((error: unknown) => {
          if (!this.#stopping.signal.aborted)
            this.#deps.log.warn({ err: error, check: scheduled.check.id }, 'a check could not be run or kept');
        })
        .finally(() => {
          scheduled.isRunning = false;
          const current = this.#scheduled.get(keyOf(scheduled.workspace, scheduled.check.id));
          if (current !== undefined) current.isRunning = false;
          this.#running.delete(work);
        });
      this.#running.add(work);
    }
  }

  /** What is to run now: every heartbeat, and calls as long as there is room, first those of the workspace that has the fewest under way, then those that wait longest. */
  *#due(nowMs: number): Generator<Scheduled> {
    const running = new Map<string, number>();
    const calls = new Map<string, Scheduled[]>();
    for (const scheduled of this.#scheduled.values()) {
      const { workspace, check, isRunning, nextMs } = scheduled;
      if (this.pausedBy(check) !== undefined) {
        scheduled.pausedMs = nowMs;
        continue;
      }
      const isCall = check.kind !== 'heartbeat';
      if (isRunning && isCall) running.set(workspace, (running.get(workspace) ?? 0) + 1);
      if (isRunning || nextMs > nowMs) continue;
      if (!isCall) {
        yield scheduled;
        continue;
      }
      const waiting = calls.get(workspace);
      if (waiting === undefined) calls.set(workspace, [scheduled]);
      else waiting.push(scheduled);
    }
    for (const waiting of calls.values()) waiting.sort((a, b) => b.nextMs - a.nextMs);
    while (calls.size > 0 && this.#running.size < this.#deps.maxRunning) {
      const [next] = [...calls].toSorted(([a], [b]) => (running.get(a) ?? 0) - (running.get(b) ?? 0));
      const [workspace, waiting] = next ?? ['', []];
      const first = waiting.pop();
      if (first === undefined) {
        calls.delete(workspace);
        continue;
      }
      running.set(workspace, (running.get(workspace) ?? 0) + 1);
      yield first;
    }
  }

  async #run(scheduled: Scheduled): Promise<void> {
    const { check } = scheduled;
    if (check.kind !== 'heartbeat') {
      const run = await runCheck(check, this.#deps, this.#stopping.signal);
      if (!this.#stopping.signal.aborted) this.#finish(scheduled, run);
      return;
    }
    const nowMs = this.#deps.now();
    const status = this.status(scheduled);
    const lastMs = this.#judgedFromMs(scheduled, check, Math.max(status.beatMs ?? status.madeMs, scheduled.pausedMs));
    const isExcused = this.maintenance.during(scheduled.workspace, check.id, nowMs) !== undefined;
    if (isExcused ? status.state !== 'down' : status.state === 'down' || !isLate(lastMs, check, nowMs)) {
      // Rules look at the last minutes only: how it stands is told again and again.
      const run = { ...quietRun, startedMs: nowMs, isUp: status.state !== 'down' };
      if (status.state !== 'pending')
        this.#deps.report({ workspace: scheduled.workspace, check, run, isDown: !run.isUp });
      return;
    }
    const lateSeconds = Math.round((nowMs - lastMs) / 1000 - check.everySeconds);
    this.#finish(scheduled, {
      ...quietRun,
      startedMs: nowMs,
      isUp: false,
      reason: 'late',
      message: `the job is ${lateSeconds} s late`,
    });
  }

  /** A job is not late for a call that fell due during maintenance: it has its time anew from the end of that. */
  #judgedFromMs({ workspace }: Scheduled, check: CheckDefinition & { kind: 'heartbeat' }, lastMs: number): number {
    const dueMs = lastMs + (check.everySeconds + check.graceSeconds) * 1000;
    return Math.max(lastMs, this.maintenance.during(workspace, check.id, dueMs)?.toMs ?? 0);
  }

  #finish({ workspace, check }: Scheduled, run: ToldRun['run']): void {
    // Removed or changed while it ran: then nobody waits for it.
    const current = this.#scheduled.get(keyOf(workspace, check.id));
    if (current?.check !== check) return;
    const before = this.status(current);
    const isInMaintenance =
      !run.isUp &&
      [run.startedMs, run.startedMs + run.durationMs].some(
        atMs => this.maintenance.during(workspace, check.id, atMs) !== undefined,
      );
    const needed = check.kind === 'heartbeat' ? ofHeartbeat : check;
    const after = isInMaintenance ? excuse(before) : step(before, run, needed);
    const countsAs = isInMaintenance ? 'maintenance' : isDecided(after) ? 'run' : undefined;
    const { spanId: _, ...kept } = { ...run, isInMaintenance };
    keepOutcome(this.#deps.control, workspace, check.id, { run: kept, status: { ...before, ...after }, countsAs });
    if (countsAs === undefined) current.nextMs = Math.min(current.nextMs, this.#deps.now() + retryMs);
    this.#deps.report({ workspace, check, run, isDown: after.state === 'down' });
  }
}

const keyOf = (workspace: string, id: string): string => `${workspace}/${id}`;

const quietRun = {
  isInMaintenance: false,
  reason: null,
  message: '',
  durationMs: 0,
  httpStatus: null,
  certificateDays: null,
  traceId: '',
} as const;
