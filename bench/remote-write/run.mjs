// Samples per CPU-second from remote-write bytes on the socket to data that can be queried, bytes per sample on disk, peak memory:
// Bellwether, Prometheus and VictoriaMetrics one after the other, with the same bytes. After a build; the peers are unpacked to .peers by `npm test`.
// usage: node bench/remote-write/run.mjs [series=50000] [scrapes=60] [runs=3] [connections=4] [samples per request=2000] [only=bellwether,prometheus,victoria-metrics]
import { execFile } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openChdbStore } from '../../packages/server/dist/store/chdb-store.js';
import { cost, machine, median, root, startInstance } from '../instance.mjs';
import { peers, startPrometheus, startVictoriaMetrics } from '../peer.mjs';
import { requests } from './requests.mjs';

const [series = '50000', scrapes = '60', runs = '3', connections = '4', perRequest = '2000', only = ''] =
  process.argv.slice(2);
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const work = mkdtempSync(join(tmpdir(), 'bellwether-remote-write-'));

/** Writes all requests to a file; each is found by its place there. Those of one chunk of series always go over the same connection. */
function prepare(version) {
  const path = join(work, `requests-${version}`);
  const file = openSync(path, 'w');
  const chunks = Math.ceil(Number(series) / Number(perRequest));
  const list = [];
  let at = 0;
  for (const { body, samples } of requests({
    series: Number(series),
    scrapes: Number(scrapes),
    perRequest: Number(perRequest),
    version,
  })) {
    writeSync(file, body);
    list.push({ at, length: body.length, samples, connection: (list.length % chunks) % Number(connections) });
    at += body.length;
  }
  closeSync(file);
  return { path, list, version, samples: list.reduce((sum, one) => sum + one.samples, 0), bytes: at };
}

const contentTypes = { 1: 'application/x-protobuf', 2: 'application/x-protobuf;proto=io.prometheus.write.v2.Request' };

/** Sends everything, on each connection one request after the other; 503 is sent again. Resolves with the seconds it took. */
async function sendAll({ path, list, version }, url) {
  const bytes = readFileSync(path);
  const start = performance.now();
  const lanes = Array.from({ length: Number(connections) }, async (_, connection) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const one of list.filter(other => other.connection === connection)) {
      const body = bytes.subarray(one.at, one.at + one.length);
      for (;;) {
        const { status, text } = await post(url, agent, body, version);
        if (status < 300) break;
        if (status !== 503) throw new Error(`${url}: ${status} ${text}`);
        await sleep(50);
      }
    }
    agent.destroy();
  });
  await Promise.all(lanes);
  return (performance.now() - start) / 1000;
}

function post(url, agent, body, version) {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': contentTypes[version],
      'content-encoding': 'snappy',
      'content-length': body.length,
      'x-prometheus-remote-write-version': version === 1 ? '0.1.0' : '2.0.0',
    };
    const outgoing = request(url, { method: 'POST', agent, headers }, response => {
      let text = '';
      response.on('data', chunk => (text += chunk)).on('end', () => resolve({ status: response.statusCode, text }));
    });
    outgoing.on('error', reject).end(body);
  });
}

function folderBytes(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

async function metric(url, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter(line => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const receivers = {
  async bellwether() {
    const data = mkdtempSync(join(work, 'bellwether-'));
    const instance = await startInstance({ dataDir: data });
    return {
      write: `${instance.otlp}/api/v1/write`,
      pids: [instance.receiverPid, instance.serverPid],
      settled: () => instance.flush(),
      async stored() {
        await instance.stop();
        const store = await openChdbStore({ dataDir: data });
        for (const table of ['metric_samples', 'metric_series']) await store.command(`OPTIMIZE TABLE ${table} FINAL`);
        const [{ bytes }] = await store.rows(
          "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND table LIKE 'metric_%'",
        );
        const [{ samples }] = await store.rows('SELECT count() AS samples FROM metric_samples');
        await store.close();
        rmSync(data, { recursive: true, force: true });
        return { samples: Number(samples), bytes: Number(bytes) };
      },
    };
  },
  async prometheus() {
    const peer = await startPrometheus();
    return {
      write: `${peer.url}/api/v1/write`,
      pids: peer.pids,
      // What it acknowledged is queryable at once; it lies in its log, which is not fsynced.
      settled: () => Promise.resolve(),
      async stored() {
        const samples = await metric(peer.url, 'prometheus_tsdb_head_samples_appended_total');
        // The head becomes a block only after hours; a snapshot writes the same block now.
        const answer = await fetch(`${peer.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
        if (!answer.ok) throw new Error(`snapshot: ${answer.status}`);
        const bytes = folderBytes(join(peer.folder, 'data', 'snapshots'));
        await peer.stop();
        return { samples, bytes };
      },
    };
  },
  async 'victoria-metrics'() {
    const peer = await startVictoriaMetrics();
    return {
      write: `${peer.url}/api/v1/write`,
      pids: peer.pids,
      settled: () => fetch(`${peer.url}/internal/force_flush`),
      async stored() {
        const samples = await metric(peer.url, 'vm_rows_inserted_total{type="promremotewrite"}');
        await fetch(`${peer.url}/internal/force_merge`);
        // Merged parts are deleted a little later.
        let bytes = 0;
        for (let before = -1; bytes !== before; await sleep(2000)) {
          before = bytes;
          bytes = folderBytes(join(peer.folder, 'data'));
        }
        await peer.stop();
        return { samples, bytes };
      },
    };
  },
};

async function measure(name, prepared) {
  const receiver = await receivers[name]();
  const before = receiver.pids.map(pid => cost(pid).cpuUs);
  const seconds = await sendAll(prepared, receiver.write);
  await receiver.settled();
  const after = receiver.pids.map(cost);
  const cpuUs = after.map(({ cpuUs }, i) => cpuUs - before[i]);
  const { samples, bytes } = await receiver.stored();
  const all = cpuUs.reduce((a, b) => a + b, 0);
  return {
    samplesPerCpuSecond: Math.round((prepared.samples / all) * 1e6),
    usPerSample: all / prepared.samples,
    ...(cpuUs.length === 2
      ? { receiverUsPerSample: cpuUs[0] / prepared.samples, serverUsPerSample: cpuUs[1] / prepared.samples }
      : {}),
    samplesPerSecond: Math.round(prepared.samples / seconds),
    bytesPerSample: bytes / prepared.samples,
    peakMB: Math.round(after.reduce((sum, { peakBytes }) => sum + peakBytes, 0) / 1e6),
    missing: prepared.samples - samples,
  };
}

const names = Object.keys(receivers).filter(name => only === '' || only.split(',').includes(name));
if (!existsSync(join(peers, 'prometheus'))) throw new Error('the peers are missing: bash ../shared/peers.sh .peers');
const versions = {};
const rows = [];
try {
  const { stdout } = await promisify(execFile)(join(peers, 'prometheus'), ['--version']);
  versions.prometheus = /version (\S+)/.exec(stdout)?.[1];
  for (const version of [1, 2]) {
    const prepared = prepare(version);
    for (const name of names) {
      // VictoriaMetrics of Debian answers 204 to 2.0 and stores nothing of it.
      if (version === 2 && name === 'victoria-metrics') continue;
      const results = [];
      for (let run = 0; run < Number(runs); run++) {
        results.push(await measure(name, prepared));
        console.log(`remote write ${version}.0 into ${name}`, results.at(-1));
      }
      const medians = Object.fromEntries(
        Object.keys(results[0]).map(key => [key, median(results.map(result => result[key]))]),
      );
      rows.push({
        receiver: name,
        remoteWrite: `${version}.0`,
        wireBytesPerSample: prepared.bytes / prepared.samples,
        ...medians,
        runs: results,
      });
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(
  '\n| sent | into | samples per CPU-second | µs per sample | bytes per sample | peak memory |\n|---|---|---|---|---|---|',
);
for (const { remoteWrite, receiver, ...row } of rows) {
  const perSecond = row.samplesPerCpuSecond.toLocaleString('en');
  console.log(
    `| ${remoteWrite} | ${receiver} | ${perSecond} | ${row.usPerSample.toFixed(2)} | ${row.bytesPerSample.toFixed(1)} | ${row.peakMB} MB |`,
  );
}
const setup = {
  series: Number(series),
  scrapes: Number(scrapes),
  runs: Number(runs),
  connections: Number(connections),
  samplesPerRequest: Number(perRequest),
  versions,
};
writeFileSync(
  join(root, 'bench', 'remote-write', 'results.json'),
  `${JSON.stringify({ machine: machine(), setup, rows }, null, 2)}\n`,
);
