import { activeRecorder } from '../../core/active-recorder.js';
import { scopes } from '../../core/scope.js';
import { noteError } from '../../instrument/request-error.js';
import { ServerRequest } from '../../instrument/server-request.js';

interface HonoContext {
  readonly error?: unknown;
  readonly req: { readonly routePath?: string };
}

/** For applications that set up telemetry in code, and not by `--import`: `app.use('*', honoRequests())` before everything else. */
export function honoRequests(): (context: HonoContext, next: () => Promise<void>) => Promise<void> {
  return async (context, next) => {
    const entry = scopes.getStore()?.shared.entry;
    await next();
    if (!(entry instanceof ServerRequest)) return;
    // The pattern of the last handler that ran: a middleware's own is `/*`.
    const route = context.req.routePath;
    if (route !== undefined && !route.endsWith('*')) entry.route ??= route;
    const recorder = activeRecorder();
    if (context.error !== undefined && recorder !== undefined) noteError(recorder, entry, context.error);
  };
}
