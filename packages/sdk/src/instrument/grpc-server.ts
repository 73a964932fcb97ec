import { scopes } from '../core/scope.js';
import { GrpcMethods, grpcFailure, grpcStatusKey } from './grpc-methods.js';
import type { Instrumentation } from './instrumentation.js';
import { beginReceivedWork, endWork, type WorkSpan } from './work-span.js';
import { type Method, wrap } from './wrap.js';

/** The part of a call, as `@grpc/grpc-js` hands it to a method of a service, that we use. */
interface ServerCall {
  readonly metadata: { get(key: string): readonly (string | Buffer)[] };
  readonly call: { sendStatus(status: { readonly code?: number }): void };
  once(event: 'cancelled', listener: () => void): unknown;
}

/**
 * The server of `@grpc/grpc-js`: each method is wrapped as it is registered. A call is over when its status is sent, or when its client goes away; this is the same for all
 * four kinds of methods.
 */
export const grpcServer: Instrumentation = {
  name: 'grpc-server',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const methods = new GrpcMethods(recorder, 'server');

    tools.onLoad('@grpc/grpc-js', (exports, version) => {
      const Server: unknown = Reflect.get(Object(exports), 'Server');
      if (typeof Server !== 'function') return;
      const undo = wrap(Server.prototype, 'register', (server, args, register) => {
        const [path, handler, ...rest] = args;
        if (typeof path !== 'string' || typeof handler !== 'function') return register.apply(server, args);
        // A user's function, called as it would be without us.
        return register.call(server, path, follow(path, handler as Method), ...rest);
      });
      if (undo === undefined) return;
      tools.undo(undo);
      tools.seen(version);
    });

    function follow(path: string, handler: Method): Method {
      return function (this: unknown, ...args: unknown[]) {
        let work: WorkSpan | undefined;
        try {
          // What the library calls a method with first, whatever its kind.
          const call = args[0] as ServerCall;
          work = beginReceivedWork(name => headerOf(call, name));
          watch(call, path, work);
        } catch {
          recorder.fault('grpc-server (call)');
        }
        if (work === undefined) return handler.apply(this, args);
        const { scope, detail } = work;
        const [call, callback] = args;
        if (typeof callback === 'function') {
          const answer = callback as Method;
          args = [
            call,
            function (this: unknown, error: unknown, ...more: unknown[]) {
              if (error !== null && error !== undefined) failures.set(detail, error);
              return answer.call(this, error, ...more);
            },
          ];
        }
        return scopes.run(scope, () => {
          try {
            return handler.apply(this, args);
          } catch (error) {
            failures.set(detail, error);
            throw error;
          }
        });
      };
    }

    /** What a method answered with, or threw, until its status is sent. */
    const failures = new WeakMap<object, unknown>();

    function watch(call: ServerCall, path: string, work: WorkSpan): void {
      const sent = call.call;
      const sendStatus = sent.sendStatus;
      sent.sendStatus = status => {
        end(path, work, status?.code ?? 2);
        sendStatus.call(sent, status);
      };
      call.once('cancelled', () => end(path, work, 1));
    }

    function end(path: string, work: WorkSpan, code: number): void {
      try {
        const failure = grpcFailure(code, 'server');
        const error = failure === '' ? undefined : failures.get(work.detail);
        const mechanism = { type: 'grpc.server', handled: false } as const;
        const reported =
          error instanceof Error && !work.isOver
            ? recorder.errors.exception(error, { mechanism, scope: work.scope })
            : undefined;
        endWork(recorder, work, methods.of(path), {
          failure,
          error,
          reported,
          more: spans => spans.integer(grpcStatusKey, code),
        });
      } catch {
        recorder.fault('grpc-server (status)');
      }
    }
  },
};

function headerOf(call: ServerCall, name: string): string | undefined {
  const [value] = call.metadata.get(name);
  return typeof value === 'string' ? value : undefined;
}
