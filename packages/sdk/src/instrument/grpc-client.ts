import { randomWord } from '../core/random-ids.js';
import { mayKnowTenant, tenantBaggage } from '../core/tenant.js';
import { traceParent } from '../core/trace-parent.js';
import { GrpcMethods, grpcFailure, grpcStatusKey } from './grpc-methods.js';
import { inScope } from './in-scope.js';
import type { Instrumentation } from './instrumentation.js';
import { beginLeaf, endLeaf, type LeafCall } from './leaf-call.js';
import { wrap } from './wrap.js';

/** Where each kind of call takes its metadata; options and callback come after it. */
const metadataAt = {
  makeUnaryRequest: 4,
  makeClientStreamRequest: 3,
  makeServerStreamRequest: 4,
  makeBidiStreamRequest: 3,
} as const;

interface Metadata {
  clone(): Metadata;
  set(key: string, value: string): void;
  get(key: string): readonly unknown[];
}

/** The client of `@grpc/grpc-js`: the four methods through which every stub calls. */
export const grpcClient: Instrumentation = {
  name: 'grpc-client',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const methods = new GrpcMethods(recorder, 'client');
    let NewMetadata: (new () => Metadata) | undefined;

    tools.onLoad('@grpc/grpc-js/build/src/metadata', exports => {
      // The package's own class, which its documentation has users make too.
      NewMetadata = Reflect.get(Object(exports), 'Metadata') as typeof NewMetadata;
    });
    // Stubs take the methods from the class as their own file is loaded, so they are wrapped as soon as the class is there.
    tools.onLoad('@grpc/grpc-js/build/src/client', (exports, version) => {
      const Client: unknown = Reflect.get(Object(exports), 'Client');
      if (typeof Client !== 'function') return;
      for (const [name, at] of Object.entries(metadataAt)) {
        const undo = wrap(Client.prototype, name, (client, args, make) => {
          const [path] = args;
          let call: LeafCall | undefined;
          let sent = args;
          try {
            call = typeof path === 'string' ? beginLeaf() : undefined;
            if (call !== undefined) sent = withTrace(client, args, at, call);
          } catch {
            recorder.fault('grpc-client (call)');
          }
          const emitter = make.apply(client, sent);
          try {
            if (call !== undefined) watch(emitter, String(path), call);
          } catch {
            recorder.fault('grpc-client (answer)');
          }
          return emitter;
        });
        if (undo === undefined) return;
        tools.undo(undo);
      }
      tools.seen(version);
    });

    function withTrace(client: unknown, args: unknown[], at: number, call: LeafCall): unknown[] {
      if (NewMetadata === undefined) return args;
      const { scope, isRoot } = call;
      call.s0 = isRoot ? scope.s0 : randomWord();
      call.s1 = isRoot ? scope.s1 : randomWord();
      const given = args[at];
      const isGiven = given instanceof NewMetadata;
      // A user may use the same metadata for many calls.
      const metadata = isGiven ? given.clone() : new NewMetadata();
      if (metadata.get('traceparent').length === 0) {
        metadata.set('traceparent', traceParent(scope, call.s0, call.s1));
        if (scope.traceState !== '') metadata.set('tracestate', scope.traceState);
      }
      const baggage = tenantBaggage(scope.shared);
      if (baggage !== undefined && mayKnowTenant(hostOf(client), recorder.config.tenantHosts)) {
        metadata.set('baggage', baggage);
      }
      const isAbsent = given === undefined || given === null;
      const sent = args.toSpliced(at, isGiven || isAbsent ? 1 : 0, metadata);
      const last = sent.at(-1);
      if (typeof last === 'function' && !isRoot) sent[sent.length - 1] = inScope(scope, last);
      return sent;
    }

    function watch(emitter: unknown, path: string, call: LeafCall): void {
      // What every kind of call returns: an emitter that tells of its status once.
      const calls = emitter as { once(event: 'status', listener: (status: { readonly code: number }) => void): void };
      calls.once('status', ({ code }) => {
        try {
          endLeaf(recorder, call, methods.of(path), grpcFailure(code, 'client'), spans =>
            spans.integer(grpcStatusKey, code),
          );
        } catch {
          recorder.fault('grpc-client (status)');
        }
      });
    }
  },
};

/** The host of `dns:orders.internal:443` or `127.0.0.1:50051`. */
function hostOf(client: unknown): string {
  const channel =
    typeof client === 'object' && client !== null && 'getChannel' in client ? client.getChannel : undefined;
  if (typeof channel !== 'function') return '';
  const target: unknown = Reflect.apply(channel, client, []).getTarget();
  return typeof target === 'string' ? target.replace(/^\w+:(?:\/\/[^/]*\/)?(?=[^\d])/, '').replace(/:\d+$/, '') : '';
}
