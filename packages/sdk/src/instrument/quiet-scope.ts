import { noShared, Scope, scopes } from '../core/scope.js';

/**
 * For what a library does on its own account (polling a queue, keeping a lock), and for what we ask of a server ourselves: it is counted in metrics, but is
 * no trace.
 */
export function quietly<T>(work: () => T): T {
  return scopes.run(new Scope(0, 0, 0, 0, 0, 0, false, noShared(), undefined, ''), work);
}
