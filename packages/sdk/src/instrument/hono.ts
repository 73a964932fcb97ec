import { scopes } from '../core/scope.js';
import type { Instrumentation } from './instrumentation.js';
import { noteError } from './request-error.js';
import { ServerRequest } from './server-request.js';
import { wrap } from './wrap.js';

type Handler = (context: unknown, next: unknown) => unknown;

/** What Hono puts into its router for each handler. */
interface Route {
  readonly path: string;
  readonly method: string;
}

const routers = ['smart-router', 'reg-exp-router', 'trie-router', 'linear-router', 'pattern-router'];

/**
 * Hono 3 and 4 on Node: each handler is wrapped as it is put into a router, and tells the pattern that it was registered under. The request is found by the active scope, so any
 * server that runs Hono's `fetch` on `node:http` will do.
 */
export const hono: Instrumentation = {
  name: 'hono',
  via: 'patch',
  attach(tools) {
    const ours = new WeakSet<Handler>();

    function follow(handler: Handler, { path, method }: Route): Handler {
      // `app.use(path, middleware)` is registered like `app.all(path, handler)`; what takes `next` and a whole subtree is no route.
      const isMiddleware = method === 'ALL' && path.endsWith('*') && handler.length > 1;
      const followed: Handler = (context, next) => {
        const entry = scopes.getStore()?.shared.entry;
        if (!(entry instanceof ServerRequest)) return handler(context, next);
        if (!isMiddleware) entry.route = path;
        try {
          const result = handler(context, next);
          if (result instanceof Promise) result.catch((error: unknown) => noteError(tools.recorder, entry, error));
          return result;
        } catch (error) {
          noteError(tools.recorder, entry, error);
          throw error;
        }
      };
      ours.add(followed);
      return followed;
    }

    tools.onLoad('hono', (_exports, version) => tools.seen(version));
    for (const router of routers) {
      for (const folder of ['dist', 'dist/cjs']) {
        tools.onLoad(`hono/${folder}/router/${router}/router`, exports => {
          for (const Router of Object.values(exports as Record<string, unknown>)) {
            if (typeof Router !== 'function' || typeof Router.prototype !== 'object') continue;
            const undo = wrap(Router.prototype, 'add', (self, [method, path, handler], add) =>
              add.call(self, method, path, isPair(handler) ? [followOnce(handler), handler[1]] : handler),
            );
            if (undo !== undefined) tools.undo(undo);
          }
        });
      }
    }

    /** A router may hand its routes on to others. */
    function followOnce([handler, route]: readonly [Handler, Route]): Handler {
      return ours.has(handler) ? handler : follow(handler, route);
    }
  },
};

function isPair(value: unknown): value is readonly [Handler, Route] {
  if (!Array.isArray(value) || typeof value[0] !== 'function') return false;
  const route: unknown = value[1];
  return typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string';
}
