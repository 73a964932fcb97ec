import type { IncomingMessage } from 'node:http';
import type { Instrumentation } from './instrumentation.js';
import { noteError } from './request-error.js';
import { requestOf, type ServerRequest } from './server-request.js';

interface ExpressRequest extends IncomingMessage {
  readonly baseUrl?: string;
}

interface LayerMessage {
  readonly req: ExpressRequest;
  /** The path pattern under which the layer was mounted; empty or `/` for plain middleware. */
  readonly route?: unknown;
  readonly layer: { readonly handle: unknown; readonly route?: unknown };
  readonly handler?: unknown;
  readonly error?: unknown;
}

interface MatchedRoute {
  readonly path?: unknown;
  readonly stack?: unknown;
}

/**
 * Express 5 (router ≥ 2.3) publishes every layer that handles a request. A handler inside a route gives the route's pattern; a layer that is a
 * mounted router gives the pattern of the part of the URL that it takes, so that `/users/7/orders/9` becomes `/users/:user/orders/:id` and an id
 * in a mount path never becomes part of a name.
 */
export const express: Instrumentation = {
  name: 'express',
  via: 'diagnostics channel',
  attach(tools) {
    tools.needs('router', '2.3.0');
    const mounts = new WeakMap<ServerRequest, Map<string, string>>();

    tools.subscribe<LayerMessage>('tracing:express.router.request:start', ({ req, route, layer }) => {
      tools.seen();
      const entry = requestOf(req);
      if (entry === undefined) return;
      // Set by Express on its request while a route handles it.
      const matched: MatchedRoute | undefined = 'route' in req ? (req.route as MatchedRoute | undefined) : undefined;
      const known = mounts.get(entry);
      const base = req.baseUrl ?? '';
      // The route stays on the request when a later middleware or error handler runs; only its own handlers tell its pattern.
      if (Array.isArray(matched?.stack) && matched.stack.includes(layer)) {
        const pattern = typeof route === 'string' ? route : patternText(matched?.path);
        entry.route = join(basePattern(base, known), pattern);
      } else if (base !== '' && isRouter(layer.handle)) {
        const map = known ?? new Map<string, string>();
        if (known === undefined) mounts.set(entry, map);
        map.set(base, parentPattern(base, map) + patternText(route));
      }
    });
    tools.subscribe<LayerMessage>('tracing:express.router.request:error', ({ req, error }) => {
      const entry = requestOf(req);
      if (entry !== undefined) noteError(tools.recorder, entry, error);
    });
  },
};

function isRouter(handle: unknown): boolean {
  // Routers and applications are functions with a stack of layers or a router in them.
  return typeof handle === 'function' && ('stack' in handle || 'router' in handle || handle.name === 'mounted_app');
}

function patternText(pattern: unknown): string {
  if (typeof pattern === 'string') return pattern === '/' ? '' : pattern;
  return pattern instanceof RegExp ? `/${pattern.source}` : '';
}

/** The pattern of the innermost mount that `base` lies in, without `base` itself. */
function parentPattern(base: string, known: ReadonlyMap<string, string>): string {
  let best = '';
  let pattern = '';
  for (const [path, text] of known) {
    if (path !== base && base.startsWith(path) && path.length > best.length) [best, pattern] = [path, text];
  }
  return pattern;
}

function basePattern(base: string, known: ReadonlyMap<string, string> | undefined): string {
  if (base === '') return '';
  return known?.get(base) ?? base.replace(/\/(?:\d+|[\da-f]{8,}(?:-[\da-f]+)*)(?=\/|$)/gi, '/:id');
}

function join(base: string, pattern: string): string {
  if (pattern === '' || pattern === '/') return base === '' ? '/' : base;
  return base + (pattern.startsWith('/') ? pattern : `/${pattern}`);
}
