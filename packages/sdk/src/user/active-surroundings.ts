import { type Scope, scopes } from '../core/scope.js';
import { Surroundings } from '../core/surroundings.js';
import { processSurroundings } from '../errors/process-surroundings.js';

/** Where facts about the work in progress go: the request's, or outside of any request those of the process. */
export function activeSurroundings(): Surroundings {
  const scope = scopes.getStore();
  return scope === undefined ? processSurroundings : surroundingsOf(scope);
}

/** The surroundings of a scope's request, made when it has none. */
export function surroundingsOf({ shared }: Scope): Surroundings {
  return (shared.surroundings ??= new Surroundings());
}
