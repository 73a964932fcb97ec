import type { Recorder } from '../core/recorder.js';
import type { Instrumentation } from './instrumentation.js';
import { noteError } from './request-error.js';
import { requestOf } from './server-request.js';

interface FastifyRequest {
  readonly raw: object;
  readonly is404?: boolean;
  readonly routeOptions?: { readonly url?: string };
}

/** The part of an instance of Fastify that we use. */
export interface Fastify {
  readonly version?: string;
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: unknown, done: () => void) => void): unknown;
  addHook(
    name: 'onError',
    hook: (request: FastifyRequest, reply: unknown, error: unknown, done: () => void) => void,
  ): unknown;
}

/**
 * Fastify publishes each new instance. Our hooks are its first, so that a request which a later hook answers (an authentication, say) has its
 * route too, and an error from any hook or handler is seen.
 */
export const fastify: Instrumentation = {
  name: 'fastify',
  via: 'diagnostics channel',
  attach(tools) {
    tools.subscribe<{ readonly fastify: Fastify }>('fastify.initialization', ({ fastify }) => {
      tools.seen(fastify.version);
      followFastify(fastify, tools.recorder);
    });
  },
};

const followed = new WeakSet<Fastify>();

/** Adds our hooks to an instance, once. */
export function followFastify(fastify: Fastify, recorder: Recorder): void {
  if (followed.has(fastify)) return;
  followed.add(fastify);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const entry = requestOf(request.raw);
    if (entry !== undefined && request.is404 !== true) entry.route = request.routeOptions?.url;
    done();
  });
  fastify.addHook('onError', (request, _reply, error, done) => {
    const entry = requestOf(request.raw);
    if (entry !== undefined) noteError(recorder, entry, error);
    done();
  });
}
