import type { IncomingMessage } from 'node:http';
import { activeRecorder } from '../../core/active-recorder.js';
import { noteError } from '../../instrument/request-error.js';
import { requestOf } from '../../instrument/server-request.js';

/** The part of Express' request that we read: Node's, with what a router leaves on it. */
interface Request extends IncomingMessage {
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}

type Next = (error?: unknown) => void;

/**
 * For applications that set up telemetry in code, and not by `--import`: `app.use(expressRequests())` before the routes. The route is what the router left on the request
 * when it was answered; ids in the path of a mounted router are shown as `:id`. With the flag it does no harm.
 */
export function expressRequests(): (request: Request, response: unknown, next: Next) => void {
  return (request, _response, next) => {
    const entry = requestOf(request);
    if (entry !== undefined) entry.routeAtEnd = () => routeOf(request);
    next();
  };
}

/** `app.use(expressErrors())` after the routes and before the application's own error handlers: what a handler threw is reported, and goes on to them. */
export function expressErrors(): (error: unknown, request: Request, response: unknown, next: Next) => void {
  // Express tells error handlers by their four parameters.
  return (error, request, _response, next) => {
    const recorder = activeRecorder();
    const entry = requestOf(request);
    if (recorder !== undefined && entry !== undefined) noteError(recorder, entry, error);
    next(error);
  };
}

function routeOf({ baseUrl = '', route }: Request): string | undefined {
  const path = route?.path;
  if (typeof path !== 'string') return undefined;
  const base = baseUrl.replace(/\/(?:\d+|[\da-f]{8,}(?:-[\da-f]+)*)(?=\/|$)/gi, '/:id');
  return path === '/' && base !== '' ? base : base + path;
}
