import type { Instrumentation } from './instrumentation.js';
import { noteError } from './request-error.js';
import { requestOf } from './server-request.js';
import { wrap } from './wrap.js';

interface ArgumentsHost {
  getArgByIndex(index: number): unknown;
}

/**
 * NestJS 11 and 12. Routes come from its Express or Fastify; what handlers, guards and pipes throw goes to Nest's own exception filters and never to these, so it is
 * taken where Nest hands it to a filter.
 */
export const nestjs: Instrumentation = {
  name: 'nestjs',
  via: 'patch',
  attach(tools) {
    const follow = (target: unknown, method: string): void => {
      if (typeof target !== 'function') return;
      const undo = wrap(target.prototype, method, (handler, args, handle) => {
        const [error, host] = args;
        try {
          const entry = entryOf(host);
          if (entry !== undefined) noteError(tools.recorder, entry, error);
        } catch {
          tools.recorder.fault('nestjs (exception)');
        }
        return handle.apply(handler, args);
      });
      if (undo !== undefined) tools.undo(undo);
    };
    tools.onLoad('@nestjs/core/exceptions/exceptions-handler', exports =>
      follow(Reflect.get(Object(exports), 'ExceptionsHandler'), 'next'),
    );
    // What no filter of the application took ends here. It is all that is seen where a file of an ES module cannot be reached: CommonJS with Nest 12 on Node 20.
    tools.onLoad('@nestjs/core', (exports, version) => {
      follow(Reflect.get(Object(exports), 'BaseExceptionFilter'), 'catch');
      tools.seen(version);
    });
  },
};

/** The first argument of a handler is Express' request, which is Node's, or Fastify's around it. */
function entryOf(host: unknown): ReturnType<typeof requestOf> {
  if (typeof host !== 'object' || host === null || !('getArgByIndex' in host)) return undefined;
  // Nest's documented class for what a handler was called with.
  const request = (host as ArgumentsHost).getArgByIndex(0);
  if (typeof request !== 'object' || request === null) return undefined;
  const raw: unknown = 'raw' in request ? request.raw : undefined;
  return requestOf(typeof raw === 'object' && raw !== null ? raw : request);
}
