import { type AnyFunction, type FunctionSpan, inSpan } from './function-span.js';

/**
 * Goes before a method, or around a function: a TC39 decorator, a decorator under `experimentalDecorators` and a higher-order function in one.
 * What comes out has the type of what went in.
 */
export interface FunctionDecorator {
  /** A method. */
  <F extends AnyFunction>(method: F, context: MethodPlace): F;
  /** A field that holds a function. */
  <F extends AnyFunction>(value: undefined, context: FieldPlace<F>): (initial: F) => F;
  /** A method, under `experimentalDecorators`. */
  (target: object, name: string | symbol, descriptor: PropertyDescriptor): void;
  /** A function. */
  <F extends AnyFunction>(fn: F): F;
}

/** The part that we read of the context that TC39 decorators of methods get. */
export interface MethodPlace {
  readonly kind: 'method';
  readonly name: string | symbol;
}

/** The part that we read of the context that TC39 decorators of fields get. */
export interface FieldPlace<F> {
  readonly kind: 'field';
  readonly name: string | symbol;
  readonly access: { get(object: never): F };
}

/** A decorator that records calls as `plan` says; it is told the function's name, for a method with its class. */
export function functionDecorator(plan: (name: string) => FunctionSpan): FunctionDecorator {
  const decorate = (first: unknown, place?: unknown, descriptor?: unknown): unknown => {
    if (place === undefined) return isFunction(first) ? inSpan(first, plan) : first;
    if (typeof place === 'string' || typeof place === 'symbol') {
      if (isDescriptor(descriptor) && isFunction(descriptor.value))
        descriptor.value = inSpan(descriptor.value, plan, place);
      return undefined;
    }
    const name = nameOf(place);
    if (isFunction(first)) return inSpan(first, plan, name);
    return (initial: unknown) => (isFunction(initial) ? inSpan(initial, plan, name) : initial);
  };
  // Each case gives back what the overload for its arguments says.
  return decorate as FunctionDecorator;
}

/** Whether these are the arguments of a decorator without parentheses, and not its options. */
export function isBare(first: unknown, place: unknown): boolean {
  return place !== undefined || typeof first === 'function';
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}

function isDescriptor(value: unknown): value is PropertyDescriptor {
  return typeof value === 'object' && value !== null;
}

function nameOf(place: unknown): string | symbol {
  const name: unknown = typeof place === 'object' && place !== null && 'name' in place ? place.name : undefined;
  return typeof name === 'string' || typeof name === 'symbol' ? name : 'method';
}
