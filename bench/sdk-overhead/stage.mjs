// The processes around a measurement: database, price service, sink for telemetry, and the application under a variant. They end together.
import { execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { variants } from './variants.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const children = new Set();
const cleanups = [];
function track(child) {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function ended([code]) {
  throw new Error(`a process of the benchmark ended with code ${code}`);
}

/** The next message of a child; throws when it ends before. */
export async function message(child) {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    const [value] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(ended, () => new Promise(() => {})),
    ]);
    return value;
  } finally {
    waiting.abort();
  }
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function startPostgres() {
  const root = '/usr/lib/postgresql';
  const version = existsSync(root) ? readdirSync(root).sort().at(-1) : undefined;
  if (version === undefined) throw new Error('this benchmark needs PostgreSQL: apt-get install postgresql');
  const bin = join(root, version, 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-bench-'));
  chmodSync(folder, 0o777);
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const isRoot = process.getuid?.() === 0;
  const as = (command, args) =>
    isRoot
      ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]]
      : [command, args];
  const data = join(folder, 'data');
  execFileSync(...as(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'bench', '--no-sync']), {
    stdio: 'ignore',
    cwd: folder,
  });
  const port = await freePort();
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`];
  track(
    spawn(...as(join(bin, 'postgres'), ['-D', data, ...settings.flatMap(setting => ['-c', setting])]), {
      stdio: 'ignore',
      cwd: folder,
    }),
  );
  const url = `postgres://bench@127.0.0.1:${port}/postgres`;
  const { default: pg } = await import('pg');
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client(url);
    try {
      await client.connect();
      await client.query(`
        CREATE TABLE customers AS SELECT n AS id, 'Customer ' || n AS name, 'c' || n || '@example.com' AS email FROM generate_series(1, 1000) AS n;
        CREATE TABLE orders AS SELECT n AS id, n AS customer_id, 'paid' AS status, now() AS created_at FROM generate_series(1, 1000) AS n;
        CREATE TABLE items AS SELECT o AS order_id, 'sku-' || i AS sku, i AS qty, 100 * i AS price FROM generate_series(1, 1000) AS o, generate_series(1, 3) AS i;
        CREATE UNIQUE INDEX ON customers (id); CREATE UNIQUE INDEX ON orders (id); CREATE INDEX ON items (order_id); ANALYZE;`);
      await client.end();
      return url;
    } catch (error) {
      await client.end().catch(() => {});
      if (attempt > 100) throw error;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

async function start(file) {
  const child = track(fork(join(here, file), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
  return { child, ...(await message(child)) };
}

/** Starts all but the applications. `startApp(variant, { node, framework, flags })` starts one; `start(file)` starts a generator of load. */
export async function openStage() {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  if (!Object.keys(dependencies).every(name => existsSync(join(here, 'node_modules', name))))
    execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: here, stdio: 'inherit' });
  const url = await startPostgres();
  const [sink, price] = [await start('sink.mjs'), await start('price.mjs')];
  cleanups.push(() => rmSync(sink.tls.folder, { recursive: true, force: true }));
  const env = { BENCH_DATABASE_URL: url, BENCH_PRICE_URL: `http://127.0.0.1:${price.port}/price` };
  const startApp = async (name, { node = process.execPath, framework = 'fastify', flags: more = [] } = {}) => {
    const { flags, env: own } = variants[name](sink.port, sink.tls);
    const child = track(
      fork(join(here, 'app.mjs'), [framework], {
        execPath: resolve(node),
        execArgv: [...flags, ...more],
        cwd: here,
        env: {
          PATH: process.env.PATH,
          OTEL_SERVICE_NAME: 'bench',
          DD_SERVICE: 'bench',
          NODE_ENV: 'production',
          ...env,
          ...own,
        },
        stdio: ['ignore', 'ignore', process.env.BENCH_VERBOSE ? 'inherit' : 'ignore', 'ipc'],
      }),
    );
    return { child, ...(await message(child)) };
  };
  return { start, startApp, sink: sink.child };
}

/** Ends every process that was started and removes what they wrote. */
export function closeStage() {
  for (const child of children) child.kill('SIGKILL');
  for (const cleanup of cleanups) cleanup();
}
