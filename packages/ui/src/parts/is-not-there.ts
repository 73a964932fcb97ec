import { ApiFailure } from '../api-client.js';

/** Whether a failure means that what a page is about is not there: the server says so, or no id (of so many hex digits) is written as this one is. */
export function isNotThere(error: unknown, id: string, digits: 16 | 32): boolean {
  if (!(error instanceof ApiFailure)) return false;
  return error.status === 404 || (error.status === 400 && !(id.length === digits && /^[\da-f]+$/.test(id)));
}
