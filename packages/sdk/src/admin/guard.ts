import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may look: the bearer of `key`, or whom the function lets. */
export type Guard = { readonly key: string } | ((request: IncomingMessage) => boolean | Promise<boolean>);

/** Whether the guard lets the request in. A guard that fails, or an empty key, lets nobody in. */
export async function isLetIn(guard: Guard, request: IncomingMessage): Promise<boolean> {
  if (typeof guard === 'function') {
    try {
      return (await guard(request)) === true;
    } catch {
      return false;
    }
  }
  const { key } = guard;
  if (typeof key !== 'string' || key === '') return false;
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
  // Compared in a time that says nothing about the key.
  return scheme?.toLowerCase() === 'bearer' && timingSafeEqual(digest(token), digest(key));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
