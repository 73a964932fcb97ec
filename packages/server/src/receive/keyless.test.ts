import { expect, test } from 'vitest';
import { isAllowed } from './keyless.js';

const networks = (...networks: readonly string[]): { workspace: string; networks: readonly string[] } => ({
  workspace: 'default',
  networks,
});

test('this machine may always send, others only from a network of the list', () => {
  const none = networks();
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(address => isAllowed(address, none))).toEqual(
    Array.from({ length: 4 }, () => true),
  );
  expect(['10.0.0.1', 'fe80::1', '192.0.2.7'].map(address => isAllowed(address, none))).toEqual([false, false, false]);
  const some = networks('10.0.0.0/8', 'fd00::/8', '192.0.2.7');
  expect(['10.200.3.4', '::ffff:10.1.2.3', 'fd12::9', '192.0.2.7'].map(address => isAllowed(address, some))).toEqual(
    Array.from({ length: 4 }, () => true),
  );
  expect(['11.0.0.1', '::ffff:11.0.0.1', 'fe00::9', '192.0.2.8'].map(address => isAllowed(address, some))).toEqual(
    Array.from({ length: 4 }, () => false),
  );
});

test('a zone does not matter; a unix socket has no address and is allowed; what is no address is not', () => {
  expect(isAllowed('fe80::1%eth0', networks('fe80::/10'))).toBe(true);
  expect(isAllowed(undefined, networks())).toBe(true);
  expect(isAllowed('localhost', networks('0.0.0.0/0'))).toBe(false);
});
