import { memberOf } from '../errors/member-of.js';
import { CacheLookups } from './cache-lookups.js';
import type { Instrumentation } from './instrumentation.js';
import { LocalCaches } from './local-caches.js';
import { wrap } from './wrap.js';

/** node-cache ≥ 5: reads by result, items, and those whose time was over. As with all caches in this process, without spans. */
export const nodeCache: Instrumentation = {
  name: 'node-cache',
  via: 'patch',
  attach(tools) {
    const lookups = new CacheLookups(tools.recorder, 'node-cache');
    const caches = new LocalCaches(tools.recorder, 'node-cache', cache => ({
      items: Number(memberOf(memberOf(cache, 'stats'), 'keys')) || 0,
      maxItems: Math.max(0, Number(memberOf(memberOf(cache, 'options'), 'maxKeys')) || 0),
    }));
    tools.undo(caches.stop);

    tools.onLoad('node-cache', (NodeCache, version) => {
      if (typeof NodeCache !== 'function') return;
      const undos = [
        wrap(NodeCache.prototype, 'get', (cache, args, get) => {
          const value = get.apply(cache, args);
          caches.watch(cache);
          lookups.count('', value === undefined ? 'miss' : 'hit');
          return value;
        }),
        wrap(NodeCache.prototype, 'mget', (cache, args, mget) => {
          const found = mget.apply(cache, args);
          const [keys] = args;
          caches.watch(cache);
          if (Array.isArray(keys) && typeof found === 'object' && found !== null) {
            const hits = Object.keys(found).length;
            lookups.count('', 'hit', hits);
            lookups.count('', 'miss', Math.max(0, keys.length - hits));
          }
          return found;
        }),
        wrap(NodeCache.prototype, 'emit', (cache, args, emit) => {
          if (args[0] === 'expired') caches.evicted('ttl');
          return emit.apply(cache, args);
        }),
      ];
      for (const undo of undos) if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });
  },
};
