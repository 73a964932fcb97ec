import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import type { Instrumentation } from './instrumentation.js';
import { quietly } from './quiet-scope.js';
import { type QueueDepth, QueueDepths } from './queue-depths.js';
import { RecentCarriers } from './recent-carriers.js';
import { type TaskFailure, TaskTelemetry } from './task-telemetry.js';
import type { TraceCarrier } from './trace-carrier.js';
import { wrap } from './wrap.js';

/**
 * pg-boss 9 and 10. A job has no place for a trace beside the application's data: a worker in the process that sent the job finds it in memory, any other process only when the application
 * put `trace: inject()` into the data.
 */
export const pgBoss: Instrumentation = {
  name: 'pg-boss',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const tasks = new TaskTelemetry(recorder, 'pg-boss');
    const depths = new QueueDepths(recorder, 'pg-boss');
    const carriers = new RecentCarriers();
    tools.undo(() => depths.stop());

    tools.onLoad('pg-boss', (PgBoss, version) => {
      if (typeof PgBoss !== 'function') return;
      // Its clocks, monitors and polling are no trace.
      const undo = wrap(PgBoss.prototype, 'start', (boss, args, start) => quietly(() => start.apply(boss, args)));
      if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });
    tools.onLoad('pg-boss/src/manager', Manager => {
      if (typeof Manager !== 'function') return;
      const undos = [
        // All ways to send one job end here; a debounced one comes a second time, with its offset.
        wrap(Manager.prototype, 'createJob', (manager, args, createJob) => {
          const [queue, , , offset] = args;
          if (typeof queue !== 'string' || isInternal(queue) || offset !== undefined)
            return createJob.apply(manager, args);
          return tasks.send({ queue, task: '' }, 1, carrier => remembered(createJob.apply(manager, args), carrier));
        }),
        wrap(Manager.prototype, 'insert', (manager, args, insert) => {
          const [jobs] = args;
          const queue = Array.isArray(jobs) ? memberOf(jobs[0], 'name') : undefined;
          if (!Array.isArray(jobs) || typeof queue !== 'string' || isInternal(queue))
            return insert.apply(manager, args);
          return tasks.send({ queue, task: '' }, jobs.length, () => insert.apply(manager, args));
        }),
        wrap(Manager.prototype, 'watch', (manager, args, watch) => {
          const [queue, options, work] = args;
          if (
            typeof queue !== 'string' ||
            typeof work !== 'function' ||
            typeof manager !== 'object' ||
            manager === null
          )
            return quietly(() => watch.apply(manager, args));
          if (isInternal(queue)) return quietly(() => watch.apply(manager, args));
          const slot = {};
          const slots = Number(memberOf(options, 'teamConcurrency')) || 1;
          tasks.workers.watch(queue, slot, () => slots);
          depths.watchNamed(queue, manager, owner => depthOf(owner, queue));
          const worked = (...given: unknown[]): unknown => {
            // Held by the worker's function, and so as long as the worker is.
            void slot;
            return processed(queue, given[0], () => Reflect.apply(work, undefined, given));
          };
          return quietly(() => watch.call(manager, queue, options, worked));
        }),
      ];
      for (const undo of undos) if (undo !== undefined) tools.undo(undo);
    });

    function remembered(sent: unknown, carrier: TraceCarrier | undefined): unknown {
      if (carrier === undefined || !(sent instanceof Promise)) return sent;
      return sent.then((id: unknown) => {
        if (typeof id === 'string') carriers.keep(id, carrier);
        return id;
      });
    }

    /** `given` is one job, or some that are worked on together. */
    function processed(queue: string, given: unknown, work: () => unknown): unknown {
      const jobs: readonly unknown[] = Array.isArray(given) ? given : [given];
      const [job] = jobs;
      const id = memberOf(job, 'id');
      const data = memberOf(job, 'data');
      const retries = memberOf(job, 'retryCount') ?? memberOf(job, 'retrycount');
      const limit = memberOf(job, 'retryLimit') ?? memberOf(job, 'retrylimit');
      const nextOf = (): TaskFailure['next'] => {
        if (typeof retries !== 'number' || typeof limit !== 'number') return 'unknown';
        return retries < limit ? 'retry' : 'dead';
      };
      const run = {
        queue,
        task: '',
        id: typeof id === 'string' ? id : undefined,
        attempt: typeof retries === 'number' ? retries + 1 : undefined,
        waitMs: waitOf(job),
        subjects: [given, ...jobs],
        carrier: (typeof id === 'string' ? carriers.of(id) : undefined) ?? memberOf(data, 'trace'),
        ...(jobs.length > 1 ? { facts: { 'messaging.batch.message_count': jobs.length } } : {}),
      };
      return tasks.process(run, work, nextOf);
    }
  },
};

const isInternal = (queue: string): boolean => queue.startsWith('__pgboss__');

/** Known when the worker asks for metadata. The database's clock says when a job was due, ours when it was taken. */
function waitOf(job: unknown): number | undefined {
  const due = memberOf(job, 'startAfter') ?? memberOf(job, 'startafter');
  const created = memberOf(job, 'createdOn') ?? memberOf(job, 'createdon');
  if (!(created instanceof Date)) return undefined;
  const since = due instanceof Date ? Math.max(due.getTime(), created.getTime()) : created.getTime();
  return Math.max(0, Date.now() - since);
}

const maxCounted = 100_000;

/** Counted by the library's own connection; at most 100,000 jobs are looked at. */
async function depthOf(manager: object, queue: string): Promise<QueueDepth | undefined> {
  const schema = memberOf(memberOf(manager, 'config'), 'schema');
  if (typeof schema !== 'string' || !/^\w+$/.test(schema)) return undefined;
  // From 10 on names have underscores.
  const isNew = typeof memberOf(manager, 'createQueueCommand') === 'string';
  const [created, due] = isNew ? ['created_on', 'start_after'] : ['createdon', 'startafter'];
  const text = `SELECT state::text AS state, priority, count(*)::int AS count, extract(epoch FROM now() - min(${created}))::float AS oldest
    FROM (SELECT state, priority, ${created} FROM ${schema}.job WHERE name = $1 AND state < 'active' AND ${due} <= now() LIMIT ${maxCounted}) AS waiting
    GROUP BY 1, 2`;
  const result = await callMethod(memberOf(manager, 'db'), 'executeSql', text, [queue]);
  const rows = memberOf(result, 'rows');
  if (!Array.isArray(rows)) return undefined;
  const states = { created: 0, retry: 0 };
  const priorities = new Map<number, number>();
  let oldestS = 0;
  for (const row of rows) {
    const [state, priority, count] = [
      memberOf(row, 'state'),
      Number(memberOf(row, 'priority')),
      Number(memberOf(row, 'count')),
    ];
    if (state === 'created' || state === 'retry') states[state] += count;
    priorities.set(priority, (priorities.get(priority) ?? 0) + count);
    oldestS = Math.max(oldestS, Number(memberOf(row, 'oldest')) || 0);
  }
  return { states: { waiting: states.created, retry: states.retry }, priorities, oldestMs: oldestS * 1000 };
}
