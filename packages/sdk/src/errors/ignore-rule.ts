import { memberOf } from './member-of.js';

/**
 * Which errors are not worth a report.
 *
 * - A text is the name of a class (or of one it extends): `'ValidationError'`. It drops only what is no fault of the server: an error that says `status` 500 or
 *   above, or that was answered so, is reported all the same.
 * - A regular expression is tried on the message.
 * - An object names several things, which must all be so; it drops whatever it fits.
 */
export type IgnoreRule =
  | string
  | RegExp
  | {
      /** The class's name, or a pattern for it. */
      readonly type?: string | RegExp;
      /** A part of the message, or a pattern for it. */
      readonly message?: string | RegExp;
      /** The status that the error carries or was answered with: one, a class, or from and to. */
      readonly status?: number | '4xx' | '5xx' | readonly [number, number];
    };

/** The first rule that drops this error, as a name to count it under; undefined when it is to be reported. `answered` is the status of the response. */
export function ignoredBy(
  error: unknown,
  answered: number | undefined,
  rules: readonly IgnoreRule[],
): string | undefined {
  if (rules.length === 0) return undefined;
  const names = classNames(error);
  const message = messageOf(error);
  const status = statusOf(error) ?? answered;
  return rules.map(rule => fits(rule, names, message, status)).find(name => name !== undefined);
}

function fits(
  rule: IgnoreRule,
  names: readonly string[],
  message: string,
  status: number | undefined,
): string | undefined {
  if (typeof rule === 'string')
    return names.includes(rule) && !(status !== undefined && status >= 500) ? rule : undefined;
  if (rule instanceof RegExp) return matches(rule, message) ? String(rule) : undefined;
  const { type, message: part, status: wanted } = rule;
  if (type === undefined && part === undefined && wanted === undefined) return undefined;
  if (type !== undefined && !names.some(name => (typeof type === 'string' ? name === type : matches(type, name))))
    return undefined;
  if (part !== undefined && !(typeof part === 'string' ? message.includes(part) : matches(part, message)))
    return undefined;
  if (wanted !== undefined && !hasStatus(status, wanted)) return undefined;
  return [type, part, wanted].filter(each => each !== undefined).join(' ');
}

/** A `g` or `y` pattern remembers where it was; we always ask from the beginning. */
function matches(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(text);
}

function hasStatus(status: number | undefined, wanted: number | '4xx' | '5xx' | readonly [number, number]): boolean {
  if (status === undefined) return false;
  if (typeof wanted === 'number') return status === wanted;
  if (typeof wanted === 'string') return Math.floor(status / 100) === Number(wanted[0]);
  return status >= wanted[0] && status <= wanted[1];
}

/** The status that HTTP errors of Express, Fastify, NestJS, Koa and http-errors carry. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  for (const name of ['status', 'statusCode']) {
    const value = memberOf(error, name);
    if (typeof value === 'number' && value >= 100 && value <= 599) return value;
  }
  const ask = memberOf(error, 'getStatus');
  if (typeof ask !== 'function') return undefined;
  try {
    const value: unknown = Reflect.apply(ask, error, []);
    return typeof value === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const message = typeof error === 'object' && error !== null ? memberOf(error, 'message') : undefined;
  return typeof message === 'string' ? message.slice(0, 4000) : '';
}

/** What it calls itself, and the classes that it is of. */
function classNames(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) return [typeof error];
  const names: string[] = [];
  const own = memberOf(error, 'name');
  if (typeof own === 'string') names.push(own);
  try {
    for (
      let at: unknown = Object.getPrototypeOf(error);
      typeof at === 'object' && at !== null;
      at = Object.getPrototypeOf(at)
    ) {
      const made = Object.hasOwn(at, 'constructor') ? memberOf(at, 'constructor') : undefined;
      if (typeof made === 'function' && made !== Object) names.push(made.name);
      if (names.length > 20) break;
    }
  } catch {
    // A proxy that forbids to look.
  }
  return names;
}
