import { randomFillSync } from 'node:crypto';

const pool = new Int32Array(4096);
let next = pool.length;

/** 32 random bits as a signed integer, never 0: W3C forbids ids that are all zero, and this is the cheapest way to keep that. */
export function randomWord(): number {
  for (;;) {
    if (next === pool.length) {
      randomFillSync(pool);
      next = 0;
    }
    const word = pool[next++]!;
    if (word !== 0) return word;
  }
}

const byteHex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight lower-case hex digits of a 32-bit word. */
export function wordHex(word: number): string {
  return byteHex[word >>> 24]! + byteHex[(word >>> 16) & 255]! + byteHex[(word >>> 8) & 255]! + byteHex[word & 255]!;
}

/** The 32-bit word at `at` of a string of hex digits; 0 when they are not. */
export function hexWord(hex: string, at: number): number {
  return Number.parseInt(hex.slice(at, at + 8), 16) | 0;
}
