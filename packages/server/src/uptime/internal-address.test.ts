import { expect, test } from 'vitest';
import { isInternalAddress } from './internal-address.js';

test.each([
  '127.0.0.1',
  '127.255.1.2',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'fc00::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:a9fe:a9fe',
  '0:0:0:0:0:ffff:a00:1',
  '64:ff9b::a9fe:a9fe',
  '2002:7f00:1::',
  '2001:0:4136:e378::',
  '2001:db8::1',
  '::7f00:1',
  'localhost',
  '',
])('%s is internal', address => {
  expect(isInternalAddress(address)).toBe(true);
});

test.each([
  '1.1.1.1',
  '172.32.0.1',
  '172.15.0.1',
  '100.128.0.1',
  '198.17.0.1',
  '2606:4700:4700::1111',
  '::ffff:1.1.1.1',
  '::ffff:101:101',
])('%s is public', address => {
  expect(isInternalAddress(address)).toBe(false);
});
