import type { IncomingMessage } from 'node:http';
import { type Instrumentation, isAtLeast } from './instrumentation.js';
import { noteError } from './request-error.js';
import { requestOf, type ServerRequest } from './server-request.js';
import { wrap } from './wrap.js';

interface ExpressRequest extends IncomingMessage {
  readonly baseUrl?: string;
}

interface Layer {
  readonly handle: unknown;
}

interface LayerMessage {
  readonly req: ExpressRequest;
  /** The path pattern under which the layer was mounted; empty or `/` for plain middleware. */
  readonly route?: unknown;
  readonly layer: Layer;
  readonly error?: unknown;
}

interface MatchedRoute {
  readonly path?: unknown;
  readonly stack?: unknown;
}

/**
 * Express 5 (router ≥ 2.3) publishes every layer that handles a request; in Express 4 the method that calls a layer is wrapped. A handler inside a route gives the
 * route's pattern; a layer that is a mounted router gives the pattern of the part of the URL that it takes, so that `/users/7/orders/9` becomes
 * `/users/:user/orders/:id` and an id in a mount path never becomes part of a name.
 */
export const express: Instrumentation = {
  name: 'express',
  via: 'diagnostics channel',
  attach(tools) {
    tools.needs('router', '2.3.0');
    const mounts = new WeakMap<ServerRequest, Map<string, string>>();

    function onLayer(req: ExpressRequest, layer: Layer, mountedAt: unknown): void {
      const entry = requestOf(req);
      if (entry === undefined) return;
      // Set by Express on its request while a route handles it.
      const matched: MatchedRoute | undefined = 'route' in req ? (req.route as MatchedRoute | undefined) : undefined;
      const known = mounts.get(entry);
      const base = req.baseUrl ?? '';
      // The route stays on the request when a later middleware or error handler runs; only its own handlers tell its pattern.
      if (Array.isArray(matched?.stack) && matched.stack.includes(layer)) {
        // Inside a route a layer is mounted at `/`; the pattern is the route's.
        const pattern = typeof mountedAt === 'string' ? mountedAt : patternText(matched?.path);
        entry.route = join(basePattern(base, known), pattern);
      } else if (base !== '' && isRouter(layer.handle)) {
        const map = known ?? new Map<string, string>();
        if (known === undefined) mounts.set(entry, map);
        map.set(base, parentPattern(base, map) + patternText(mountedAt));
      }
    }

    tools.subscribe<LayerMessage>('tracing:express.router.request:start', ({ req, route, layer }) => {
      tools.seen();
      onLayer(req, layer, route);
    });
    tools.subscribe<LayerMessage>('tracing:express.router.request:error', ({ req, error }) => {
      const entry = requestOf(req);
      if (entry !== undefined) noteError(tools.recorder, entry, error);
    });

    // Express 4: its layers keep no pattern, so it is noted as they are mounted.
    const patterns = new WeakMap<object, unknown>();
    tools.onLoad('express', (exports, version) => {
      if (version === undefined || isAtLeast(version, '5.0.0')) return;
      const { Router } = exports as { readonly Router: object };
      const undo = wrap(Router, 'use', (router, args, use) => {
        const stack = stackOf(router);
        const before = stack?.length ?? 0;
        const result = use.apply(router, args);
        const [path] = args;
        if (typeof path === 'string' || path instanceof RegExp)
          for (const layer of stackOf(router)?.slice(before) ?? []) patterns.set(layer, path);
        return result;
      });
      if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });
    tools.onLoad('express/lib/router/layer', Layer => {
      if (typeof Layer !== 'function') return;
      const undo = wrap(Layer.prototype, 'handle_request', (self, args, handle) => {
        const [req, res, next] = args;
        try {
          // What Express 4 calls this method with.
          onLayer(req as ExpressRequest, self as Layer, patterns.get(self as object));
        } catch {
          tools.recorder.fault('express (layer)');
        }
        if (typeof next !== 'function') return handle.apply(self, args);
        return handle.call(self, req, res, (error: unknown) => {
          const entry = requestOf(req as ExpressRequest);
          const isFailure = Boolean(error) && error !== 'route' && error !== 'router';
          if (isFailure && entry !== undefined) noteError(tools.recorder, entry, error);
          return next(error);
        });
      });
      if (undo !== undefined) tools.undo(undo);
    });
  },
};

function stackOf(router: unknown): object[] | undefined {
  const stack: unknown = typeof router === 'function' && 'stack' in router ? router.stack : undefined;
  return Array.isArray(stack) ? stack : undefined;
}

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
