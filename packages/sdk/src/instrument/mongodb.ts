import { noShared, scopes, withShared } from '../core/scope.js';
import { memberOf } from '../errors/member-of.js';
import { connectionPools, isFull, type PoolState, type WatchedPool } from './connection-pools.js';
import { type CallFailure, databaseCalls, type OpenCall } from './database-calls.js';
import { type DatabaseTarget, targetOf } from './database-target.js';
import type { Instrumentation } from './instrumentation.js';
import { countMongo } from './mongo-counts.js';
import { mongoShape } from './mongo-shape.js';
import { wrap, type Method } from './wrap.js';

/** Commands that watch the server or keep the session: they would be many, and say nothing. */
const ignored = new Set([
  'hello',
  'isMaster',
  'ismaster',
  'ping',
  'saslStart',
  'saslContinue',
  'authenticate',
  'endSessions',
  'killCursors',
  'abortTransaction',
  'buildInfo',
]);

/** The scope of what we ask ourselves. */
const quiet = withShared(undefined, noShared());

/** mongodb 6 and 7, and what builds on it (mongoose, ...): the commands that its connections send, and its pools. */
export const mongodb: Instrumentation = {
  name: 'mongodb',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const calls = databaseCalls(recorder);
    const pools = connectionPools(recorder);
    const watchedPools = new WeakMap<object, WatchedPool>();

    tools.onLoad('mongodb/lib/cmap/connection', (exports, version) => {
      const Connection = memberOf(exports, 'Connection');
      if (typeof Connection !== 'function') return;
      const undo = wrap(Connection.prototype, 'command', traced);
      if (undo === undefined) return;
      tools.undo(undo);
      tools.seen(version);
    });
    tools.onLoad('mongodb/lib/cmap/connection_pool', exports => {
      const Pool = memberOf(exports, 'ConnectionPool');
      if (typeof Pool !== 'function') return;
      const undo = wrap(Pool.prototype, 'checkOut', checkOut);
      if (undo !== undefined) tools.undo(undo);
    });

    // By the package's entry: the file of the class is in a circle of files, and not complete when it is first asked for.
    tools.onLoad('mongodb', exports => {
      const Client = memberOf(exports, 'MongoClient');
      if (typeof Client !== 'function') return;
      const undo = wrap(Client.prototype, 'db', (client, args, db) => {
        const database = db.apply(client, args);
        if (typeof client === 'object' && client !== null && scopes.getStore() !== quiet) countLater(client, database);
        return database;
      });
      if (undo !== undefined) tools.undo(undo);
    });

    function countLater(client: object, database: unknown): void {
      try {
        const hosts = memberOf(memberOf(client, 'options'), 'hosts');
        const first: unknown = Array.isArray(hosts) ? hosts[0] : undefined;
        const name = memberOf(database, 'databaseName');
        const target = targetOf('mongodb', name, memberOf(first, 'host'), memberOf(first, 'port'));
        calls.counts.used(target, client, like => scopes.run(quiet, () => countMongo(like, String(name))));
      } catch {
        recorder.fault('mongodb (database)');
      }
    }

    function traced(connection: unknown, args: unknown[], command: Method): unknown {
      let call: OpenCall | undefined;
      try {
        call = open(connection, args[0], args[1]);
      } catch {
        recorder.fault('mongodb (command)');
      }
      const reply = command.apply(connection, args);
      if (call === undefined || !isPromise(reply)) return reply;
      const opened = call;
      const finish = (error: unknown, answer: unknown): void => {
        try {
          calls.close(opened, failureOf(error, answer), rowsOf(opened, answer));
        } catch {
          recorder.fault('mongodb (reply)');
        }
      };
      return reply.then(
        answer => {
          finish(undefined, answer);
          return answer;
        },
        (error: unknown) => {
          finish(error, undefined);
          throw error;
        },
      );
    }

    function open(connection: unknown, namespace: unknown, command: unknown): OpenCall | undefined {
      if (typeof command !== 'object' || command === null) return undefined;
      const [name] = Object.keys(command);
      if (name === undefined || ignored.has(name) || scopes.getStore() === quiet) return undefined;
      const target = addressTarget(memberOf(connection, 'address'), memberOf(namespace, 'db'));
      return calls.open(calls.databases.of(target).shaped(mongoShape(command)));
    }

    function checkOut(pool: unknown, args: unknown[], checkOut: Method): unknown {
      const wait = pools.asks(typeof pool === 'object' && pool !== null ? watchedPools.get(pool) : undefined);
      const wasFull = typeof pool === 'object' && pool !== null && isFull(poolState(pool));
      const result = checkOut.apply(pool, args);
      if (!isPromise(result) || typeof pool !== 'object' || pool === null) return result;
      const got = (error: unknown): void => {
        try {
          let watched = watchedPools.get(pool);
          if (watched === undefined) {
            watched = pools.watch(pool, addressTarget(memberOf(pool, 'address'), undefined), poolState);
            watchedPools.set(pool, watched);
          }
          watched.waited(wait, error, wasFull);
        } catch {
          recorder.fault('mongodb (pool)');
        }
      };
      result.then(() => got(undefined), got);
      return result;
    }
  },
};

/** `host:port`, `[::1]:port` or the path of a socket. */
function addressTarget(address: unknown, database: unknown): DatabaseTarget {
  const text = typeof address === 'string' ? address : '';
  const at = text.lastIndexOf(':');
  const port = /^\d+$/.test(text.slice(at + 1)) ? text.slice(at + 1) : undefined;
  return targetOf('mongodb', database, port === undefined ? text : text.slice(0, at), port);
}

/** Documents in this answer, or those that a statement changed. A cursor's further documents come by `getMore`, each a command of its own. */
function rowsOf({ statement }: OpenCall, answer: unknown): number | undefined {
  const { operation } = statement.shape;
  if (operation === 'count' || operation === 'distinct') return undefined;
  const size = memberOf(answer, 'batchSize');
  if (typeof size === 'number') return size;
  const cursor = memberOf(answer, 'cursor');
  const batch = memberOf(cursor, 'firstBatch') ?? memberOf(cursor, 'nextBatch');
  if (Array.isArray(batch)) return batch.length;
  return numberIn(answer, 'n');
}

/** BSON types as the driver's answers that are not yet decoded ask for them. */
const bsonTypes = { object: 3, array: 4 } as const;

/** A number of an answer, decoded or not. */
function numberIn(answer: unknown, name: string): number | undefined {
  const decoded = memberOf(answer, name);
  if (typeof decoded === 'number') return decoded;
  const getNumber = memberOf(answer, 'getNumber');
  const found: unknown = typeof getNumber === 'function' ? Reflect.apply(getNumber, answer, [name]) : undefined;
  return typeof found === 'number' ? found : undefined;
}

/** The first write error of an answer, decoded or not. */
function firstWriteError(answer: unknown): unknown {
  const decoded = memberOf(answer, 'writeErrors');
  if (Array.isArray(decoded)) return decoded[0];
  const get = memberOf(answer, 'get');
  if (typeof get !== 'function') return undefined;
  const errors: unknown = Reflect.apply(get, answer, ['writeErrors', bsonTypes.array]);
  const inner = memberOf(errors, 'get');
  return typeof inner === 'function' ? Reflect.apply(inner, errors, [0, bsonTypes.object]) : undefined;
}

/** The server's error by its name and number; in an answer that is otherwise right, the first write error. */
function failureOf(error: unknown, answer: unknown): CallFailure | undefined {
  if (error !== undefined) {
    const code = memberOf(error, 'code');
    const name = memberOf(error, 'codeName') ?? memberOf(error, 'name');
    return {
      type: typeof name === 'string' ? name : 'error',
      code: typeof code === 'number' ? String(code) : undefined,
    };
  }
  const code = numberIn(firstWriteError(answer), 'code');
  return code === undefined ? undefined : { type: String(code), code: String(code) };
}

function poolState(pool: object): PoolState | undefined {
  const [idle, used, pending] = ['availableConnectionCount', 'currentCheckedOutCount', 'waitQueueSize'].map(name =>
    memberOf(pool, name),
  );
  if (typeof idle !== 'number' || typeof used !== 'number' || typeof pending !== 'number') return undefined;
  const max = memberOf(memberOf(pool, 'options'), 'maxPoolSize');
  return { used, idle, pending, max: typeof max === 'number' && max > 0 ? max : undefined };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof memberOf(value, 'then') === 'function';
}
