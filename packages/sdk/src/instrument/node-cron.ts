import { memberOf } from '../errors/member-of.js';
import type { Instrumentation } from './instrumentation.js';
import { TaskTelemetry } from './task-telemetry.js';
import { wrap } from './wrap.js';

type CronFunction = (...args: unknown[]) => unknown;

/** node-cron 3 and 4: a run of a scheduled function is a trace of its own, by the task's name, else the function's, else its expression. */
export const nodeCron: Instrumentation = {
  name: 'node-cron',
  via: 'patch',
  attach(tools) {
    const tasks = new TaskTelemetry(tools.recorder, 'node-cron');
    /** `schedule` may go on to `createTask`. */
    const watched = new WeakSet<object>();

    function watch(expression: unknown, fn: CronFunction, options: unknown): CronFunction {
      const name = memberOf(options, 'name');
      const queue = typeof name === 'string' && name !== '' ? name : fn.name || String(expression);
      const run = { queue, task: '', id: undefined, attempt: undefined, waitMs: undefined, carrier: undefined };
      const worked = (...args: unknown[]): unknown =>
        tasks.process(
          { ...run, subjects: args },
          () => fn(...args),
          () => 'unknown',
        );
      watched.add(worked);
      return worked;
    }

    tools.onLoad('node-cron', (exports, version) => {
      for (const target of [exports, memberOf(exports, 'default'), memberOf(exports, 'nodeCron')]) {
        if (typeof target !== 'object' || target === null) continue;
        for (const name of ['schedule', 'createTask']) {
          const undo = wrap(target, name, (self, args, schedule) => {
            const [expression, fn, options, ...rest] = args;
            // A path of a file is run in a process of its own.
            if (typeof fn !== 'function' || watched.has(fn)) return schedule.apply(self, args);
            // What a scheduler calls, it calls as a function.
            return schedule.call(self, expression, watch(expression, fn as CronFunction, options), options, ...rest);
          });
          if (undo !== undefined) tools.undo(undo);
        }
      }
      tools.seen(version);
    });
  },
};
