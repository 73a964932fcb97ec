import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { Check } from '../check.js';
import { CheckRunner } from '../check-runner.js';
import { diskCheck } from './disk.js';
import { eventLoopCheck } from './event-loop.js';
import { httpCheck } from './http.js';
import { mongoCheck } from './mongo.js';
import { mysqlCheck } from './mysql.js';

async function outcome(check: Check) {
  return new CheckRunner(check, () => {}).outcome();
}

test('[K2] MongoDB is pinged as its drivers do it', async () => {
  const asked: unknown[] = [];
  const client = {
    db: (name?: string) => ({ command: async (command: object) => void asked.push([name, command]) }),
  };
  expect((await outcome(mongoCheck(client))).status).toBe('healthy');
  expect(asked).toEqual([['admin', { ping: 1 }]]);
});

test('[K2] MySQL is asked by a pool of promises, or by a pool of callbacks through its promises', async () => {
  const asked: string[] = [];
  const promises = { query: async (sql: string) => void asked.push(sql) };
  const statuses = [await outcome(mysqlCheck(promises)), await outcome(mysqlCheck({ promise: () => promises }))];
  expect([statuses.map(each => each.status), asked]).toEqual([
    ['healthy', 'healthy'],
    ['SELECT 1', 'SELECT 1'],
  ]);
});

test('[K2] another service is well when its status says so', async () => {
  const server = http.createServer((request, response) => {
    response.statusCode = Number(request.url?.slice(1));
    response.end('a body that nobody reads');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const statuses = [
    await outcome(httpCheck(`${url}/204`)),
    await outcome(httpCheck(`${url}/500`)),
    await outcome(httpCheck(`${url}/401`, { expect: status => status < 500, critical: false })),
  ];
  expect(statuses.map(({ status, critical }) => [status, critical])).toEqual([
    ['healthy', true],
    ['unhealthy', true],
    ['healthy', false],
  ]);
  expect(String(statuses[1]?.error)).toBe('Error: it answered 500');
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
  expect((await outcome(httpCheck(`${url}/200`))).status).toBe('unhealthy');
});

test('[K2] the disk is healthy, degraded or unhealthy by what is free', async () => {
  const disk = await outcome(diskCheck(tmpdir(), { degradedBelow: 0, unhealthyBelow: 0 }));
  expect([disk.status, typeof disk.detail?.['freeBytes']]).toEqual(['healthy', 'number']);
  expect((await outcome(diskCheck(tmpdir(), { degradedBelow: 1.1, unhealthyBelow: 0 }))).status).toBe('degraded');
  expect((await outcome(diskCheck(tmpdir(), { unhealthyBelow: 1.1 }))).status).toBe('unhealthy');
  expect((await outcome(diskCheck('/no/such/folder'))).status).toBe('unhealthy');
});

test('[K2] a blocked event loop is degraded', async () => {
  const check = eventLoopCheck({ degradedAboveMs: 50 });
  const pending = outcome(check);
  setImmediate(() => {
    const until = performance.now() + 120;
    while (performance.now() < until);
  });
  const { status, detail } = await pending;
  expect(status).toBe('degraded');
  expect(Number(detail?.['lateMs'])).toBeGreaterThan(50);
});
