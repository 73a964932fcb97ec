import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildApp, startApp } from './test-support/child-app.js';
import { freePort } from './test-support/free-port.js';
import { type Sink, startSink } from './test-support/sink.js';

let folder: string;
const apps: ChildApp[] = [];
const closes: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-chaos-'));
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop('SIGKILL');
  for (const close of closes.splice(0)) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** Mounting needs the rights for it. */
function canMount(): boolean {
  const at = mkdtempSync(join(tmpdir(), 'bellwether-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', at], { stdio: 'ignore' });
    execFileSync('umount', [at]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

async function run(environment: Record<string, string>): Promise<ChildApp> {
  const app = await startApp('chaos', {
    BELLWETHER_SPOOL: join(folder, 'spool'),
    OTEL_METRIC_EXPORT_INTERVAL: '10000',
    ...environment,
  });
  apps.push(app);
  return app;
}

async function sinkAt(port: number): Promise<Sink> {
  const sink = await startSink(port);
  closes.push(() => sink.close());
  return sink;
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 45_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not happen within 45 s');
    await sleep(30);
  }
}

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const lines = (app: ChildApp): readonly string[] => app.output.stderr.split('\n').filter(line => line !== '');

function spooled(): readonly string[] {
  try {
    return readdirSync(join(folder, 'spool'), { recursive: true })
      .map(String)
      .filter(name => name.includes('.spool'));
  } catch {
    return [];
  }
}

/** What is in the files of the spool. A file that is renamed while we look is looked at the next time. */
function spooledText(): string {
  try {
    return spooled()
      .map(name => readFileSync(join(folder, 'spool', name), 'latin1'))
      .join('');
  } catch {
    return '';
  }
}

const orders = (sink: Sink): readonly unknown[] =>
  sink.logs.filter(log => log.eventName === 'business.order').map(log => log.attributes['business.order.id']);
const paths = (sink: Sink): readonly unknown[] => sink.spans.map(span => span.attributes['url.path']);

test('[A6][L9] the server away and the process killed: the next process sends what was kept, each once', async () => {
  const port = await freePort();
  const first = await run({ BELLWETHER_URL: `http://127.0.0.1:${port}` });
  for (const order of ['a', 'b', 'c']) {
    expect((await first.get(`/order/${order}`)).status).toBe(200);
    await sleep(400);
  }
  await until(() => {
    const text = spooledText();
    return text.split('business.order.id').length > 3 && text.includes('/order/a');
  });
  await first.stop('SIGKILL');
  expect(lines(first)).toHaveLength(1);
  const sink = await sinkAt(port);
  const next = await run({ BELLWETHER_URL: `http://127.0.0.1:${port}` });
  await until(() => orders(sink).length >= 3 && spooled().length === 0);
  await next.stop();
  expect(orders(sink).toSorted()).toEqual(['a', 'b', 'c']);
  expect(paths(sink)).toContain('/order/a');
  expect(spooled()).toEqual([]);
});

test('[A6] process.exit in a handler while the server is away: what was recorded is on disk, and nobody else can read it', async () => {
  const port = await freePort();
  const app = await run({ BELLWETHER_URL: `http://127.0.0.1:${port}` });
  await app.get('/order/a');
  await until(() => lines(app).length > 0);
  await app.get('/order/b');
  await app.get('/exit').catch(() => undefined);
  await until(() => app.process.exitCode !== null);
  expect(app.process.exitCode).toBe(3);
  expect(lines(app)).toHaveLength(1);
  const modes = spooled().map(name => statSync(join(folder, 'spool', name)).mode & 0o777);
  expect(new Set(modes)).toEqual(new Set([0o600]));
  const sink = await sinkAt(port);
  await run({ BELLWETHER_URL: `http://127.0.0.1:${port}` });
  // A process that ends while it writes a file may leave the batch twice, byte for byte: what receives it keeps it once.
  await until(() => new Set(orders(sink)).size >= 2);
  expect([...new Set(orders(sink))].toSorted()).toEqual(['a', 'b']);
});

test('[A6] processes that share a spool send each file once', async () => {
  const port = await freePort();
  const environment = { BELLWETHER_URL: `http://127.0.0.1:${port}` };
  const all = await Promise.all([run(environment), run(environment), run(environment)]);
  for (const [index, app] of all.entries())
    for (let order = 0; order < 10; order++) {
      await app.get(`/order/${index}-${order}`);
      if (order % 4 === 0) await sleep(300);
    }
  await until(() => spooled().length > 3);
  const sink = await sinkAt(port);
  await until(() => orders(sink).length >= 30 && spooled().length === 0);
  await sleep(1200);
  expect(orders(sink)).toHaveLength(30);
  expect(new Set(orders(sink)).size).toBe(30);
});

/** What a destination may do to who sends. */
const wrongs: readonly (readonly [string, (socket: net.Socket) => void])[] = [
  ['says 429', socket => answer(socket, '429 Too Many Requests', 'retry-after: 60\r\n')],
  ['says 503', socket => answer(socket, '503 Service Unavailable', '')],
  ['says nothing', () => {}],
  [
    'closes in the middle of an answer',
    socket => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
  ],
  ['closes at once', socket => void socket.destroy()],
  ['speaks no HTTP', socket => void socket.end('220 mail.example ESMTP\r\n')],
  ['answers a byte at a time', socket => void drip(socket)],
];

function answer(socket: net.Socket, status: string, headers: string): void {
  socket.end(`HTTP/1.1 ${status}\r\n${headers}content-length: 0\r\nconnection: close\r\n\r\n`);
}

function drip(socket: net.Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write('x')), 200);
}

test.each(wrongs)(
  '[A6] a destination that %s: the application answers, and at most one line is printed',
  async (_what, act) => {
    const sockets = new Set<net.Socket>();
    const server = net.createServer(socket => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('data', () => act(socket));
    });
    server.listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    closes.push(
      () =>
        new Promise(resolve => {
          for (const socket of sockets) socket.destroy();
          server.close(resolve);
        }),
    );
    // A server that listens on TCP has such an address.
    const { port } = server.address() as AddressInfo;
    const app = await run({ BELLWETHER_URL: `http://127.0.0.1:${port}` });
    for (let index = 0; index < 6; index++) {
      expect(await app.get(`/order/${index}`)).toMatchObject({ status: 200, body: 'ok' });
      await sleep(300);
    }
    await app.stop('SIGTERM');
    expect(lines(app).length).toBeLessThanOrEqual(1);
    expect(spooled().length).toBeGreaterThan(0);
  },
);

test.runIf(canMount())(
  '[A6] the disk full: the application answers, one line tells of the server and one of the disk',
  async () => {
    const small = join(folder, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', small]);
    closes.push(async () => execFileSync('umount', ['--lazy', small]));
    const port = await freePort();
    const app = await run({ BELLWETHER_URL: `http://127.0.0.1:${port}`, BELLWETHER_SPOOL: join(small, 'spool') });
    for (let round = 0; round < 4; round++) {
      for (let index = 0; index < 60; index++) await app.get(`/fails/${round}-${index}`);
      await sleep(900);
    }
    expect(lines(app)).toHaveLength(2);
    expect(app.output.stderr).toContain('ENOSPC');
    const sink = await sinkAt(port);
    await until(() => sink.logs.filter(log => log.eventName === 'exception').length >= 240);
    await app.stop('SIGKILL');
  },
);

test('[A6][W46] the clock jumps by a year either way: durations stay right, and what is on disk is not taken for old', async () => {
  const port = await freePort();
  const app = await run({ BELLWETHER_URL: `http://127.0.0.1:${port}` });
  await app.get('/order/a');
  await until(() => spooled().length > 0);
  const yearMs = 31_536_000_000;
  await app.get(`/jump/${yearMs}`);
  await sleep(1100);
  await app.get('/order/b');
  await app.get(`/jump/-${yearMs}`);
  await sleep(1100);
  await app.get('/order/c');
  const sink = await sinkAt(port);
  await until(() => orders(sink).length >= 3);
  expect(orders(sink).toSorted()).toEqual(['a', 'b', 'c']);
  const durationsMs = sink.spans.map(span => Number(span.endNs - span.startNs) / 1e6);
  expect(durationsMs.every(ms => ms >= 0 && ms < 5000)).toBe(true);
  expect(lines(app).filter(line => line.includes('cannot reach'))).toHaveLength(1);
});

test.each([
  ['switched off', { BELLWETHER_ENABLED: 'false' }, 0],
  ['APM_ENABLED=False', { APM_ENABLED: 'False' }, 0],
  ['a provider without its key', { APM_PROVIDER: 'newrelic' }, 2],
  ['an unknown destination alone', { BELLWETHER_DESTINATIONS: 'splunk' }, 2],
])('[A3] %s: no connection is opened, and the application answers', async (_what, environment, printed) => {
  const app = await run(environment);
  for (let index = 0; index < 3; index++) expect((await app.get(`/order/${index}`)).body).toBe('ok');
  await sleep(1300);
  expect((await app.get('/opened')).body).toBe('0');
  await app.stop();
  expect([lines(app).length, spooled()]).toEqual([printed, []]);
});

test('[A2] of two destinations one that hangs does not delay the other', async () => {
  const silent = http.createServer(() => {});
  silent.listen(0, '127.0.0.1');
  await new Promise(resolve => silent.once('listening', resolve));
  closes.push(
    () =>
      new Promise(resolve => {
        silent.closeAllConnections();
        silent.close(resolve);
      }),
  );
  // A server that listens on TCP has such an address.
  const { port } = silent.address() as AddressInfo;
  const sink = await sinkAt(0);
  const app = await run({
    BELLWETHER_DESTINATIONS: 'otlp,bellwether',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    BELLWETHER_URL: sink.url,
  });
  await app.get('/order/a');
  await until(() => orders(sink).length === 1);
  expect(lines(app)).toEqual([]);
});
