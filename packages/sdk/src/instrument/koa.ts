import type { IncomingMessage } from 'node:http';
import type { Instrumentation } from './instrumentation.js';
import { noteError } from './request-error.js';
import { requestOf } from './server-request.js';
import { wrap } from './wrap.js';

interface KoaContext {
  readonly req: IncomingMessage;
}

/** Where `@koa/router` and `koa-router` leave the pattern of what they matched, mount path included. */
const matchedRoute = '_matchedRoute';

/**
 * Koa 2 and 3: the route that a router leaves on the context, and what reaches the context's `onerror`. Errors that a middleware of the application
 * catches are its own affair.
 */
export const koa: Instrumentation = {
  name: 'koa',
  via: 'patch',
  attach(tools) {
    tools.onLoad('koa', (_exports, version) => tools.seen(version));
    tools.onLoad('koa/lib/context', proto => {
      if (typeof proto !== 'object' || proto === null) return;
      const undo = wrap(proto, 'onerror', (context, args, onerror) => {
        const [error] = args;
        // Also called with nothing, when an answer is complete.
        const entry = error === null || error === undefined ? undefined : entryOf(context);
        if (entry !== undefined) noteError(tools.recorder, entry, error);
        return onerror.apply(context, args);
      });
      if (undo !== undefined) tools.undo(undo);
      if (Object.hasOwn(proto, matchedRoute)) return;
      // Contexts inherit from this object: what a router assigns arrives here, and is then the context's own as it would be without us.
      Object.defineProperty(proto, matchedRoute, {
        configurable: true,
        get: () => undefined,
        set(this: object, route: unknown) {
          const entry = entryOf(this);
          if (entry !== undefined) entry.route = typeof route === 'string' ? route : String(route);
          Object.defineProperty(this, matchedRoute, {
            configurable: true,
            enumerable: true,
            get: () => route,
            set: (next: unknown) => {
              route = next;
              if (entry !== undefined) entry.route = String(next);
            },
          });
        },
      });
      tools.undo(() => void Reflect.deleteProperty(proto, matchedRoute));
    });
  },
};

function entryOf(context: unknown): ReturnType<typeof requestOf> {
  // Koa's own context: its request is Node's.
  const { req } = context as KoaContext;
  return typeof req === 'object' ? requestOf(req) : undefined;
}
