import { memberOf } from '../errors/member-of.js';
import type { CallFailure } from './database-calls.js';

/** The SQLSTATE when PostgreSQL answered with one; else Node's code, or the error's class. */
export function sqlFailure(error: unknown): CallFailure {
  const code = memberOf(error, 'code');
  if (typeof code !== 'string') return { type: error instanceof Error ? error.name : 'error', code: undefined };
  return { type: code, code: /^[\dA-Z]{5}$/.test(code) ? code : undefined };
}
