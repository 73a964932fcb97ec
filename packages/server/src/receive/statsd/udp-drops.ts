import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { Address } from '../../config/address.js';

/** How many datagrams the kernel threw away because the socket's buffer was full. Undefined where the system does not tell (other than Linux). */
export async function kernelDrops(address: Address): Promise<number | undefined> {
  const table = await readFile(isIPv6(address.host) ? '/proc/net/udp6' : '/proc/net/udp', 'latin1').catch(() => '');
  return dropsIn(table, address);
}

/**
 * The last column of the socket's row in `/proc/net/udp` (https://docs.kernel.org/networking/proc_net_tcp.html; `drops` is the column behind `pointer`).
 * Addresses stand there as hexadecimal numbers in the byte order of the machine, which is little-endian on all that we run on.
 */
export function dropsIn(table: string, { host, port }: Address): number | undefined {
  const local = `${isIPv6(host) ? '' : hexOf(host)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(local) !== true) continue;
    const drops = Number(columns.at(-1));
    return Number.isSafeInteger(drops) ? drops : undefined;
  }
  return undefined;
}

function hexOf(host: string): string {
  const bytes = host === 'localhost' ? [127, 0, 0, 1] : host.split('.').map(Number);
  return Buffer.from(bytes.toReversed()).toString('hex').toUpperCase();
}
