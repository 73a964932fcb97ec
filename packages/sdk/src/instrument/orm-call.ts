import type { Attributes } from '@opentelemetry/api';
import type { Recorder } from '../core/recorder.js';
import { noShared, type Scope, scopes, withShared } from '../core/scope.js';
import { wrap } from './wrap.js';

/** What an application asked its ORM for: `User.findMany`. */
export interface OrmOperation {
  readonly model: string | undefined;
  readonly operation: string;
}

const attributesOf = new WeakMap<Scope, Attributes>();
let used = false;

/** What the active work asked an ORM for, for the queries that come of it. */
export function ormAttributes(scope: Scope): Attributes | undefined {
  return used ? attributesOf.get(scope) : undefined;
}

/** Says the same of another scope, that of a query which begins a trace. */
export function setOrmAttributes(scope: Scope, attributes: Attributes): void {
  attributesOf.set(scope, attributes);
}

/** Runs an ORM's `call` so that the queries it sends know what they are for. The outermost operation counts: `findOne` is not told as the `findAll` it is made of. */
export function runAs<T>(orm: string, { model, operation }: OrmOperation, call: () => T): T {
  const active = scopes.getStore();
  if (active !== undefined && attributesOf.has(active)) return call();
  // The same span under another object, so that nothing else that runs in it is told as this operation's.
  const scope = withShared(active, active?.shared ?? noShared());
  attributesOf.set(scope, {
    'bellwether.orm.name': orm,
    ...(model === undefined ? {} : { 'bellwether.orm.model': model.slice(0, 100) }),
    'bellwether.orm.operation': operation,
  });
  used = true;
  return scopes.run(scope, call);
}

/** Wraps those of `names` that `target` has. `operationOf` is given what they are called on and with; undefined leaves a call as it is. Returns how to undo it. */
export function wrapOrm(
  recorder: Recorder,
  orm: string,
  target: object,
  names: readonly string[],
  operationOf: (self: unknown, args: readonly unknown[], name: string) => OrmOperation | undefined,
): readonly (() => void)[] {
  const undos: (() => void)[] = [];
  for (const name of names) {
    const undo = wrap(target, name, (self, args, method) => {
      let operation: OrmOperation | undefined;
      try {
        operation = operationOf(self, args, name);
      } catch {
        recorder.fault(`${orm} (${name})`);
      }
      return operation === undefined ? method.apply(self, args) : runAs(orm, operation, () => method.apply(self, args));
    });
    if (undo !== undefined) undos.push(undo);
  }
  return undos;
}

/** The name of an entity that is given as its class, its name, its schema or one of its objects. */
export function modelName(entity: unknown): string | undefined {
  if (typeof entity === 'string') return entity;
  if (typeof entity === 'function') return entity.name;
  if (typeof entity !== 'object' || entity === null) return undefined;
  if (Array.isArray(entity)) return modelName(entity[0]);
  const named: unknown = Reflect.get(entity, 'options');
  const schema: unknown = typeof named === 'object' && named !== null ? Reflect.get(named, 'name') : undefined;
  if (typeof schema === 'string') return schema;
  // MikroORM's schemas.
  const meta: unknown = Reflect.get(entity, 'meta');
  const className: unknown = typeof meta === 'object' && meta !== null ? Reflect.get(meta, 'className') : undefined;
  if (typeof className === 'string') return className;
  const { constructor } = entity;
  return typeof constructor === 'function' && constructor !== Object ? constructor.name : undefined;
}
