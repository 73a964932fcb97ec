import type { Labels } from './labels.js';

const mask = 0xffff_ffff_ffff_ffffn;
const prime1 = 0x9e37_79b1_85eb_ca87n;
const prime2 = 0xc2b2_ae3d_27d4_eb4fn;
const prime3 = 0x1656_67b1_9e37_79f9n;
const prime4 = 0x85eb_ca77_c2b2_ae63n;
const prime5 = 0x27d4_eb2f_1656_67c5n;

const rotl = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (64n - bits))) & mask;
const round = (into: bigint, lane: bigint): bigint => (rotl((into + lane * prime2) & mask, 31n) * prime1) & mask;
const joinLane = (hash: bigint, lane: bigint): bigint => ((hash ^ round(0n, lane)) * prime1 + prime4) & mask;

/** XXH64 of bytes with seed 0 (https://github.com/Cyan4973/xxHash, the specification in doc/). */
export function xxHash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let hash = prime5;
  if (bytes.length >= 32) {
    const lanes = [(prime1 + prime2) & mask, prime2, 0n, -prime1 & mask];
    for (; at + 32 <= bytes.length; at += 32) {
      for (let lane = 0; lane < 4; lane++) {
        lanes[lane] = round(lanes[lane] ?? 0n, view.getBigUint64(at + 8 * lane, true));
      }
    }
    const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes;
    hash = (rotl(a, 1n) + rotl(b, 7n) + rotl(c, 12n) + rotl(d, 18n)) & mask;
    for (const lane of lanes) hash = joinLane(hash, lane);
  }
  hash = (hash + BigInt(bytes.length)) & mask;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (rotl(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * prime1 + prime4) & mask;
  }
  if (at + 4 <= bytes.length) {
    hash = (rotl(hash ^ ((BigInt(view.getUint32(at, true)) * prime1) & mask), 23n) * prime2 + prime3) & mask;
    at += 4;
  }
  for (; at < bytes.length; at++) {
    hash = (rotl(hash ^ ((BigInt(bytes[at] ?? 0) * prime5) & mask), 11n) * prime1) & mask;
  }
  hash = ((hash ^ (hash >> 33n)) * prime2) & mask;
  hash = ((hash ^ (hash >> 29n)) * prime3) & mask;
  return hash ^ (hash >> 32n);
}

const utf8 = new TextEncoder();

/** Where labels stand between 0 and 1 by their hash, the same as in Prometheus: what `limit_ratio` decides by. */
export function ratioOf(labels: Labels): number {
  const parts: number[] = [];
  for (const text of labels) {
    const bytes = utf8.encode(text);
    if (bytes.length < 255) parts.push(bytes.length);
    else parts.push(255, bytes.length & 255, (bytes.length >> 8) & 255, (bytes.length >> 16) & 255);
    for (const byte of bytes) parts.push(byte);
  }
  return Number(xxHash64(Uint8Array.from(parts))) / 2 ** 64;
}
