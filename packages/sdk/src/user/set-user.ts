import { type Shared, scopes } from '../core/scope.js';
import { encodeShared } from '../core/shared-attributes.js';
import type { PlainObject, Surroundings } from '../core/surroundings.js';
import { plainObject } from '../errors/plain-copy.js';
import { surroundingsOf } from './active-surroundings.js';

/** Who the work is for. Further members become `user.<name>`. */
export interface User {
  readonly id?: string | number | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly [member: string]: unknown;
}

const maxUserChars = 2000;

/**
 * Says which user the work in progress is for, or with undefined that it is for none. The request's spans and logs carry `user.id` from now on, its errors all
 * that is given. Outside of any request and any `withScope` it does nothing: a user must not stay behind for the requests of others.
 */
export function setUser(user: User | undefined): void {
  const scope = scopes.getStore();
  if (scope !== undefined) putUser(surroundingsOf(scope), scope.shared, user);
}

/** A user as it is stored; ids are text. */
export function putUser(surroundings: Surroundings, shared: Shared, user: User | undefined): void {
  surroundings.user = user === undefined ? undefined : shownUser(user);
  encodeShared(shared);
}

function shownUser(user: User): PlainObject | undefined {
  const copy = plainObject(user, maxUserChars);
  const id = copy?.['id'];
  return typeof id === 'number' ? { ...copy, id: String(id) } : copy;
}
