// Medians of query_range over the same samples, loaded by remote write into Bellwether, Prometheus and VictoriaMetrics. After a build; the peers are
// unpacked to .peers by `npm test`. Queries are asked in turn, so that what else the machine does meets all three.
// usage: node bench/promql/run.mjs [--series 10000] [--hours 2] [--runs 9] [--only bellwether,prometheus,victoria-metrics]
//        node bench/promql/run.mjs --growth [--hours 24 --interval 60]    three of the queries over 100,000 series, written to results-growth.json
// `--interval`: seconds between scrapes.
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { cost, machine, median, root, startInstance } from '../instance.mjs';
import { peers, startPrometheus, startVictoriaMetrics } from '../peer.mjs';
import { requests } from '../remote-write/requests.mjs';

const text = { type: 'string' };
const { values: given } = parseArgs({
  options: {
    growth: { type: 'boolean', default: false },
    series: text,
    hours: text,
    interval: text,
    runs: text,
    only: text,
  },
});
const isGrowth = given.growth;
const series = Number(given.series ?? (isGrowth ? 100_000 : 10_000));
const hours = Number(given.hours ?? 2);
const runs = Number(given.runs ?? (isGrowth ? 3 : 9));
const only = given.only ?? '';
// Large ones take longer than a query may unless that is said, in every server but VictoriaMetrics, which has 30 s.
if (isGrowth) process.env['BELLWETHER_QUERY_MAX_SECONDS'] ??= '120';
const startedMs = Date.now();
const intervalS = Number(given.interval ?? 15);
const scrapes = (hours * 3600) / intervalS;
/** At a full minute, so that steps fall on scrapes in every server. */
const endMs = Math.floor(Date.now() / 60_000) * 60_000;
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

const queries = [
  { name: 'raw', expr: 'nodejs_heap_space_size_used_bytes{space=~"new|old"}', stepS: 15 },
  { name: 'rate', expr: 'rate(http_requests_total{code="200"}[5m])', stepS: 60 },
  {
    name: 'sum by (job) (rate), 60 s',
    expr: 'sum by (job) (rate(http_request_duration_seconds_bucket{le!~"10|[+]Inf"}[5m]))',
    stepS: 60,
    grows: true,
  },
  {
    name: 'sum by (job) (rate), 15 s',
    expr: 'sum by (job) (rate(http_request_duration_seconds_bucket{le!~"10|[+]Inf"}[5m]))',
    stepS: 15,
  },
  {
    name: 'p99 from buckets',
    expr: 'histogram_quantile(0.99, sum by (le, handler) (rate(http_request_duration_seconds_bucket[5m])))',
    stepS: 60,
    grows: true,
  },
  { name: 'topk', expr: 'topk(10, sum by (instance) (rate(http_requests_total[5m])))', stepS: 60, grows: true },
  {
    name: 'error ratio',
    expr: 'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
    stepS: 60,
  },
  {
    name: 'increase over the range',
    expr: `sum(increase(http_requests_total[${Math.round(hours * 3600)}s]))`,
    stepS: 60,
  },
].filter(({ grows }) => !isGrowth || grows);

const starts = {
  async bellwether() {
    const instance = await startInstance({});
    return {
      write: `${instance.otlp}/api/v1/write`,
      url: instance.api,
      pids: [instance.serverPid],
      settled: () => instance.flush(),
      stop: () => instance.stop(),
    };
  },
  async prometheus() {
    const peer = await startPrometheus();
    return { ...peer, write: `${peer.url}/api/v1/write`, settled: () => Promise.resolve() };
  },
  async 'victoria-metrics'() {
    const peer = await startVictoriaMetrics();
    return {
      ...peer,
      write: `${peer.url}/api/v1/write`,
      settled: () => fetch(`${peer.url}/internal/force_flush`),
    };
  },
};

async function load(server) {
  const all = requests({ series, scrapes, perRequest: 5000, endMs, intervalMs: intervalS * 1000 });
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  };
  for (const { body } of all) {
    for (;;) {
      const answer = await fetch(server.write, { method: 'POST', headers, body });
      const text = await answer.text();
      if (answer.status < 300) break;
      if (answer.status !== 503) throw new Error(`${server.write}: ${answer.status} ${text}`);
      await sleep(50);
    }
  }
  await server.settled();
}

/** Milliseconds to the last byte, and what was answered. */
async function ask(server, { expr, stepS }) {
  const body = new URLSearchParams({
    query: expr,
    start: String(endMs / 1000 - hours * 3600),
    end: String(endMs / 1000),
    step: String(stepS),
  });
  const cpuBefore = cpuUs(server);
  const started = performance.now();
  const answer = await fetch(`${server.url}/api/v1/query_range`, { method: 'POST', body });
  const text = await answer.text();
  const ms = performance.now() - started;
  const { status, data, error } = JSON.parse(text);
  if (status !== 'success') throw new Error(`${server.url} ${expr}: ${error}`);
  const cpuMs = (cpuUs(server) - cpuBefore) / 1000;
  return { ms, cpuMs, bytes: text.length, series: data.result.length, last: lastValues(data.result) };
}

const cpuUs = ({ pids }) => pids.reduce((sum, pid) => sum + cost(pid).cpuUs, 0);

/** The value at the end by labels: what the servers must agree on. */
function lastValues(result) {
  return new Map(
    result.map(({ metric, values }) => [JSON.stringify(Object.entries(metric).sort()), Number(values.at(-1)[1])]),
  );
}

/** The greatest relative difference of last values; series that one does not have count as 1. */
function difference(a, b) {
  let greatest = a.size === b.size ? 0 : 1;
  for (const [labels, value] of a) {
    const other = b.get(labels);
    if (other === undefined) greatest = 1;
    else if (value !== other && !(Number.isNaN(value) && Number.isNaN(other)))
      greatest = Math.max(greatest, Math.abs(value - other) / Math.max(Math.abs(value), Math.abs(other)));
  }
  return greatest;
}

if (!existsSync(join(peers, 'prometheus'))) throw new Error('the peers are missing: bash ../shared/peers.sh .peers');
const names = Object.keys(starts).filter(name => only === '' || only.split(',').includes(name));
const servers = new Map();
const rows = [];
try {
  for (const name of names) {
    const server = await starts[name]();
    servers.set(name, server);
    const started = performance.now();
    await load(server);
    console.log(`loaded ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  for (const query of queries) {
    const results = new Map(names.map(name => [name, []]));
    const row = { ...query, ms: {}, firstMs: {}, secondMs: {}, cpuMs: {}, series: {}, differenceFromPrometheus: {} };
    for (let run = -2; run < runs; run++) {
      for (const [name, server] of servers) {
        const result = await ask(server, query);
        // The first two warm up caches and compilers: what they cost is told beside the median.
        if (run === -2) row.firstMs[name] = result.ms;
        else if (run === -1) row.secondMs[name] = result.ms;
        else results.get(name).push(result);
      }
    }
    for (const [name, list] of results) {
      row.ms[name] = median(list.map(({ ms }) => ms));
      // Linux counts in ticks of 10 ms; a mean of several is finer.
      row.cpuMs[name] = list.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / list.length;
      row.series[name] = list[0].series;
      const reference = results.get('prometheus')?.[0].last;
      if (reference !== undefined) row.differenceFromPrometheus[name] = difference(list[0].last, reference);
    }
    rows.push(row);
    console.log(query.name, row.ms, row.firstMs, row.cpuMs, row.series, row.differenceFromPrometheus);
  }
  for (const [name, { pids }] of servers) {
    const peakBytes = pids.reduce((sum, pid) => sum + cost(pid).peakBytes, 0);
    console.log(`peak memory of ${name}: ${Math.round(peakBytes / 1e6)} MB`);
    rows.push({ name: 'peak memory', server: name, peakMB: Math.round(peakBytes / 1e6) });
  }
} finally {
  for (const server of servers.values()) await server.stop();
}
const { stdout } = await promisify(execFile)(join(peers, 'prometheus'), ['--version']);
const shown = value => (value === undefined ? '' : value.toFixed(value < 10 ? 1 : 0));
const heads = ['', ', first', ', second', ', CPU'].flatMap(kind => names.map(name => `${name}${kind}`));
console.log(`\n| query | ${heads.join(' | ')} |\n|---|${heads.map(() => '---|').join('')}`);
for (const { name, ms, firstMs, secondMs, cpuMs } of rows) {
  if (ms === undefined) continue;
  const cells = [ms, firstMs, secondMs, cpuMs].flatMap(kind => names.map(one => shown(kind[one])));
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
const setup = {
  series,
  hours,
  intervalS,
  runs,
  durationS: Math.round((Date.now() - startedMs) / 1000),
  prometheus: /version (\S+)/.exec(stdout)?.[1],
};
if (only === '') {
  writeFileSync(
    join(root, 'bench', 'promql', isGrowth ? 'results-growth.json' : 'results.json'),
    `${JSON.stringify({ machine: machine(), setup, rows }, null, 2)}\n`,
  );
}
