import { memberOf } from '../errors/member-of.js';
import type { Instrumentation } from './instrumentation.js';
import { wrapOrm } from './orm-call.js';

/** mongoose 8 and 9: the model and its operation, on the commands that the driver below it sends. */
export const mongoose: Instrumentation = {
  name: 'mongoose',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const undoAll = (undos: readonly (() => void)[]): void => {
      for (const undo of undos) tools.undo(undo);
    };

    tools.onLoad('mongoose/lib/query', (Query, version) => {
      if (typeof Query !== 'function') return;
      undoAll(
        wrapOrm(recorder, 'mongoose', Query.prototype, ['exec'], self => {
          const operation = memberOf(self, 'op');
          return {
            model: nameOf(memberOf(self, 'model')),
            operation: typeof operation === 'string' ? operation : 'exec',
          };
        }),
      );
      tools.seen(version);
    });
    tools.onLoad('mongoose/lib/aggregate', Aggregate => {
      if (typeof Aggregate !== 'function') return;
      undoAll(
        wrapOrm(recorder, 'mongoose', Aggregate.prototype, ['exec'], self => ({
          model: nameOf(memberOf(self, '_model')),
          operation: 'aggregate',
        })),
      );
    });
    tools.onLoad('mongoose/lib/model', Model => {
      if (typeof Model !== 'function') return;
      undoAll(
        wrapOrm(
          recorder,
          'mongoose',
          Model,
          ['create', 'insertMany', 'bulkWrite', 'bulkSave'],
          (self, _args, operation) => ({
            model: nameOf(self),
            operation,
          }),
        ),
      );
      undoAll(
        wrapOrm(recorder, 'mongoose', Model.prototype, ['save'], (self, _args, operation) => ({
          model: nameOf(memberOf(self, 'constructor')),
          operation,
        })),
      );
    });
  },
};

function nameOf(model: unknown): string | undefined {
  const name = memberOf(model, 'modelName');
  return typeof name === 'string' ? name : undefined;
}
