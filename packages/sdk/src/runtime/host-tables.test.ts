import { expect, test } from 'vitest';
import { disksOf, interfacesOf } from './host-tables.js';

test('[H3] whole disks that were used are read, not their partitions', () => {
  const table = [
    '   7       0 loop0 11 0 22 3 0 0 0 0 0 4 3',
    ' 254       0 vda 100 5 2000 30 50 2 800 20 0 1500 50 0 0 0 0 1 1',
    ' 254       1 vda1 90 5 1900 30 50 2 800 20 0 1400 50',
    ' 259       0 nvme0n1 0 0 0 0 0 0 0 0 0 0 0',
  ].join('\n');
  expect(disksOf(table)).toEqual([
    { name: 'vda', reads: 100, readBytes: 1_024_000, writes: 50, writtenBytes: 409_600, busySeconds: 1.5 },
  ]);
});

test('[H3] interfaces that carried something are read, loopback not', () => {
  const table = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo:  900       9    0    0    0     0          0         0      900       9    0    0    0     0       0          0',
    '  eth0:5000      40    1    2    0     0          0         0     7000      60    3    4    0     0       0          0',
    'veth12:   5       1    0    0    0     0          0         0        5       1    0    0    0     0       0          0',
  ].join('\n');
  expect(interfacesOf(table)).toEqual([
    {
      name: 'eth0',
      received: { bytes: 5000, packets: 40, errors: 1, dropped: 2 },
      sent: { bytes: 7000, packets: 60, errors: 3, dropped: 4 },
    },
  ]);
});

test('hostile tables end', () => {
  const many = Array.from({ length: 5000 }, (_, i) => ` eth${i}: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0`).join('\n');
  expect(interfacesOf(many)).toHaveLength(32);
  expect(disksOf('\u0000'.repeat(10_000))).toEqual([]);
});
