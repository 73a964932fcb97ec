import { activeSurroundings } from './active-surroundings.js';
import { putContext } from './scope-facts.js';

/**
 * Facts of one kind that belong together, such as a payment's: errors of the work in progress carry them as `<name>.<member>`. Undefined takes them away; a
 * second call replaces the first. What secrets are called is left out, and of contexts that `contextMembers` names, all but these members.
 */
export function setContext(name: string, members: object | undefined): void {
  putContext(activeSurroundings(), name, members);
}
