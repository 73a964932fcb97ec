import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiveAndStore, type StoredHere } from './stored-here.test-support.js';

/** Debian's rsyslog, which `scripts/test-tools.mjs` unpacked. */
const debian = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(folder, '.peers', 'rsyslog', 'usr');
})();
const libraries = join(debian, 'lib', 'x86_64-linux-gnu');

/** A way to forward, by the name of the program whose lines go that way. */
const ways = [
  { app: 'counted', protocol: 'tcp', framing: 'octet-counted', template: 'RSYSLOG_SyslogProtocol23Format' },
  { app: 'lines', protocol: 'tcp', framing: 'traditional', template: 'RSYSLOG_SyslogProtocol23Format' },
  { app: 'datagrams', protocol: 'udp', framing: 'traditional', template: 'RSYSLOG_SyslogProtocol23Format' },
  { app: 'forward', protocol: 'tcp', framing: 'traditional', template: 'RSYSLOG_ForwardFormat' },
  { app: 'older', protocol: 'tcp', framing: 'traditional', template: 'RSYSLOG_TraditionalForwardFormat' },
] as const;

let here: StoredHere;
let rsyslog: ChildProcess;
const folder = mkdtempSync(join(tmpdir(), 'bellwether-rsyslog-'));
beforeAll(async () => {
  here = await receiveAndStore({ ports: { syslog: { host: '127.0.0.1', port: 0 } } });
  const port = here.receiver.ports.syslog;
  const config = [
    `global(workDirectory="${folder}" localHostname="db-1")`,
    'module(load="imfile")',
    ...ways.flatMap(({ app, protocol, framing, template }) => [
      `ruleset(name="${app}") { action(type="omfwd" target="127.0.0.1" port="${port}" protocol="${protocol}" TCP_Framing="${framing}" template="${template}") }`,
      `input(type="imfile" File="${join(folder, `${app}.log`)}" Tag="${app}:" Severity="error" Facility="local3" ruleset="${app}")`,
    ]),
  ];
  writeFileSync(join(folder, 'rsyslog.conf'), `${config.join('\n')}\n`);
  for (const { app } of ways) writeFileSync(join(folder, `${app}.log`), '');
  rsyslog = spawn(
    join(debian, 'sbin', 'rsyslogd'),
    ['-n', '-i', 'NONE', '-f', join(folder, 'rsyslog.conf'), '-M', join(libraries, 'rsyslog')],
    { env: { ...process.env, LD_LIBRARY_PATH: libraries }, stdio: 'inherit' },
  );
}, 30_000);
afterAll(async () => {
  rsyslog.kill();
  await here.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(ways)(
  '[J6] rsyslog forwards over $protocol, $framing, as $template: stored as it was meant',
  async ({ app }) => {
    const beforeNs = BigInt(Date.now() - 1000) * 1_000_000n;
    const lines = ['order 17: it “failed” trace_id=5b8efff798038103d269b633813fc60c', `'; DROP TABLE logs; --`];
    appendFileSync(join(folder, `${app}.log`), lines.map(line => `${line}\n`).join(''));
    let rows: readonly Record<string, unknown>[] = [];
    await expect
      .poll(
        async () => {
          rows = (await here.logs()).map(row => ({ ...row })).filter(row => Object(row).service === app);
          return rows.length;
        },
        { timeout: 15_000 },
      )
      .toBe(2);
    const row = (body: string, traceId: string): object => ({
      ts: expect.any(String),
      trace_id: traceId,
      span_id: '0'.repeat(16),
      trace_flags: 0,
      severity_number: 17,
      severity_text: 'err',
      body,
      event_name: '',
      service: app,
      version: '',
      scope_name: '',
      scope_version: '',
      attributes: [
        ['syslog.facility', 's', 'local3'],
        ['network.peer.address', 's', '127.0.0.1'],
      ],
      resource: [
        ['host.name', 's', 'db-1'],
        ['service.name', 's', app],
      ],
    });
    expect(rows.toSorted((a, b) => (String(a['body']) > String(b['body']) ? -1 : 1))).toEqual([
      row(lines[0] ?? '', '5b8efff798038103d269b633813fc60c'),
      row(lines[1] ?? '', '0'.repeat(32)),
    ]);
    for (const { ts } of rows) {
      expect(BigInt(String(ts))).toBeGreaterThan(beforeNs);
      expect(BigInt(String(ts))).toBeLessThan(beforeNs + 20_000_000_000n);
    }
  },
);
