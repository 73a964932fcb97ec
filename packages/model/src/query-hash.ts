const offset = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/** A query's name in addresses: FNV-1a of its summary in 64 bits, as 16 hex digits. */
export function queryHash(summary: string): string {
  let hash = offset;
  for (const byte of new TextEncoder().encode(summary)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16).padStart(16, '0');
}
