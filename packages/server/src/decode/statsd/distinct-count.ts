import { createHash } from 'node:crypto';

const exactLimit = 256;
const indexBits = 12;
const registerCount = 1 << indexBits;

/**
 * How many different members were seen: exact up to 256, beyond that HyperLogLog with 4,096 registers (4 KiB; standard error 1.6%).
 * Flajolet et al. 2007, with a hash of 64 bits, so that the correction for large counts is not needed.
 */
export class DistinctCount {
  #exact: Set<number> | undefined = new Set();
  #registers: Uint8Array | undefined;

  add(member: string): void {
    const hash = createHash('sha1').update(member).digest();
    const [high, low] = [hash.readUInt32BE(0), hash.readUInt32BE(4)];
    if (this.#registers === undefined && this.#exact !== undefined) {
      // 53 of the 64 bits: among 256 members two are taken for one once in 10^11 times.
      this.#exact.add(high * 2 ** 21 + (low >>> 11));
      if (this.#exact.size <= exactLimit) return;
      this.#registers = new Uint8Array(registerCount);
      for (const known of this.#exact) mark(this.#registers, Math.floor(known / 2 ** 21), (known % 2 ** 21) << 11);
      this.#exact = undefined;
      return;
    }
    if (this.#registers !== undefined) mark(this.#registers, high, low);
  }

  count(): number {
    if (this.#registers === undefined) return this.#exact?.size ?? 0;
    let sum = 0;
    let empty = 0;
    for (const register of this.#registers) {
      sum += 2 ** -register;
      if (register === 0) empty += 1;
    }
    const estimate = ((0.7213 / (1 + 1.079 / registerCount)) * registerCount ** 2) / sum;
    const isSmall = estimate <= 2.5 * registerCount && empty > 0;
    return Math.round(isSmall ? registerCount * Math.log(registerCount / empty) : estimate);
  }
}

/** A register keeps the longest run of leading zeros, plus one, among the hashes whose first 12 bits name it. */
function mark(registers: Uint8Array, high: number, low: number): void {
  const index = high >>> (32 - indexBits);
  const rest = (high << indexBits) >>> 0;
  const zeros = rest === 0 ? 32 - indexBits + Math.clz32(low) : Math.clz32(rest);
  registers[index] = Math.max(registers[index] ?? 0, zeros + 1);
}
