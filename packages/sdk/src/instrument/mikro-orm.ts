import { memberOf } from '../errors/member-of.js';
import type { Instrumentation } from './instrumentation.js';
import { modelName, wrapOrm } from './orm-call.js';

const operations = [
  'find',
  'findAll',
  'findAndCount',
  'findByCursor',
  'findOne',
  'findOneOrFail',
  'refresh',
  'upsert',
  'upsertMany',
  'insert',
  'insertMany',
  'nativeInsert',
  'nativeUpdate',
  'nativeDelete',
  'count',
  'flush',
  'populate',
];

/** MikroORM 5 and 6: the entity and what was asked of the manager, on the queries that the drivers below send. A `flush` writes entities of several kinds, so it names none. */
export const mikroOrm: Instrumentation = {
  name: '@mikro-orm/core',
  via: 'patch',
  attach(tools) {
    tools.onLoad('@mikro-orm/core/EntityManager', (exports, version) => {
      const Manager = memberOf(exports, 'EntityManager');
      if (typeof Manager !== 'function') return;
      const undos = wrapOrm(
        tools.recorder,
        'mikro-orm',
        Manager.prototype,
        operations,
        (_self, [entity], operation) => ({
          model: operation === 'flush' ? undefined : modelName(entity),
          operation,
        }),
      );
      for (const undo of undos) tools.undo(undo);
      tools.seen(version);
    });
  },
};
