import { memberOf } from '../errors/member-of.js';
import type { Instrumentation } from './instrumentation.js';
import { modelName, wrapOrm } from './orm-call.js';

const operations = [
  'save',
  'remove',
  'softRemove',
  'recover',
  'insert',
  'upsert',
  'update',
  'delete',
  'softDelete',
  'restore',
  'exists',
  'existsBy',
  'count',
  'countBy',
  'sum',
  'average',
  'minimum',
  'maximum',
  'find',
  'findBy',
  'findAndCount',
  'findAndCountBy',
  'findOne',
  'findOneBy',
  'findOneOrFail',
  'findOneByOrFail',
  'findByIds',
  'clear',
  'increment',
  'decrement',
];

/** TypeORM 0.3 and 1: the entity and what was asked of the manager (repositories ask it too), on the queries that the drivers below send. */
export const typeorm: Instrumentation = {
  name: 'typeorm',
  via: 'patch',
  attach(tools) {
    tools.onLoad('typeorm/entity-manager/EntityManager', (exports, version) => {
      const Manager = memberOf(exports, 'EntityManager');
      if (typeof Manager !== 'function') return;
      const undos = wrapOrm(tools.recorder, 'typeorm', Manager.prototype, operations, (_self, [entity], operation) => ({
        model: modelName(entity),
        operation,
      }));
      for (const undo of undos) tools.undo(undo);
      tools.seen(version);
    });
  },
};
