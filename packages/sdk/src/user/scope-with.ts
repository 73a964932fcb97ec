import { activeRecorder } from '../core/active-recorder.js';
import { noShared, scopes, type Shared, withShared } from '../core/scope.js';
import { isLevel, type Level, Surroundings, type TagValue } from '../core/surroundings.js';
import { type Breadcrumb, putBreadcrumb } from './breadcrumbs.js';
import { putContext, putExtra, putFingerprint, putTag } from './scope-facts.js';
import { putUser, type User } from './set-user.js';

/** The facts of one part of the work; see the functions of the same names. */
export interface ErrorScope {
  setUser(user: User | undefined): void;
  setTag(name: string, value: TagValue | undefined): void;
  setContext(name: string, members: object | undefined): void;
  setExtra(name: string, value: unknown): void;
  addBreadcrumb(breadcrumb: Breadcrumb | string): void;
  /** How bad errors of this part are, whatever else says so. */
  setLevel(level: Level): void;
  /** Says which errors are the same, instead of type and stack. */
  setFingerprint(parts: readonly string[]): void;
}

/**
 * Runs `work` with facts of its own: it begins with those of the request, and what is added within it (by `scope`, or by `setTag`, `setUser` and the rest,
 * across awaits too) is not seen outside. An error that leaves it takes the facts along, whoever reports it. Gives back what `work` does.
 */
export function withScope<T>(work: (scope: ErrorScope) => T): T {
  const active = scopes.getStore();
  const surroundings = active?.shared.surroundings?.copy() ?? new Surroundings();
  const shared: Shared = { ...(active?.shared ?? noShared()), surroundings };
  const left = (error: unknown): void => activeRecorder()?.errors.thrownIn(error, shared);
  return scopes.run(withShared(active, shared), () => {
    let result: T;
    try {
      result = work(scopeOf(surroundings, shared));
    } catch (error) {
      left(error);
      throw error;
    }
    if (!(result instanceof Promise)) return result;
    const noted = result.catch((error: unknown) => {
      left(error);
      throw error;
    });
    // A promise of the same value.
    return noted as T;
  });
}

function scopeOf(surroundings: Surroundings, shared: Shared): ErrorScope {
  return {
    setUser: user => putUser(surroundings, shared, user),
    setTag: (name, value) => putTag(surroundings, name, value),
    setContext: (name, members) => putContext(surroundings, name, members),
    setExtra: (name, value) => putExtra(surroundings, name, value),
    addBreadcrumb: breadcrumb => putBreadcrumb(surroundings, breadcrumb),
    setLevel: level => {
      if (isLevel(level)) surroundings.level = level;
    },
    setFingerprint: parts => putFingerprint(surroundings, parts),
  };
}
