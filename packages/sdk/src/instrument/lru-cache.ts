import { memberOf } from '../errors/member-of.js';
import { CacheLookups } from './cache-lookups.js';
import { isAtLeast, type Instrumentation } from './instrumentation.js';
import { LocalCaches } from './local-caches.js';
import { wrap } from './wrap.js';

/** The part of lru-cache's status object that we read (https://isaacs.github.io/node-lru-cache/interfaces/LRUCache.LRUCache.Status.html). */
interface Status {
  readonly op: 'get' | 'set' | 'has' | 'peek' | 'delete' | 'fetch' | 'memo';
  readonly cache: { readonly size: number; readonly max: number };
  readonly get?: string;
  readonly set?: string;
  readonly fetch?: string;
  readonly memo?: string;
  readonly delete?: string;
}

const publishesFrom = '11.3.0';

/**
 * lru-cache ≥ 11.3 publishes what it does; before, its methods are wrapped. A read takes a tenth of a microsecond, so it is counted and no more: no span, no duration,
 * and no pattern of its key.
 */
export const lruCache: Instrumentation = {
  name: 'lru-cache',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const lookups = new CacheLookups(recorder, 'lru-cache');
    const caches = new LocalCaches(recorder, 'lru-cache', cache => ({
      items: Number(memberOf(cache, 'size')) || 0,
      maxItems: Number(memberOf(cache, 'max')) || 0,
    }));
    tools.undo(caches.stop);
    /** The size after the last item was added, -1 when something was taken out since. */
    const sizes = new WeakMap<object, number>();

    function added(cache: Status['cache']): void {
      const { size, max } = cache;
      if (size === max && max > 0 && sizes.get(cache) === max) caches.evicted('full');
      sizes.set(cache, size);
    }
    const read = (word: string | undefined): void =>
      lookups.count('', word === 'hit' || word === 'refresh' ? 'hit' : 'miss');

    tools.subscribe<Status>('lru-cache:metrics', status => {
      const { op, cache } = status;
      tools.seen();
      caches.watch(cache);
      switch (op) {
        case 'get':
          return read(status.get);
        case 'memo':
          return read(status.memo);
        case 'set':
          if (status.set === 'add') added(cache);
          return;
        case 'delete':
          if (status.delete === 'expire') caches.evicted('ttl');
          sizes.set(cache, -1);
          return;
        default:
      }
    });
    tools.subscribe<Status>('tracing:lru-cache:start', status => {
      if (status.op !== 'fetch') return;
      caches.watch(status.cache);
      read(status.fetch === 'get' ? status.get : status.fetch);
    });

    tools.onLoad('lru-cache', (exports, version) => {
      if (version === undefined || isAtLeast(version, publishesFrom)) return;
      // It was the export itself, a function, before it had this name.
      const LRUCache = memberOf(exports, 'LRUCache') ?? exports;
      if (typeof LRUCache !== 'function') return;
      for (const name of ['get', 'fetch']) {
        const undo = wrap(LRUCache.prototype, name, (cache, args, method) => {
          if (typeof cache !== 'object' || cache === null) return method.apply(cache, args);
          caches.watch(cache);
          // Without a fetch method, `fetch` is `get`, which counts by itself.
          if (name === 'fetch' && typeof memberOf(cache, 'fetchMethod') === 'function') {
            const has = memberOf(cache, 'has');
            lookups.count(
              '',
              typeof has === 'function' && Reflect.apply(has, cache, args.slice(0, 1)) === true ? 'hit' : 'miss',
            );
            return method.apply(cache, args);
          }
          const value = method.apply(cache, args);
          if (name === 'get') lookups.count('', value === undefined ? 'miss' : 'hit');
          return value;
        });
        if (undo !== undefined) tools.undo(undo);
      }
      const undo = wrap(LRUCache.prototype, 'set', (cache, args, method) => {
        const [before, max] = [Number(memberOf(cache, 'size')), Number(memberOf(cache, 'max'))];
        const has = memberOf(cache, 'has');
        const isNew =
          before === max && typeof has === 'function' && Reflect.apply(has, cache, args.slice(0, 1)) === false;
        const result = method.apply(cache, args);
        if (isNew && Number(memberOf(cache, 'size')) === max) caches.evicted('full');
        return result;
      });
      if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });
  },
};
