import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import type { Instrumentation, Tools } from './instrumentation.js';
import { quietly } from './quiet-scope.js';
import { type QueueDepth, QueueDepths } from './queue-depths.js';
import { RecentCarriers } from './recent-carriers.js';
import { TaskTelemetry } from './task-telemetry.js';
import type { TraceCarrier } from './trace-carrier.js';
import { type Method, wrap } from './wrap.js';

const maxCounted = 100_000;

/**
 * Graphile Worker 0.16 and 0.17. A job has no place for a trace beside its payload: a worker in the process that added the job finds it in memory, any other process only when the application put
 * `trace: inject()` into the payload. Its task is the queue: named queues only say what must not run at once.
 */
export const graphileWorker: Instrumentation = {
  name: 'graphile-worker',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const tasks = new TaskTelemetry(recorder, 'graphile-worker');
    const depths = new QueueDepths(recorder, 'graphile-worker');
    const carriers = new RecentCarriers();
    tools.undo(() => depths.stop());

    tools.onLoad('graphile-worker', (_exports, version) => tools.seen(version));
    tools.onLoad('graphile-worker/dist/helpers', helpers => {
      patch(tools, helpers, 'makeAddJob', (self, args, make) => adding(make.apply(self, args)));
      patch(tools, helpers, 'makeAddJobs', (self, args, make) => addingMany(make.apply(self, args)));
      // What a running task gets has functions of its own to add jobs with.
      patch(tools, helpers, 'makeJobHelpers', (self, args, make) => {
        const made = make.apply(self, args);
        if (typeof made !== 'object' || made === null || Object.isFrozen(made)) return made;
        return Object.assign(made, {
          addJob: adding(memberOf(made, 'addJob')),
          addJobs: addingMany(memberOf(made, 'addJobs')),
        });
      });
    });
    // Polling and listening are no trace.
    tools.onLoad('graphile-worker/dist/runner', runner => {
      for (const name of ['run', 'runOnce'])
        patch(tools, runner, name, (self, args, run) => quietly(() => run.apply(self, args)));
    });
    tools.onLoad('graphile-worker/dist/main', main => {
      for (const name of ['runTaskList', 'runTaskListOnce'])
        patch(tools, main, name, (self, args, run) => quietly(() => run.apply(self, args)));
    });
    tools.onLoad('graphile-worker/dist/worker', worker => {
      patch(tools, worker, 'makeNewWorker', (self, [shared, params, ...rest], make) => {
        let own = params;
        try {
          own = withWatchedTasks(shared, params);
        } catch {
          recorder.fault('graphile-worker (worker)');
        }
        return quietly(() => make.call(self, shared, own, ...rest));
      });
    });

    function adding(addJob: unknown): unknown {
      if (typeof addJob !== 'function') return addJob;
      return (...args: unknown[]) => {
        const [name] = args;
        return tasks.send({ queue: String(name), task: '' }, 1, carrier =>
          remembered(Reflect.apply(addJob, undefined, args), carrier),
        );
      };
    }

    function addingMany(addJobs: unknown): unknown {
      if (typeof addJobs !== 'function') return addJobs;
      return (...args: unknown[]) => {
        const [jobs] = args;
        if (!Array.isArray(jobs) || jobs.length === 0) return Reflect.apply(addJobs, undefined, args);
        const names = new Set(jobs.map(job => String(memberOf(job, 'identifier'))));
        const [only = ''] = names;
        return tasks.send({ queue: names.size === 1 ? only : '(several)', task: '' }, jobs.length, carrier =>
          remembered(Reflect.apply(addJobs, undefined, args), carrier),
        );
      };
    }

    function remembered(added: unknown, carrier: TraceCarrier | undefined): unknown {
      if (carrier === undefined || !(added instanceof Promise)) return added;
      return added.then((found: unknown) => {
        for (const job of Array.isArray(found) ? found : [found]) {
          const id = memberOf(job, 'id');
          if (id !== undefined) carriers.keep(String(id), carrier);
        }
        return found;
      });
    }

    /** What a worker is made of, with its tasks watched; theirs are not changed. */
    function withWatchedTasks(shared: unknown, params: unknown): unknown {
      const own = memberOf(params, 'tasks');
      if (typeof own !== 'object' || own === null) return params;
      const watched: Record<string, unknown> = {};
      for (const [name, task] of Object.entries(own)) {
        if (typeof task !== 'function') continue;
        // Held by the task's function, and so as long as the worker is.
        const slot = {};
        tasks.workers.watch(name, slot, () => 1);
        watched[name] = (payload: unknown, helpers: unknown, ...rest: unknown[]) => {
          void slot;
          return processed(name, payload, helpers, () => Reflect.apply(task, own, [payload, helpers, ...rest]));
        };
        const withClient = memberOf(params, 'withPgClient');
        if (typeof shared === 'object' && shared !== null && typeof withClient === 'function')
          depths.watchNamed(name, withClient, client => depthOf(client, memberOf(shared, 'escapedWorkerSchema'), name));
      }
      return { ...Object(params), tasks: watched };
    }

    function processed(name: string, payload: unknown, helpers: unknown, work: () => unknown): unknown {
      const job = memberOf(helpers, 'job');
      const [id, due] = [memberOf(job, 'id'), memberOf(job, 'run_at')];
      const [attempts, allowed] = [Number(memberOf(job, 'attempts')), Number(memberOf(job, 'max_attempts'))];
      const run = {
        queue: name,
        task: '',
        id: id === undefined ? undefined : String(id),
        attempt: attempts > 0 ? attempts : undefined,
        // The database's clock says when a job is due, ours when it was taken.
        waitMs: due instanceof Date ? Math.max(0, Date.now() - due.getTime()) : undefined,
        carrier: carriers.of(String(id)) ?? memberOf(payload, 'trace'),
      };
      return tasks.process(run, work, () => (attempts >= allowed ? 'dead' : 'retry'));
    }
  },
};

function patch(
  tools: Tools,
  target: unknown,
  name: string,
  around: (self: unknown, args: unknown[], method: Method) => unknown,
): void {
  if (typeof target !== 'object' || target === null) return;
  const undo = wrap(target, name, around);
  if (undo !== undefined) tools.undo(undo);
}

/** Counted through the library's own pool; at most 100,000 jobs are looked at. `schema` comes quoted. */
async function depthOf(withClient: object, schema: unknown, name: string): Promise<QueueDepth | undefined> {
  if (typeof withClient !== 'function' || typeof schema !== 'string' || !/^"?\w+"?$/.test(schema)) return undefined;
  const text = `SELECT CASE WHEN attempts >= max_attempts THEN 'failed' WHEN locked_at IS NOT NULL THEN 'active' WHEN run_at > now() THEN 'delayed' ELSE 'waiting' END AS state,
      priority, count(*)::int AS count, extract(epoch FROM now() - min(run_at))::float AS oldest
    FROM (SELECT attempts, max_attempts, locked_at, run_at, priority FROM ${schema}.jobs WHERE task_identifier = $1 LIMIT ${maxCounted}) AS jobs
    GROUP BY 1, 2`;
  const result: unknown = await withClient((client: unknown) => callMethod(client, 'query', text, [name]));
  const rows = memberOf(result, 'rows');
  if (!Array.isArray(rows)) return undefined;
  const states = { waiting: 0, active: 0, delayed: 0, failed: 0 };
  const priorities = new Map<number, number>();
  let oldestS = 0;
  for (const row of rows) {
    const [state, priority, count] = [
      memberOf(row, 'state'),
      Number(memberOf(row, 'priority')),
      Number(memberOf(row, 'count')),
    ];
    if (state !== 'waiting' && state !== 'active' && state !== 'delayed' && state !== 'failed') continue;
    states[state] += count;
    if (state !== 'waiting') continue;
    priorities.set(priority, (priorities.get(priority) ?? 0) + count);
    oldestS = Math.max(oldestS, Number(memberOf(row, 'oldest')) || 0);
  }
  return { states, priorities, oldestMs: oldestS * 1000 };
}
