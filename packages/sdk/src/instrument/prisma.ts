import { memberOf } from '../errors/member-of.js';
import type { Instrumentation } from './instrumentation.js';
import { runAs } from './orm-call.js';

/** Where the clients of Prisma look for who follows their operations, each time; `@prisma/instrumentation` stands under a name of its own, which goes before this. */
const place = 'PRISMA_INSTRUMENTATION';

/**
 * Prisma 6 and 7 with driver adapters: the model and its operation (`User`, `findMany`), on the queries that the adapter's driver sends. It tells of each operation
 * through an object on `globalThis`, so bundles are no issue. Queries of the Rust engine of Prisma 6 are not sent by Node and so not seen.
 */
export const prisma: Instrumentation = {
  name: '@prisma/client',
  via: 'patch',
  attach(tools) {
    if (Reflect.get(globalThis, place) !== undefined) return;
    const ours = { helper: followOperations(() => tools.seen()) };
    Reflect.set(globalThis, place, ours);
    tools.undo(() => {
      if (Reflect.get(globalThis, place) === ours) Reflect.deleteProperty(globalThis, place);
    });
  },
};

/** The tracing helper of Prisma's clients (`@prisma/instrumentation-contract`), of which only the beginning of an operation is of use here. */
interface TracingHelper {
  isEnabled(): boolean;
  getTraceParent(): string;
  dispatchEngineSpans(): void;
  getActiveContext(): undefined;
  runInChildSpan<T>(span: unknown, call: () => T): T;
}

function followOperations(seen: () => void): TracingHelper {
  return {
    isEnabled: () => false,
    // What their own helper answers when nobody listens.
    getTraceParent: () => '00-10-10-00',
    dispatchEngineSpans: () => {},
    getActiveContext: () => undefined,
    runInChildSpan(span, call) {
      if (memberOf(span, 'name') !== 'operation') return call();
      seen();
      const attributes = memberOf(span, 'attributes');
      const model = memberOf(attributes, 'model');
      const operation = memberOf(attributes, 'method');
      const asked = {
        model: typeof model === 'string' ? model : undefined,
        operation: typeof operation === 'string' ? operation : 'query',
      };
      return runAs('prisma', asked, call);
    },
  };
}
