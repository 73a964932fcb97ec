import { scopes } from '../core/scope.js';
import { encodeShared } from '../core/shared-attributes.js';
import { surroundingsOf } from './active-surroundings.js';

const maxIdChars = 200;

/**
 * The id under which others know the request in progress, such as a gateway's. Its spans, logs and errors carry it as `request.id` from now on; errors without
 * it name the header `x-request-id`. Outside of any request it does nothing.
 */
export function setRequestId(id: string): void {
  const scope = scopes.getStore();
  if (scope === undefined || typeof id !== 'string' || id === '') return;
  surroundingsOf(scope).requestId = id.slice(0, maxIdChars);
  encodeShared(scope.shared);
}
