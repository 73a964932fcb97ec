import { types } from 'node:util';
import { scopes } from '../core/scope.js';
import { memberOf } from '../errors/member-of.js';
import type { Instrumentation } from './instrumentation.js';
import { noteError } from './request-error.js';
import { ServerRequest } from './server-request.js';
import { wrap } from './wrap.js';

/** The type of the span in which Next runs what a route handler is (next/dist/server/lib/trace/constants). */
const runsHandler = 'AppRouteRouteHandlers.runHandler';

const errorPages = new Set(['/_error', '/500']);

/** What runs pages and API routes, by the class that each file exports. Which of a class' files an application loads depends on its bundler and its settings. */
const runtimes = [
  { name: 'PagesAPIRouteModule', files: ['pages-api', 'pages-api-turbo'] },
  { name: 'PagesRouteModule', files: ['pages', 'pages-turbo'] },
  {
    name: 'AppPageRouteModule',
    files: ['app-page', 'app-page-turbo', 'app-page-experimental', 'app-page-turbo-experimental'],
  },
] as const;

/**
 * Next.js 15 and 16, pages and route handlers: the route that it has matched (`/orders/[order]`), from where it notes it for its own spans, and what is thrown, which is reported with its request:
 * by a route handler, from the span in which Next runs it; by a page, by `getServerSideProps` and by an API route of `pages`, where Next asks `onRequestError` of the application's
 * `instrumentation.ts`, which need not exist. The spans are of `@opentelemetry/api` and come under the request's.
 */
export const next: Instrumentation = {
  name: 'next',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    tools.onLoad('next/dist/server/lib/trace/tracer', (exports, version) => {
      const getTracer: unknown = Reflect.get(Object(exports), 'getTracer');
      if (typeof getTracer !== 'function') return;
      const prototype: unknown = Object.getPrototypeOf(getTracer());
      if (typeof prototype !== 'object' || prototype === null) return;
      const undos = [
        wrap(prototype, 'setRootSpanAttribute', (tracer, args, set) => {
          const [key, route] = args;
          const entry = key === 'next.route' ? scopes.getStore()?.shared.entry : undefined;
          // What is shown in place of a page that failed is not what was asked for.
          if (entry instanceof ServerRequest && typeof route === 'string' && !errorPages.has(route)) {
            entry.route = route.replace(/\/(?:route|page)$/, '') || '/';
          }
          return set.apply(tracer, args);
        }),
        wrap(prototype, 'trace', (tracer, args, trace) => {
          const entry = args[0] === runsHandler ? scopes.getStore()?.shared.entry : undefined;
          if (!(entry instanceof ServerRequest)) return trace.apply(tracer, args);
          let result: unknown;
          try {
            result = trace.apply(tracer, args);
          } catch (error) {
            noted(entry, error);
            throw error;
          }
          // Beside theirs, so that what they await stays their own promise.
          if (types.isPromise(result)) result.then(undefined, error => noted(entry, error));
          return result;
        }),
      ];
      for (const undo of undos) if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });
    for (const { name, files } of runtimes) {
      for (const file of files) {
        for (const mode of ['prod', 'dev'])
          tools.onLoad(`next/dist/compiled/next-server/${file}.runtime.${mode}`, exports => watchErrors(exports, name));
      }
    }

    function watchErrors(exports: unknown, name: string): void {
      const prototype = memberOf(memberOf(exports, name), 'prototype');
      if (typeof prototype !== 'object' || prototype === null) return;
      const undo = wrap(prototype, 'instrumentationOnRequestError', (module, args, tell) => {
        const entry = scopes.getStore()?.shared.entry;
        if (entry instanceof ServerRequest) noted(entry, args[1]);
        return tell.apply(module, args);
      });
      if (undo !== undefined) tools.undo(undo);
    }

    function noted(entry: ServerRequest, error: unknown): void {
      try {
        if (!isControlFlow(error)) noteError(recorder, entry, error);
      } catch {
        recorder.fault('next (error)');
      }
    }
  },
};

/** `redirect()`, `notFound()` and their kin throw what Next itself catches. */
function isControlFlow(error: unknown): boolean {
  const digest = memberOf(error, 'digest');
  return typeof digest === 'string' && /^(?:NEXT_|DYNAMIC_SERVER_USAGE|BAILOUT_TO_CLIENT_SIDE_RENDERING)/.test(digest);
}
