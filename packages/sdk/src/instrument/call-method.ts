import { memberOf } from '../errors/member-of.js';

/** Calls a method of somebody's object by its name; undefined when there is none. What it throws is the caller's to catch. */
export function callMethod(target: unknown, name: string, ...args: readonly unknown[]): unknown {
  const method = memberOf(target, name);
  return typeof method === 'function' ? Reflect.apply(method, target, args) : undefined;
}
