// What an agent costs: CPU µs per request of a realistic route (3 SQL + 1 fetch + 1 log line, Fastify), start-up and memory, against the bare
// application. Every round runs all variants in a random order, each in a fresh process; ratios are taken within a round and the median is reported.
//
//   node bench/sdk-overhead/run.mjs [--rounds 7] [--requests 8000] [--warmup 3000] [--connections 10] [--variants bare,bellwether,...] [--path /orders/:id]
//
// Needs Debian's PostgreSQL and a built SDK (`npm run build`); installs the other agents into its own folder when they are missing.
import { execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '8000' },
    warmup: { type: 'string', default: '3000' },
    connections: { type: 'string', default: '10' },
    path: { type: 'string', default: '/orders/:id' },
    variants: { type: 'string', default: 'bare,bellwether,opentelemetry,datadog,sentry' },
    out: { type: 'string', default: join(here, 'results.json') },
  },
});

/** How each variant is switched on, as its own guide says. */
const variants = {
  bare: () => ({ flags: [], env: {} }),
  bellwether: sink => ({
    flags: ['--import', join(here, '../../packages/sdk/dist/register.js')],
    env: { BELLWETHER_URL: `http://127.0.0.1:${sink}` },
  }),
  opentelemetry: sink => ({
    flags: [
      '--experimental-loader=@opentelemetry/instrumentation/hook.mjs',
      '--import',
      '@opentelemetry/auto-instrumentations-node/register',
    ],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink}`,
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'fs',
    },
  }),
  datadog: sink => ({
    flags: ['--import', 'dd-trace/register.js', '--require', 'dd-trace/init'],
    env: {
      DD_TRACE_AGENT_URL: `http://127.0.0.1:${sink}`,
      DD_LOGS_INJECTION: 'true',
      DD_RUNTIME_METRICS_ENABLED: 'true',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    },
  }),
  sentry: sink => ({
    flags: ['--import', join(here, 'sentry.mjs')],
    env: { BENCH_SENTRY_DSN: `http://key@127.0.0.1:${sink}/1` },
  }),
};

const median = list => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

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

async function message(child) {
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

async function measure(name, env, sinkPort, load) {
  const { flags, env: own } = variants[name](sinkPort);
  const child = track(
    fork(join(here, 'app.mjs'), [], {
      execArgv: flags,
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
  const { readyMs, port } = await message(child);
  const connections = Number(options.connections);
  const drive = async requests => {
    load.send({ port, path: options.path, requests, connections });
    return message(load);
  };
  const stats = async () => {
    child.send('stats');
    return message(child);
  };
  await drive(Number(options.warmup));
  const before = await stats();
  const requests = Number(options.requests);
  const { failed, p50Ms, p99Ms } = await drive(requests);
  const after = await stats();
  child.send('exit');
  await once(child, 'exit');
  if (failed > 0) throw new Error(`${name}: ${failed} of ${requests} requests failed`);
  return {
    cpuUsPerRequest: (after.cpuUs - before.cpuUs) / requests,
    startupMs: readyMs,
    rssMb: after.rssBytes / 1_048_576,
    p50Ms,
    p99Ms,
  };
}

async function main() {
  const names = options.variants.split(',');
  const unknown = names.filter(name => !(name in variants));
  if (unknown.length > 0)
    throw new Error(`unknown variants ${unknown.join(', ')}; known: ${Object.keys(variants).join(', ')}`);
  if (!names.includes('bare')) throw new Error('ratios need the variant "bare"');
  if (!existsSync(join(here, 'node_modules')))
    execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: here, stdio: 'inherit' });
  const url = await startPostgres();
  const start = async file => {
    const child = track(fork(join(here, file), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
    return { child, ...(await message(child)) };
  };
  const [sink, price, load] = [await start('sink.mjs'), await start('price.mjs'), await start('load.mjs')];
  const env = { BENCH_DATABASE_URL: url, BENCH_PRICE_URL: `http://127.0.0.1:${price.port}/price` };
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const order = names.map(name => ({ name, at: Math.random() })).sort((a, b) => a.at - b.at);
    const results = {};
    for (const { name } of order) results[name] = await measure(name, env, sink.port, load.child);
    rounds.push(results);
    console.error(
      `round ${round + 1}: ${names.map(name => `${name} ${results[name].cpuUsPerRequest.toFixed(0)} µs`).join(', ')}`,
    );
  }
  const summary = names.map(name => {
    const of = key => median(rounds.map(round => round[name][key]));
    const added = key => median(rounds.map(round => round[name][key] - round.bare[key]));
    return {
      variant: name,
      cpuUsPerRequest: of('cpuUsPerRequest'),
      cpuRatio: median(rounds.map(round => round[name].cpuUsPerRequest / round.bare.cpuUsPerRequest)),
      addedStartupMs: added('startupMs'),
      addedRssMb: added('rssMb'),
      p50Ms: of('p50Ms'),
      p99Ms: of('p99Ms'),
    };
  });
  console.table(
    Object.fromEntries(
      summary.map(({ variant, ...row }) => [
        variant,
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toFixed(2))])),
      ]),
    ),
  );
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  const { rounds: roundCount, requests, warmup, connections, path } = options;
  const settings = {
    rounds: Number(roundCount),
    requests: Number(requests),
    warmup: Number(warmup),
    connections: Number(connections),
    path,
  };
  writeFileSync(options.out, `${JSON.stringify({ machine, settings, summary, rounds }, undefined, 2)}\n`);
}

try {
  await main();
} finally {
  for (const child of children) child.kill('SIGKILL');
  for (const cleanup of cleanups) cleanup();
}
