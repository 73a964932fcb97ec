import { scopes } from '../core/scope.js';
import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import type { Instrumentation } from './instrumentation.js';
import { type QueueDepth, QueueDepths } from './queue-depths.js';
import { quietly } from './quiet-scope.js';
import { RecentCarriers } from './recent-carriers.js';
import { settled } from './settled.js';
import { type OpenTask, type TaskFailure, TaskTelemetry } from './task-telemetry.js';
import type { TraceCarrier } from './trace-carrier.js';
import { wrap } from './wrap.js';

/**
 * Agenda 6, whatever it keeps its jobs in. A job has no place for a trace beside its data: the process that queued it finds it in memory, any other only when the application put
 * `trace: inject()` into the data. Runs of recurring jobs are traces of their own. What waits is asked of PostgreSQL by job, with the age of the oldest; of other backends all jobs that are due, as
 * one queue `(all jobs)`.
 */
export const agenda: Instrumentation = {
  name: 'agenda',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const tasks = new TaskTelemetry(recorder, 'agenda');
    const carriers = new RecentCarriers();
    const failedRuns = new FailedRuns();
    const depths = new QueueDepths(recorder, 'agenda');
    tools.undo(() => depths.stop());

    tools.onLoad('agenda', (exports, version) => {
      const Agenda = memberOf(exports, 'Agenda');
      if (typeof Agenda !== 'function') return;
      // What it does to find jobs, and to keep them, is no trace.
      const undo = wrap(Agenda.prototype, 'start', (own, args, start) => {
        try {
          watchDepths(own);
        } catch {
          recorder.fault('agenda (start)');
        }
        return quietly(() => start.apply(own, args));
      });
      if (undo !== undefined) tools.undo(undo);
      watchJobs(memberOf(exports, 'Job'));
      tools.seen(version);
    });
    tools.onLoad('agenda/dist/Job', exports => watchJobs(memberOf(exports, 'Job')));

    /** Jobs that are defined before it starts, as its documentation says. */
    function watchDepths(own: unknown): void {
      if (typeof own !== 'object' || own === null) return;
      if (postgresOf(own) === undefined) {
        depths.watch('(all jobs)', own, allDue);
        return;
      }
      for (const name of Object.keys(Object(memberOf(own, 'definitions'))))
        depths.watchNamed(name, own, alive => depthOf(alive, name));
    }

    function watchJobs(Job: unknown): void {
      if (typeof Job !== 'function') return;
      const undos = [
        // All ways to queue a job end here.
        wrap(Job.prototype, 'save', (job, args, save) => {
          const attributes = memberOf(job, 'attrs');
          const isRecurring = ['repeatInterval', 'repeatAt'].some(name => Boolean(memberOf(attributes, name)));
          if (isRecurring) return save.apply(job, args);
          return tasks.send({ queue: nameOf(job), task: '' }, 1, carrier => remembered(save.apply(job, args), carrier));
        }),
        wrap(Job.prototype, 'run', (job, args, run) => {
          noteDue(job);
          return settled(run.apply(job, args), () => failedRuns.get(job)?.('unknown'));
        }),
        wrap(Job.prototype, 'runJob', (job, args, run) => processed(job, () => run.apply(job, args))),
        // What a run threw goes here, where another one may be planned.
        wrap(Job.prototype, 'handleRetry', (job, args, handle) => {
          const before = memberOf(memberOf(job, 'attrs'), 'nextRunAt');
          return settled(handle.apply(job, args), () => {
            const next = memberOf(memberOf(job, 'attrs'), 'nextRunAt');
            failedRuns.get(job)?.(next instanceof Date && next !== before ? 'retry' : 'dead');
          });
        }),
      ];
      for (const undo of undos) if (undo !== undefined) tools.undo(undo);
    }

    function remembered(saved: unknown, carrier: TraceCarrier | undefined): unknown {
      if (carrier === undefined || !(saved instanceof Promise)) return saved;
      return saved.then((job: unknown) => {
        const id = idOf(job);
        if (id !== undefined) carriers.keep(id, carrier);
        return job;
      });
    }

    function processed(job: unknown, work: () => unknown): unknown {
      const queue = nameOf(job);
      const attributes = memberOf(job, 'attrs');
      const definition = memberOf(memberOf(memberOf(job, 'agenda'), 'definitions'), queue);
      if (typeof definition === 'object' && definition !== null)
        tasks.workers.watch(queue, definition, own => Number(memberOf(own, 'concurrency')) || 1);
      const id = idOf(job);
      const failures = Number(memberOf(attributes, 'failCount')) || 0;
      const run = {
        queue,
        task: '',
        id,
        attempt: failures + 1,
        waitMs: waitOf(job),
        carrier: (id === undefined ? undefined : carriers.of(id)) ?? memberOf(memberOf(attributes, 'data'), 'trace'),
      };
      let task: OpenTask;
      try {
        task = tasks.begin(run);
      } catch {
        recorder.fault('agenda (process)');
        return work();
      }
      return settled(scopes.run(task.scope, work), error => {
        if (error === undefined) task.end(undefined);
        else failedRuns.keep(job, next => task.end({ error, next }));
      });
    }
  },
};

interface JobTable {
  readonly pool: object;
  readonly table: string;
}

/** Where the PostgreSQL backend keeps its jobs; undefined for any other. */
function postgresOf(agenda: object): JobTable | undefined {
  const repository = memberOf(agenda, 'db');
  const [pool, table] = [memberOf(repository, 'pool'), memberOf(repository, 'tableName')];
  if (typeof pool !== 'object' || pool === null || typeof memberOf(pool, 'query') !== 'function') return undefined;
  return typeof table === 'string' && !table.includes('"') ? { pool, table } : undefined;
}

async function depthOf(agenda: object, name: string): Promise<QueueDepth | undefined> {
  const kept = postgresOf(agenda);
  if (kept === undefined) return undefined;
  const sql = `SELECT count(*) FILTER (WHERE locked_at IS NULL AND next_run_at <= now()) AS waiting, count(*) FILTER (WHERE locked_at IS NOT NULL) AS active,
  count(*) FILTER (WHERE locked_at IS NULL AND next_run_at > now()) AS delayed,
  extract(epoch FROM now() - min(next_run_at) FILTER (WHERE locked_at IS NULL AND next_run_at <= now())) AS oldest
FROM "${kept.table}" WHERE name = $1 AND disabled = FALSE AND (next_run_at IS NOT NULL OR locked_at IS NOT NULL)`;
  const answer: unknown = await callMethod(kept.pool, 'query', sql, [name]);
  const rows = memberOf(answer, 'rows');
  const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
  const count = (state: string): number => Number(memberOf(row, state));
  const oldest = memberOf(row, 'oldest');
  return {
    states: { waiting: count('waiting'), active: count('active'), delayed: count('delayed') },
    oldestMs: oldest === null || oldest === undefined ? undefined : Number(oldest) * 1000,
  };
}

async function allDue(agenda: object): Promise<QueueDepth | undefined> {
  const waiting = Number(await callMethod(memberOf(agenda, 'db'), 'getQueueSize'));
  return Number.isFinite(waiting) ? { states: { waiting } } : undefined;
}

const nameOf = (job: unknown): string => String(memberOf(memberOf(job, 'attrs'), 'name'));

/** A text, or an ObjectId of MongoDB's. */
function idOf(job: unknown): string | undefined {
  const id = memberOf(memberOf(job, 'attrs'), '_id');
  return id === undefined || id === null ? undefined : String(id);
}

type EndOfRun = (next: TaskFailure['next']) => void;

/** Runs that threw, until it is known what comes of their jobs. */
class FailedRuns {
  readonly #ends = new WeakMap<object, EndOfRun>();

  keep(job: unknown, end: EndOfRun): void {
    if (typeof job === 'object' && job !== null) this.#ends.set(job, end);
  }

  /** To be called once; later calls of it do nothing. */
  get(job: unknown): EndOfRun | undefined {
    return typeof job === 'object' && job !== null ? this.#ends.get(job) : undefined;
  }
}

const dueTimes = new WeakMap<object, Date>();

/** When the job was due; when it runs its next time stands there. */
function noteDue(job: unknown): void {
  const due = memberOf(memberOf(job, 'attrs'), 'nextRunAt');
  if (typeof job === 'object' && job !== null && due instanceof Date) dueTimes.set(job, due);
}

function waitOf(job: unknown): number | undefined {
  const due = typeof job === 'object' && job !== null ? dueTimes.get(job) : undefined;
  return due === undefined ? undefined : Math.max(0, Date.now() - due.getTime());
}
