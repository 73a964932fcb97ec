import { type FunctionDecorator, functionDecorator, isBare } from './function-decorator.js';
import type { FunctionSpan } from './function-span.js';
import { spanKind } from '../../core/templates.js';

export interface DatabaseQueryOptions {
  /** The span's name; the function's unless told otherwise. */
  readonly name?: string;
  /** `db.system.name`, such as `postgresql`. */
  readonly system?: string;
  /** `db.operation.name`, such as `SELECT`. */
  readonly operation?: string;
  /** `db.collection.name`: the table or collection. */
  readonly collection?: string;
}

/** What stands before a method or around a function, with or without options. */
export interface TrackDatabaseQuery extends FunctionDecorator {
  (options: DatabaseQueryOptions): FunctionDecorator;
}

/**
 * `@trackDatabaseQuery` or `@trackDatabaseQuery({ system: 'postgresql', collection: 'users' })`: the time of a function that asks a database, until
 * its answer is there. Lazy queries (Knex, Prisma, Mongoose) are timed from being awaited on, not from being built. The statements themselves are seen at the
 * driver, so this does not count into `db.client.operation.duration`.
 */
export const trackDatabaseQuery: TrackDatabaseQuery = ((first?: unknown, place?: unknown, descriptor?: unknown) => {
  if (!isBare(first, place))
    return functionDecorator(queryPlan(typeof first === 'object' && first !== null ? first : {}));
  const decorate: (...args: readonly unknown[]) => unknown = functionDecorator(queryPlan({}));
  return place === undefined ? decorate(first) : decorate(first, place, descriptor);
  // The overloads above, told apart by their arguments.
}) as TrackDatabaseQuery;

function queryPlan({ name, system, operation, collection }: DatabaseQueryOptions): (fn: string) => FunctionSpan {
  return fn => {
    const attributes = {
      'code.function.name': fn === '' ? (name ?? 'anonymous') : fn,
      ...(system === undefined ? {} : { 'db.system.name': system }),
      ...(operation === undefined ? {} : { 'db.operation.name': operation }),
      ...(collection === undefined ? {} : { 'db.collection.name': collection }),
    };
    return {
      name: name ?? (fn || 'query'),
      kind: spanKind.internal,
      attributes,
      metric: { name: 'db.function.duration', description: 'Time of functions that ask a database' },
      metricAttributes: attributes,
    };
  };
}
