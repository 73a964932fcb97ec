import { nowMs } from '../core/clock.js';
import type { Point } from '../core/metrics.js';
import { errorType } from '../core/span-detail.js';
import { memberOf } from '../errors/member-of.js';
import { CacheLookups } from './cache-lookups.js';
import type { Instrumentation } from './instrumentation.js';
import { KeyPatterns } from './key-patterns.js';
import { settled } from './settled.js';
import { wrap } from './wrap.js';

const operations = ['get', 'getMany', 'set', 'delete', 'has', 'clear'];
const maxErrorTypes = 50;

/** Keyv ≥ 4: durations by operation, reads by result and key pattern. Its store (Redis, say) makes the spans. */
export const keyv: Instrumentation = {
  name: 'keyv',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const lookups = new CacheLookups(recorder, 'keyv');
    const patterns = new KeyPatterns();
    const metric = recorder.metrics.metric({
      name: 'cache.operation.duration',
      unit: 's',
      description: 'Time of functions that use a cache, by result',
      kind: 'histogram',
      scope: '@bellwether/node',
    });
    const points = new Map<string, Point>();

    function duration(operation: string, failure: string): Point {
      const key = `${operation} ${failure}`;
      let point = points.get(key);
      if (point === undefined) {
        const attributes = { 'cache.system': 'keyv', 'cache.operation': operation };
        point = metric.point(failure === '' ? attributes : { ...attributes, 'error.type': failure });
        if (points.size < operations.length * maxErrorTypes) points.set(key, point);
      }
      return point;
    }

    function count(keys: unknown, value: unknown, failed: boolean): void {
      const list = Array.isArray(keys) ? keys : [keys];
      const pattern = typeof list[0] === 'string' ? patterns.of(list[0]) : '';
      if (failed) return lookups.count(pattern, 'error', list.length);
      const values: readonly unknown[] = Array.isArray(keys) && Array.isArray(value) ? value : [value];
      const misses = values.reduce<number>((sum, item) => sum + (item === undefined || item === null ? 1 : 0), 0);
      lookups.count(pattern, 'miss', misses);
      lookups.count(pattern, 'hit', values.length - misses);
    }

    tools.onLoad('keyv', (exports, version) => {
      const Keyv = memberOf(exports, 'Keyv') ?? memberOf(exports, 'default') ?? exports;
      if (typeof Keyv !== 'function') return;
      for (const operation of operations) {
        const undo = wrap(Keyv.prototype, operation, (cache, args, method) => {
          // Many keys go on to a method of their own, where there is one.
          const isPassedOn =
            operation === 'get' && Array.isArray(args[0]) && typeof memberOf(cache, 'getMany') === 'function';
          if (isPassedOn) return method.apply(cache, args);
          const startMs = nowMs();
          return settled(method.apply(cache, args), (error, value) => {
            try {
              const failed = error !== undefined;
              duration(operation, failed ? errorType(error) : '').histogram?.record((nowMs() - startMs) / 1000);
              if (operation === 'get' || operation === 'getMany') count(args[0], value, failed);
            } catch {
              recorder.fault('keyv (answer)');
            }
          });
        });
        if (undo !== undefined) tools.undo(undo);
      }
      tools.seen(version);
    });
  },
};
