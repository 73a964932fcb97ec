// How long questions take with many spans stored, through the API of a running Bellwether; and how long it takes to start on them.
// usage: node bench/query-traces/run.mjs [spans=10000000] [data folder, kept and used again]
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cost, machine, median, root, startInstance } from '../instance.mjs';

const [spans = '10000000', folder] = process.argv.slice(2);
const total = Number(spans);
const data = folder ?? mkdtempSync(join(tmpdir(), 'bellwether-bench-'));
const marker = join(data, 'bench-loaded.json');

if (!existsSync(marker)) {
  mkdirSync(data, { recursive: true });
  const first = await startInstance({ dataDir: data }); // makes the tables
  await first.stop();
  const to = Date.now();
  // The engine in a process of its own, which ends and so frees the folder.
  const script = `
    import { Session } from 'chdb';
    import { readFileSync } from 'node:fs';
    const session = new Session(${JSON.stringify(join(data, 'clickhouse'))});
    const sql = readFileSync(${JSON.stringify(join(root, 'bench', 'query-traces', 'load.sql'))}, 'utf8');
    const fill = values => sql.replace(/\\{(\\w+)\\}/g, (_, key) => values[key]);
    const step = 500000;
    for (let offset = 0; offset < ${total}; offset += step) {
      session.query(fill({ offset, count: Math.min(step, ${total} - offset), total: ${total}, to_ms: ${to} }));
    }
    session.query("INSERT INTO bellwether.red_minutes SELECT workspace, toStartOfMinute(ts), service, name, kind, if(kind = 3, concat('http ', attrs['server.address']), ''), environment, version, tenant_id, count(), countIf(status_code = 2), sum(duration_ns), sumMap(map(toUInt16(floor(8 * log2(duration_ns))), toUInt64(1))), today() FROM bellwether.spans WHERE kind != 1 GROUP BY ALL SETTINGS max_partitions_per_insert_block = 0");
    session.query("INSERT INTO bellwether.resources SELECT 'default', resource_id, any(service), 'production', any(version), map('service.name', any(service), 'host.name', 'node-1', 'telemetry.sdk.language', 'nodejs'), 'sss', now64(3), today() FROM bellwether.spans GROUP BY resource_id");
    process.exit(0);
  `;
  execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    stdio: 'inherit',
    cwd: join(root, 'packages', 'server'),
  });
  writeFileSync(marker, JSON.stringify({ spans: total, to }));
}
const { to } = JSON.parse(readFileSync(marker, 'utf8'));

const restarts = [];
for (let i = 0; i < 5; i++) {
  const instance = await startInstance({ dataDir: data });
  restarts.push(instance.readyMs);
  await instance.stop();
}

const instance = await startInstance({ dataDir: data });
const hour = 3_600_000;
const range = hours => `from=${to - hours * hour}&to=${to}`;
const list = await instance.get(`/api/bw/v1/traces?${range(24)}&limit=200`);
const ids = list.traces.map(trace => trace.traceId);
const quoted = text => encodeURIComponent(text);
const order = i => quoted(`order.id:o-${(i * 7919) % 1000000007}`);

const questions = {
  'trace by id (goal 50 ms)': i => `/api/bw/v1/traces/${ids[(i * 37) % ids.length]}`,
  'service overview, 1 h (goal 150 ms)': i => `/api/bw/v1/services/service-${i % 20}/overview?${range(1)}`,
  'service overview, 24 h': i => `/api/bw/v1/services/service-${i % 20}/overview?${range(24)}`,
  'services, 1 h': () => `/api/bw/v1/services?${range(1)}`,
  'trace search, frequent attribute, 24 h (goal 500 ms)': i =>
    `/api/bw/v1/traces?${range(24)}&q=${quoted(`tenant.id:tenant-${i % 40}`)}`,
  'trace search, user attribute, 24 h (goal 500 ms)': i =>
    `/api/bw/v1/traces?${range(24)}&q=${quoted(`user.id:user-${(i * 777) % 50000}`)}`,
  'trace search, attribute that no span has, 24 h (goal 500 ms)': i => `/api/bw/v1/traces?${range(24)}&q=${order(i)}x`,
  'trace search, errors of a service, 24 h': i =>
    `/api/bw/v1/traces?${range(24)}&q=${quoted(`service:service-${i % 20} status:error`)}`,
  'trace search, slowest, 1 h': () => `/api/bw/v1/traces?${range(1)}&sort=slowest`,
  'trace histogram, 24 h': () => `/api/bw/v1/traces/histogram?${range(24)}`,
};
const summary = { 'restart to ready (goal 2000 ms)': Math.round(median(restarts)) };
for (const [name, path] of Object.entries(questions)) {
  const times = [];
  for (let i = 0; i < 15; i++) {
    const start = performance.now();
    await instance.get(path(i));
    times.push(performance.now() - start);
  }
  summary[name] = Math.round(median(times) * 10) / 10;
  console.log(
    `${name}: ${summary[name]} ms (min ${Math.min(...times).toFixed(0)}, max ${Math.max(...times).toFixed(0)})`,
  );
}
summary['memory after, both processes, MB'] = Math.round(
  (cost(instance.receiverPid).rssBytes + cost(instance.serverPid).rssBytes) / 1e6,
);
console.log(summary);
writeFileSync(
  join(root, 'bench', 'query-traces', 'results.json'),
  `${JSON.stringify({ machine: machine(), spans: total, medianMs: summary, restartsMs: restarts.map(Math.round) }, null, 2)}\n`,
);
await instance.stop();
if (folder === undefined) rmSync(data, { recursive: true, force: true });
