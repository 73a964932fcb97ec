import { memberOf } from '../../errors/member-of.js';

/** Keeps the instance awake until a promise settles, after the answer was sent. */
export type WaitUntil = (work: Promise<unknown>) => void;

/** Where Vercel's runtime keeps what belongs to the request in progress; its own package `@vercel/functions` reads it there. */
const vercelContext = Symbol.for('@vercel/request-context');

/** What the platform offers for work after the answer: on the context that the function is called with, or Vercel's. Undefined: it may freeze the instance with the answer. */
export function waitUntilOf(context: unknown): WaitUntil | undefined {
  return ownWaitUntil(context) ?? ownWaitUntil(callGet(Reflect.get(globalThis, vercelContext)));
}

function ownWaitUntil(holder: unknown): WaitUntil | undefined {
  const waitUntil = memberOf(holder, 'waitUntil');
  return typeof waitUntil === 'function' ? work => void Reflect.apply(waitUntil, holder, [work]) : undefined;
}

function callGet(holder: unknown): unknown {
  const get = memberOf(holder, 'get');
  try {
    return typeof get === 'function' ? Reflect.apply(get, holder, []) : undefined;
  } catch {
    return undefined;
  }
}
