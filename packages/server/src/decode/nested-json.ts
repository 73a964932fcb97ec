import { BadInput } from '../base/bad-input.js';

/** Deeper than any sender of ours writes, and shallow enough for whoever walks it. */
const deepest = 64;

const quote = 0x22;
const backslash = 0x5c;

/** JSON from outside, whose nesting is bounded, so that walking it needs no care. Throws `BadInput`; `remedy` says what to send instead. */
export function parseJson(body: Uint8Array, remedy: string): unknown {
  let depth = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === quote) {
      for (at++; at < body.length && body[at] !== quote; at++) if (body[at] === backslash) at++;
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > deepest) throw new BadInput(`the JSON is nested deeper than ${deepest} levels; flatten it`);
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  } catch {
    throw new BadInput(`the body is not JSON; ${remedy}`);
  }
}

/** The members of an object, whatever their names; none of anything else. */
export function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []);
}

/** The members of a list; none of anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
