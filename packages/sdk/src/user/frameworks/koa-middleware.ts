import type { IncomingMessage } from 'node:http';
import { activeRecorder } from '../../core/active-recorder.js';
import { noteError } from '../../instrument/request-error.js';
import { requestOf } from '../../instrument/server-request.js';

interface KoaContext {
  readonly req: IncomingMessage;
  readonly _matchedRoute?: unknown;
}

/** For applications that set up telemetry in code, and not by `--import`: `app.use(koaRequests())` before everything else. */
export function koaRequests(): (context: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  return async (context, next) => {
    const entry = requestOf(context.req);
    if (entry !== undefined) {
      entry.routeAtEnd = () => {
        // What a router leaves on the context: its pattern with the path it is mounted at.
        const route = context._matchedRoute;
        return route === undefined ? undefined : String(route);
      };
    }
    try {
      await next();
    } catch (error) {
      const recorder = activeRecorder();
      if (recorder !== undefined && entry !== undefined) noteError(recorder, entry, error);
      throw error;
    }
  };
}
