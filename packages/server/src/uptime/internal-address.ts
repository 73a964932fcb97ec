import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Networks that are nobody's on the internet: this machine, private ones, link-local ones with the metadata service of clouds, and what is reserved. */
const internalIPv4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Only 2000::/3 is given out at all; within it, these are tunnels to IPv4 addresses, examples and tests. */
const internalIPv6: readonly (readonly [network: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const four = new BlockList();
for (const [network, bits] of internalIPv4) four.addSubnet(network, bits, 'ipv4');
const six = new BlockList();
for (const [network, bits] of internalIPv6) six.addSubnet(network, bits, 'ipv6');
const givenOut = new BlockList();
givenOut.addSubnet('2000::', 3, 'ipv6');
const mapped = new BlockList();
mapped.addSubnet('::ffff:0:0', 96, 'ipv6');
mapped.addSubnet('64:ff9b::', 96, 'ipv6');

/**
 * True for what is no public address: loopback, private, link-local (the metadata service of clouds), multicast, reserved, and IPv6 forms of those.
 * What is no address at all is internal too.
 */
export function isInternalAddress(address: string): boolean {
  if (isIPv4(address)) return four.check(address, 'ipv4');
  const bare = address.split('%', 1)[0] ?? '';
  if (!isIPv6(bare)) return true;
  if (mapped.check(bare, 'ipv6')) {
    const inner = embeddedIPv4(bare);
    return inner === undefined || four.check(inner, 'ipv4');
  }
  return !givenOut.check(bare, 'ipv6') || six.check(bare, 'ipv6');
}

/** The IPv4 address in the last 32 bits, however it is written. */
function embeddedIPv4(address: string): string | undefined {
  const dotted = /:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (dotted !== undefined) return isIPv4(dotted) ? dotted : undefined;
  // A URL writes every IPv6 address in its shortest form of groups.
  const groups = new URL(`http://[${address}]/`).hostname.slice(1, -1).split(':');
  const words = groups.slice(-2).map(group => Number.parseInt(group === '' ? '0' : group, 16));
  const [high, low] = words;
  if (high === undefined || low === undefined || Number.isNaN(high) || Number.isNaN(low)) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
