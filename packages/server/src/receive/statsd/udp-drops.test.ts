import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { silent } from '../../base/log.js';
import { dropsIn, kernelDrops } from './udp-drops.js';
import { openUdp } from './udp-socket.js';

test('the drops of a socket stand in the last column of its row', () => {
  const table = [
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
    '  210: 0100007F:1FBD 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 24178 2 0000000000000000 17',
    '  211: 00000000:1FBD 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 24179 2 0000000000000000 3',
    '',
  ].join('\n');
  expect(dropsIn(table, { host: '127.0.0.1', port: 8125 })).toBe(17);
  expect(dropsIn(table, { host: 'localhost', port: 8125 })).toBe(17);
  expect(dropsIn(table, { host: '0.0.0.0', port: 8125 })).toBe(3);
  expect(dropsIn(table, { host: '127.0.0.1', port: 8126 })).toBeUndefined();
});

test.runIf(process.platform === 'linux')('datagrams that the kernel dropped are seen', async () => {
  const udp = await openUdp({ host: '127.0.0.1', port: 0 }, () => {}, silent);
  const address = { host: '127.0.0.1', port: udp.port };
  expect(await kernelDrops(address)).toBe(0);
  // Nothing is read while this waits; more comes than the buffer holds.
  const send = `
    const socket = require('node:dgram').createSocket('udp4');
    socket.connect(${udp.port}, '127.0.0.1', () => {
      const datagram = Buffer.alloc(60_000);
      let left = ${Math.ceil((3 * udp.bufferBytes) / 60_000)};
      const next = () => (left-- > 0 ? socket.send(datagram, next) : socket.close());
      next();
    });`;
  expect(spawnSync(process.execPath, ['-e', send]).status).toBe(0);
  expect(await kernelDrops(address)).toBeGreaterThan(0);
  await udp.stop();
});
