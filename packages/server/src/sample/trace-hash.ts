import { low32 } from '../decode/fixed64.js';

/** Each seed gives a hash of its own. */
const keySeed = 0x2545_f491;
const lowSeed = 0x1b87_3593;
const shareSeed = 0x6c62_272e;

/**
 * 52 bits that stand for the trace id (16 bytes) at `at`, as a number. Two traces share them by chance only; what follows is that one of them is kept that
 * need not be.
 */
export function traceKey(body: Uint8Array, at: number): number {
  return hash(body, at, keySeed) * 0x10_0000 + (hash(body, at, lowSeed) >>> 12);
}

/**
 * Where in [0, 1) the trace id at `at` falls: the same in every receiver and after every restart, so that a trace is in the share whole or not at all.
 * It has nothing to do with the random bits by which SDKs sample (OpenTelemetry's `th`): of what they left, a share is still a share.
 */
export function traceShare(body: Uint8Array, at: number): number {
  return hash(body, at, shareSeed) / 0x1_0000_0000;
}

function hash(body: Uint8Array, at: number, seed: number): number {
  let value = seed;
  for (let part = 0; part < 16; part += 4) {
    value = Math.imul(value ^ low32(body, at + part), 0x9e37_79b1);
    value = Math.imul(value ^ (value >>> 15), 0x85eb_ca6b);
    value ^= value >>> 13;
  }
  value = Math.imul(value ^ (value >>> 16), 0xc2b2_ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
