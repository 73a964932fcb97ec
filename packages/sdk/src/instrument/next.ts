import { scopes } from '../core/scope.js';
import type { Instrumentation } from './instrumentation.js';
import { ServerRequest } from './server-request.js';
import { wrap } from './wrap.js';

/**
 * Next.js 15 and 16, pages and route handlers: the route that it has matched (`/orders/[order]`), from where it notes it for its own spans. These are spans of
 * `@opentelemetry/api` and come under the request's, with the errors of handlers as events.
 */
export const next: Instrumentation = {
  name: 'next',
  via: 'patch',
  attach(tools) {
    tools.onLoad('next/dist/server/lib/trace/tracer', (exports, version) => {
      const getTracer: unknown = Reflect.get(Object(exports), 'getTracer');
      if (typeof getTracer !== 'function') return;
      const undo = wrap(Object.getPrototypeOf(getTracer()), 'setRootSpanAttribute', (tracer, args, set) => {
        const [key, route] = args;
        const entry = key === 'next.route' ? scopes.getStore()?.shared.entry : undefined;
        if (entry instanceof ServerRequest && typeof route === 'string') {
          entry.route = route.replace(/\/(?:route|page)$/, '') || '/';
        }
        return set.apply(tracer, args);
      });
      if (undo === undefined) return;
      tools.undo(undo);
      tools.seen(version);
    });
  },
};
