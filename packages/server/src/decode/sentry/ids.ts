import type { Json } from './exact-json.js';

/** A trace's 16 bytes from 32 hex digits, maybe with the dashes of a UUID; undefined when it is none, or all zero. */
export function traceIdOf(value: Json | undefined): Uint8Array | undefined {
  return idOf(value, 16);
}

/** A span's 8 bytes from 16 hex digits. */
export function spanIdOf(value: Json | undefined): Uint8Array | undefined {
  return idOf(value, 8);
}

function idOf(value: Json | undefined, bytes: number): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const digits = value.replaceAll('-', '');
  if (digits.length !== bytes * 2 || !/^[0-9a-fA-F]+$/.test(digits) || /^0+$/.test(digits)) return undefined;
  return Buffer.from(digits, 'hex');
}

/** An event's id in the form in which Sentry's SDKs and answers write it: 32 hex digits. */
export function eventIdOf(value: Json | undefined): string | undefined {
  const id = traceIdOf(value);
  return id && Buffer.from(id).toString('hex');
}
