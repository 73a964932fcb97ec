import { BlockList, isIP } from 'node:net';
import type { Keyless } from './protocol.js';

const lists = new WeakMap<Keyless, BlockList>();

/**
 * May this address send by a protocol without keys? This machine always; others when a network of the configuration holds them.
 * An IPv4 address that came over an IPv6 socket (`::ffff:10.0.0.1`) is the IPv4 address; a zone (`fe80::1%eth0`) is left out of account.
 * A sender without an address came by a unix socket, whose file's permissions decide.
 */
export function isAllowed(address: string | undefined, keyless: Keyless): boolean {
  if (address === undefined || address === '') return true;
  const [plain = ''] = address.split('%');
  const family = isIP(plain);
  return family !== 0 && listOf(keyless).check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/** Built once for a configuration. */
function listOf(keyless: Keyless): BlockList {
  const known = lists.get(keyless);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const network of ['127.0.0.0/8', '::1/128', ...keyless.networks]) {
    const [address = '', bits] = network.split('/');
    const isV4 = isIP(address) === 4;
    list.addSubnet(address, Number(bits ?? (isV4 ? 32 : 128)), isV4 ? 'ipv4' : 'ipv6');
  }
  lists.set(keyless, list);
  return list;
}
