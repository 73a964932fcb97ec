import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { util } from '../../core/node-modules.js';
import { type Scope, scopes } from '../../core/scope.js';

/** Called when the work is over: with what it gave, or with what it threw. May be called more than once; must not throw. */
export type Ended = (failed: boolean, value: unknown) => void;

/**
 * Sees to it that `ended` is called when the work behind a function's result is over, and returns what the caller of the function gets.
 *
 * - a promise: when it settles. The caller gets a promise that settles with the same, after it.
 * - a generator, sync or async: at its end, its error or an early `return`. Each step runs in `scope`. The caller gets the same object.
 * - a query builder or another lazy object with `then`: when it is awaited, for calling `then` earlier would run it. The caller gets the same object.
 * - a stream of Node's: when it is closed, or fails. The caller gets the same object.
 * - anything else: now.
 */
export function followResult(result: object, scope: Scope, ended: Ended): object {
  if (util.types.isPromise(result)) return followPromise(result, ended);
  try {
    if (util.types.isGeneratorObject(result)) followGenerator(result, scope, ended);
    else if (result instanceof Readable || result instanceof Writable) followStream(result, ended);
    else if ('then' in result && typeof result.then === 'function') followThenable(result, scope, ended);
    else ended(false, result);
  } catch {
    // Their object does not let itself be followed (it is frozen, say): what we know of is over.
    ended(false, result);
  }
  return result;
}

function followPromise(promise: Promise<unknown>, ended: Ended): Promise<unknown> {
  const followed = promise.then(
    value => {
      ended(false, value);
      return value;
    },
    (error: unknown) => {
      ended(true, error);
      throw error;
    },
  );
  // Some libraries put methods on their promises (`cancel`, `stdout`).
  for (const key of Object.keys(promise)) Object.defineProperty(followed, key, descriptorOf(promise, key));
  return followed;
}

function descriptorOf(object: object, key: string): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(object, key) ?? {};
}

function followGenerator(generator: object, scope: Scope, ended: Ended): void {
  const over = (step: unknown): unknown => {
    if (typeof step === 'object' && step !== null && 'done' in step && step.done === true)
      ended(false, 'value' in step ? step.value : undefined);
    return step;
  };
  const failed = (error: unknown): never => {
    ended(true, error);
    throw error;
  };
  for (const name of ['next', 'return', 'throw'] as const) {
    const advance: unknown = Reflect.get(generator, name);
    if (typeof advance !== 'function') continue;
    replace(generator, name, (...args) => {
      let step: unknown;
      try {
        step = scopes.run(scope, Reflect.apply, advance, generator, args);
      } catch (error) {
        return failed(error);
      }
      return util.types.isPromise(step) ? step.then(over, failed) : over(step);
    });
  }
}

function followThenable(thenable: object, scope: Scope, ended: Ended): void {
  const original: unknown = Reflect.get(thenable, 'then');
  if (typeof original !== 'function') return;
  replace(thenable, 'then', (onValue: unknown, onError: unknown, ...others: unknown[]) => {
    const value = (result: unknown): unknown => {
      ended(false, result);
      return typeof onValue === 'function' ? Reflect.apply(onValue, undefined, [result]) : result;
    };
    const error = (reason: unknown): unknown => {
      ended(true, reason);
      return typeof onError === 'function' ? Reflect.apply(onError, undefined, [reason]) : undefined;
    };
    // Whether there is a second handler is theirs to see; without one, a failure shows in what `then` returns.
    const handlers = typeof onError === 'function' ? [value, error, ...others] : [value];
    const next = scopes.run(scope, Reflect.apply, original, thenable, handlers);
    return typeof onError !== 'function' && util.types.isPromise(next) ? followPromise(next, ended) : next;
  });
}

function followStream(stream: Readable | Writable, ended: Ended): void {
  if (stream.closed || stream.destroyed) {
    ended(stream.errored !== null, stream.errored ?? undefined);
    return;
  }
  const reads = stream instanceof Readable;
  const writes = stream instanceof Writable;
  // A listener for `error` would keep an error that nobody handles from ending the process; this one only watches.
  stream.once(EventEmitter.errorMonitor, (error: unknown) => ended(true, error));
  stream.once('close', () => ended(false, undefined));
  if (!writes) stream.once('end', () => ended(false, undefined));
  if (!reads) stream.once('finish', () => ended(false, undefined));
}

function replace(target: object, name: string, value: (...args: unknown[]) => unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}
