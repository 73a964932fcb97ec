import { memberOf } from '../errors/member-of.js';
import type { Instrumentation } from './instrumentation.js';
import { wrapOrm } from './orm-call.js';
import { wrap } from './wrap.js';

/**
 * Prisma 6 and 7 with driver adapters: the model and its operation (`User.findMany`), on the queries that the adapter's driver sends. Queries of the Rust engine of
 * Prisma 6 are not sent by Node and so not seen.
 */
export const prisma: Instrumentation = {
  name: '@prisma/client',
  via: 'patch',
  attach(tools) {
    for (const file of ['client', 'library']) {
      tools.onLoad(`@prisma/client/runtime/${file}`, (exports, version) => {
        if (typeof exports !== 'object' || exports === null) return;
        const undo = wrap(exports, 'getPrismaClient', (self, args, make) => {
          const Client = make.apply(self, args);
          if (typeof Client === 'function') watch(Client.prototype);
          return Client;
        });
        if (undo !== undefined) tools.undo(undo);
        tools.seen(version);
      });
    }

    function watch(prototype: unknown): void {
      if (typeof prototype !== 'object' || prototype === null) return;
      const undos = wrapOrm(tools.recorder, 'prisma', prototype, ['_request'], (_self, [params]) => {
        const model = memberOf(params, 'model');
        const operation = memberOf(params, 'action');
        return {
          model: typeof model === 'string' ? model : undefined,
          operation: typeof operation === 'string' ? operation : 'query',
        };
      });
      for (const undo of undos) tools.undo(undo);
    }
  },
};
