import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiveAndStore, type StoredHere } from './stored-here.test-support.js';

const run = promisify(execFile);
let here: StoredHere;
let port: number;
beforeAll(async () => {
  here = await receiveAndStore({ ports: { syslog: { host: '127.0.0.1', port: 0 } } });
  port = here.receiver.ports.syslog ?? 0;
}, 30_000);
afterAll(() => here.close());

/** Rows of one program, when there are as many as wanted. */
async function rowsOf(service: string, count: number, timeout = 5000): Promise<readonly Record<string, unknown>[]> {
  let rows: readonly Record<string, unknown>[] = [];
  await expect
    .poll(
      async () => {
        rows = (await here.logs()).map(row => ({ ...row })).filter(row => Object(row).service === service);
        return rows.length;
      },
      { timeout },
    )
    .toBe(count);
  return rows;
}

const plain = {
  trace_flags: 0,
  event_name: '',
  version: '',
  scope_name: '',
  scope_version: '',
  trace_id: '0'.repeat(32),
  span_id: '0'.repeat(16),
};

test.each([
  ['udp', '--rfc5424', []],
  ['tcp', '--rfc5424', []],
  ['tcp', '--rfc5424', ['--octet-count']],
  ['udp', '--rfc3164', []],
  ['tcp', '--rfc3164', []],
] as const)('[J6] logger(1) over %s with %s %j is stored as it was meant', async (transport, form, more) => {
  const tag = `logger${[transport, form, ...more].join('').replaceAll('-', '')}`;
  const args = [`--${transport}`, '--server', '127.0.0.1', '--port', String(port), form, ...more];
  const isNew = form === '--rfc5424';
  const data = isNew ? ['--msgid', 'ID47', '--sd-id', 'order@32473', '--sd-param', 'id="17"'] : [];
  const before = BigInt(Date.now() - 1000) * 1_000_000n;
  await run('logger', [
    ...args,
    ...data,
    '--tag',
    tag,
    '--id=4711',
    '--priority',
    'local0.warning',
    'disk is nearly full',
  ]);
  const [row] = await rowsOf(tag, 1);
  expect(BigInt(String(row?.['ts'])) - before).toBeGreaterThanOrEqual(0n);
  expect(BigInt(String(row?.['ts'])) - before).toBeLessThan(60_000_000_000n);
  expect(row).toEqual({
    ...plain,
    ts: row?.['ts'],
    severity_number: 13,
    severity_text: 'warning',
    body: 'disk is nearly full',
    service: tag,
    attributes: expect.arrayContaining([
      ['syslog.facility', 's', 'local0'],
      ['process.pid', 'i', '4711'],
      ['network.peer.address', 's', '127.0.0.1'],
      ...(isNew
        ? [
            ['syslog.msgid', 's', 'ID47'],
            ['syslog.order@32473.id', 's', '17'],
          ]
        : []),
    ]),
    resource: [
      ['host.name', 's', expect.stringMatching(hostname().split('.')[0] ?? '')],
      ['service.name', 's', tag],
    ],
  });
});

test('every message of a connection is kept; what is malformed is kept as it came, and counted', async () => {
  const lines = Array.from({ length: 500 }, (_, i) => `<14>1 - - ordered - - - line ${i}`);
  await new Promise<void>(resolve => {
    const socket = connect(port, '127.0.0.1').on('close', () => resolve());
    socket.end(`${lines.join('\n')}\n<14>1 - - ordered - - [broken\n`);
    socket.resume();
  });
  const rows = await rowsOf('ordered', 501);
  expect(new Set(rows.map(row => row['body']))).toEqual(
    new Set([...Array.from({ length: 500 }, (_, i) => `line ${i}`), '[broken']),
  );
  await expect.poll(() => here.status()?.metricsText).toContain('bellwether_syslog_malformed_total 1');
});

test('a burst of datagrams is kept', async () => {
  const socket = createSocket('udp4');
  const send = (i: number): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.send(`<13>1 - - burst - - - message ${i}`, port, '127.0.0.1', error =>
        error ? reject(error) : resolve(),
      );
    });
  for (let i = 0; i < 2000; i++) await send(i);
  socket.close();
  const rows = await rowsOf('burst', 2000);
  expect(new Set(rows.map(row => row['body'])).size).toBe(2000);
});

const day = (i: number): string => new Date(Date.UTC(2025, 0, 1 + i)).toISOString();

test('an old log with a line a day for half a year is kept', async () => {
  const lines = Array.from({ length: 180 }, (_, i) => `<14>1 ${day(i)} - archive - - - day ${i}`);
  await new Promise<void>(resolve => {
    const socket = connect(port, '127.0.0.1').on('close', () => resolve());
    socket.end(`${lines.join('\n')}\n`);
    socket.resume();
  });
  expect(await rowsOf('archive', 180, 30_000)).toHaveLength(180);
}, 60_000);
