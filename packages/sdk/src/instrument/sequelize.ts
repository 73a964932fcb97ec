import type { Instrumentation } from './instrumentation.js';
import { modelName, wrapOrm } from './orm-call.js';

const statics = [
  'findAll',
  'findByPk',
  'findOne',
  'findAndCountAll',
  'findOrCreate',
  'findCreateFind',
  'aggregate',
  'count',
  'max',
  'min',
  'sum',
  'create',
  'bulkCreate',
  'upsert',
  'update',
  'destroy',
  'restore',
  'truncate',
  'increment',
  'decrement',
];

/** Sequelize 6: the model and its operation, on the queries that the drivers below it send. */
export const sequelize: Instrumentation = {
  name: 'sequelize',
  via: 'patch',
  attach(tools) {
    tools.onLoad('sequelize/lib/model', (Model, version) => {
      if (typeof Model !== 'function') return;
      const { recorder } = tools;
      const ofClass = wrapOrm(recorder, 'sequelize', Model, statics, (self, _args, operation) => ({
        model: modelName(self),
        operation,
      }));
      const ofObject = wrapOrm(
        recorder,
        'sequelize',
        Model.prototype,
        ['save', 'update', 'destroy', 'reload'],
        (self, _args, operation) => ({
          model: modelName(typeof self === 'object' && self !== null ? self.constructor : undefined),
          operation,
        }),
      );
      for (const undo of [...ofClass, ...ofObject]) tools.undo(undo);
      tools.seen(version);
    });
  },
};
