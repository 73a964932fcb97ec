// Medians of query_range over the same samples, loaded by remote write into Bellwether, Prometheus and VictoriaMetrics. After a build; the peers are
// unpacked to .peers by `npm test`. Queries are asked in turn, so that what else the machine does meets all three.
// usage: node bench/promql/run.mjs [series=10000] [hours=2] [runs=5] [queries=all|some] [only=bellwether,prometheus,victoria-metrics]
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cost, machine, median, root, startInstance } from '../instance.mjs';
import { peers, startPrometheus, startVictoriaMetrics } from '../peer.mjs';
import { requests } from '../remote-write/requests.mjs';

const [series = '10000', hours = '2', runs = '5', which = 'all', only = ''] = process.argv.slice(2);
const scrapes = Number(hours) * 240;
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
    expr: `sum(increase(http_requests_total[${Math.round(Number(hours) * 3600)}s]))`,
    stepS: 60,
  },
].filter(({ grows }) => which === 'all' || grows);

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
  const all = requests({ series: Number(series), scrapes, perRequest: 5000, endMs });
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
    start: String(endMs / 1000 - Number(hours) * 3600),
    end: String(endMs / 1000),
    step: String(stepS),
  });
  const started = performance.now();
  const answer = await fetch(`${server.url}/api/v1/query_range`, { method: 'POST', body });
  const text = await answer.text();
  const ms = performance.now() - started;
  const { status, data, error } = JSON.parse(text);
  if (status !== 'success') throw new Error(`${server.url} ${expr}: ${error}`);
  return { ms, bytes: text.length, series: data.result.length, last: lastValues(data.result) };
}

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
    for (let run = -1; run < Number(runs); run++) {
      for (const [name, server] of servers) {
        const result = await ask(server, query);
        // The first one warms up caches and compilers.
        if (run >= 0) results.get(name).push(result);
      }
    }
    const row = { ...query, ms: {}, series: {}, differenceFromPrometheus: {} };
    for (const [name, list] of results) {
      row.ms[name] = median(list.map(({ ms }) => ms));
      row.series[name] = list[0].series;
      const reference = results.get('prometheus')?.[0].last;
      if (reference !== undefined) row.differenceFromPrometheus[name] = difference(list[0].last, reference);
    }
    rows.push(row);
    console.log(query.name, row.ms, row.series, row.differenceFromPrometheus);
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
console.log(`\n| query | ${names.join(' | ')} |\n|---|${names.map(() => '---|').join('')}`);
for (const { name, ms } of rows)
  if (ms !== undefined) console.log(`| ${name} | ${names.map(one => shown(ms[one])).join(' | ')} |`);
const setup = {
  series: Number(series),
  hours: Number(hours),
  intervalS: 15,
  runs: Number(runs),
  prometheus: /version (\S+)/.exec(stdout)?.[1],
};
const file = which === 'all' ? 'results.json' : 'results-growth.json';
if (only === '') {
  writeFileSync(
    join(root, 'bench', 'promql', file),
    `${JSON.stringify({ machine: machine(), setup, rows }, null, 2)}\n`,
  );
}
