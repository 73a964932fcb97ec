import { type Scope, scopes } from '../core/scope.js';

/** `callback` in the scope of who gave it, whoever calls it: a driver calls back from its socket, a pool from who gives a connection back. */
export function inScope(scope: Scope, callback: Function): (...args: unknown[]) => unknown {
  return (...args) => (scopes.getStore() === scope ? callback(...args) : scopes.run(scope, () => callback(...args)));
}
