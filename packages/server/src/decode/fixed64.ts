/**
 * Protobuf's fixed64, little-endian in a byte array. Times are nanoseconds since 1970, too large for a number, so each function says what it keeps.
 */

/** The low 32 bits of the value at `at`. */
export function low32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** The high 32 bits of the value at `at`. */
export function high32(bytes: Uint8Array, at: number): number {
  return low32(bytes, at + 4);
}

/** Nanoseconds at `at` (-1: absent, 0) as whole milliseconds, rounded down and exact. */
export function fixed64Ms(bytes: Uint8Array, at: number): number {
  return at < 0 ? 0 : nanosecondsToMs(low32(bytes, at), high32(bytes, at));
}

/** `high * 2^32 + low` nanoseconds as whole milliseconds, rounded down: both steps stay below 2^53 and so are exact. */
export function nanosecondsToMs(low: number, high: number): number {
  const whole = Math.floor(high / 1e6);
  const rest = high - whole * 1e6;
  return whole * 0x1_0000_0000 + Math.floor((rest * 0x1_0000_0000 + low) / 1e6);
}

/** True when all `count` bytes from `at` on are zero. */
export function isZero(bytes: Uint8Array, at: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (bytes[at + i] !== 0) return false;
  return true;
}
