/** A function found on somebody's object, as we call it: with their `this` and their arguments. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

const wrapped = new WeakSet<Method>();

/**
 * Replaces method `name` of `target`. `around` gets their object, their arguments and their method, and must call it exactly once.
 * Returns how to take it back; that does nothing when somebody has wrapped it after us. Undefined when there is no such method, or it is ours already.
 */
export function wrap(
  target: object,
  name: string,
  around: (self: unknown, args: unknown[], method: Method) => unknown,
): (() => void) | undefined {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== 'function') return undefined;
  // A function taken from their object: what it takes and returns is theirs.
  const method = original as Method;
  if (wrapped.has(method)) return undefined;
  const replacement: Method = function (...args) {
    return around(this, args, method);
  };
  wrapped.add(replacement);
  Object.defineProperty(replacement, 'name', { value: method.name, configurable: true });
  Object.defineProperty(replacement, 'length', { value: method.length, configurable: true });
  const had = Object.getOwnPropertyDescriptor(target, name);
  if (had?.set !== undefined || !Object.isExtensible(target)) {
    // An ES module's binding: it is replaced by assigning, and throws when it belongs to another module.
    Object.assign(target, { [name]: replacement });
    return () => {
      if (Reflect.get(target, name) === replacement) Object.assign(target, { [name]: method });
    };
  }
  Object.defineProperty(target, name, {
    value: replacement,
    configurable: true,
    writable: true,
    enumerable: had?.enumerable ?? false,
  });
  return () => {
    if (Reflect.get(target, name) !== replacement) return;
    if (had === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, had);
  };
}
