import { util } from '../core/node-modules.js';

/**
 * Calls `ended` when what a library's method returned is over. A promise is handed on with our step in its chain, so that what rejects still rejects for
 * whoever holds it, and for nobody else. Anything else is over at once. `ended` must not throw.
 */
export function settled(result: unknown, ended: (error: unknown, value: unknown) => void): unknown {
  if (!util.types.isPromise(result)) {
    ended(undefined, result);
    return result;
  }
  return result.then(
    value => {
      ended(undefined, value);
      return value;
    },
    (error: unknown) => {
      ended(error ?? new Error('rejected without a reason'), undefined);
      throw error;
    },
  );
}
