import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { serverStandIn } from '../handover/server-stand-in.test-support.js';
import { runReceiver } from '../receiver.js';
import { receiverOptions, removeFolder } from '../receiver.test-support.js';
import { openTestStore, type TestStore } from '../write/stored.test-support.js';
import { exemplarOf, nativeAt, shownAt, startExporter, type Exporter } from './prometheus-exporter.test-support.js';

/** Programs that `scripts/test-tools.mjs` unpacked: Debian's Prometheus of today and the one of its stable release, and vmagent. */
const peers = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(folder, '.peers');
})();
const prometheus3 = join(peers, 'root/usr/bin/prometheus');
const prometheus2 = join(peers, 'stable/usr/bin/prometheus');
const vmagent = join(peers, 'root/usr/bin/vmagent');

interface Sender {
  readonly name: string;
  /** What it sends besides samples, looked at in the store. */
  readonly also: readonly ((store: TestStore) => Promise<void>)[];
  start(target: string, url: string, folder: string): readonly [program: string, ...args: string[]];
}

function prometheusConfig(target: string, url: string, more: string, scrape = ''): string {
  return `global: { scrape_interval: 400ms, scrape_timeout: 400ms }
scrape_configs:
  - job_name: shop
    static_configs: [{ targets: ['${target}'], labels: { region: north } }]
${scrape}remote_write:
  - url: ${url}
    send_exemplars: true
    send_native_histograms: true
    queue_config: { batch_send_deadline: 100ms }
    metadata_config: { send: true, send_interval: 500ms }
${more}`;
}

const prometheus =
  (program: string, features: string, more = '', scrape = ''): Sender['start'] =>
  (target, url, folder) => {
    const config = join(folder, 'prometheus.yml');
    writeFileSync(config, prometheusConfig(target, url, more, scrape));
    return [
      program,
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      '--web.listen-address=127.0.0.1:0',
      `--enable-feature=${features}`,
      '--log.level=warn',
    ];
  };

const senders: readonly Sender[] = [
  {
    name: 'Prometheus 3, remote write 1.0',
    also: [checkNative, checkExemplars, checkFamilies],
    start: prometheus(prometheus3, 'native-histograms,exemplar-storage'),
  },
  {
    name: 'Prometheus 3, remote write 2.0',
    also: [checkNative, checkCustomBuckets, checkExemplars, checkDescriptions],
    start: prometheus(
      prometheus3,
      'native-histograms,exemplar-storage,metadata-wal-records',
      '    protobuf_message: io.prometheus.write.v2.Request\n',
      '    always_scrape_classic_histograms: true\n    convert_classic_histograms_to_nhcb: true\n',
    ),
  },
  {
    name: 'Prometheus 2.42',
    also: [checkNative, checkExemplars, checkFamilies],
    start: prometheus(prometheus2, 'native-histograms,exemplar-storage'),
  },
  {
    name: 'vmagent',
    also: [],
    start(target, url, folder) {
      const config = join(folder, 'scrape.yml');
      writeFileSync(config, prometheusConfig(target, url, '').replace(/^remote_write:[\s\S]*/m, ''));
      return [
        vmagent,
        `-promscrape.config=${config}`,
        `-remoteWrite.url=${url}`,
        `-remoteWrite.tmpDataPath=${join(folder, 'queue')}`,
        '-remoteWrite.flushInterval=200ms',
        '-httpListenAddr=127.0.0.1:0',
        '-loggerLevel=ERROR',
      ];
    },
  },
];

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function run([program, ...args]: readonly [string, ...string[]]): { readonly printed: () => string } {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  child.stdout.on('data', chunk => (printed += String(chunk)));
  child.stderr.on('data', chunk => (printed += String(chunk)));
  const ended = new Promise(resolve => child.once('exit', resolve));
  cleanups.push(() => {
    child.kill('SIGKILL');
    return ended;
  });
  return { printed: () => printed };
}

const scrapes = 6;
const staleBits = 0x7ff0000000000002n;

interface StoredSample {
  readonly metric: string;
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly ms: readonly string[];
  readonly bits: readonly string[];
}

/** The series as the exporter names it; the labels that the sender added are checked and taken off. */
function nameOf({ metric, names, values }: StoredSample, target: string): string {
  const labels = new Map(names.map((name, i) => [name, values[i]!]));
  expect([labels.get('job'), labels.get('instance'), labels.get('region')]).toEqual(['shop', target, 'north']);
  const own = [...labels].filter(([name]) => !['job', 'instance', 'region'].includes(name));
  return `${metric}{${own.map(([name, value]) => `${name}="${value}"`).join(',')}}`;
}

function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** Bits, with one of all the NaNs that mean "not a number", and none of those that mean "gone". */
const shownBits = (bits: bigint): string =>
  bits === staleBits ? 'gone' : (bits & 0x7fffffffffffffffn) > 0x7ff0000000000000n ? 'NaN' : String(bits);

/** vmagent sends several blocks at a time: the last one may be here before those that it scraped before. */
const isOver = (series: ReadonlyMap<string, StoredSample>): boolean =>
  [...shownAt(1).keys()].every(name => {
    const bits = series.get(name)?.bits ?? [];
    return bits.length > scrapes && bits.at(-1) === String(staleBits);
  });

test.each(senders)(
  '[B8] $name sends every value it scraped, with every label, until the target is gone',
  async sender => {
    const exporter = await startExporter(scrapes);
    cleanups.push(() => exporter.stop());
    const options = receiverOptions();
    const server = await serverStandIn(join(options.dataDir, 'server.sock'));
    const receiver = await runReceiver(options, new AbortController().signal);
    cleanups.push(async () => {
      await receiver.stop();
      await server.stop();
      removeFolder(options.dataDir);
    });
    const folder = mkdtempSync(join(tmpdir(), 'bellwether-sender-'));
    cleanups.push(() => removeFolder(folder));
    // Opening it holds up this process, and with it the exporter: a scrape of 400 ms would have no answer.
    const store = await openTestStore();
    cleanups.push(() => store.close());
    const process = run(sender.start(exporter.target, `http://127.0.0.1:${receiver.httpPort}/api/v1/write`, folder));
    const loaded = new Set<string>();
    /** Loads what came since and gives all samples by series. */
    const stored = async (): Promise<ReadonlyMap<string, StoredSample>> => {
      await server.flush();
      for (const [key, file] of server.kept) {
        if (loaded.has(key)) continue;
        loaded.add(key);
        await store.load([{ table: key.split(' ')[1]!, rows: 1, chunks: [file] }]);
      }
      return samplesOf(store, exporter);
    };
    await expect
      .poll(async () => isOver(await stored()), { timeout: 30_000, interval: 300, message: process.printed() })
      .toBe(true);
    // Metadata of 1.0 goes out on its own clock.
    await new Promise(resolve => setTimeout(resolve, 1000));
    const series = await stored();

    expect(exporter.scrapes).toBe(scrapes);
    for (const name of shownAt(1).keys()) {
      const wanted = Array.from({ length: scrapes }, (_, i) => shownBits(bitsOf(shownAt(i + 1).get(name)!)));
      expect([name, series.get(name)?.bits.map(bits => shownBits(BigInt(bits)))]).toEqual([name, [...wanted, 'gone']]);
      const times = series.get(name)!.ms.map(Number);
      expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
      expect(Math.abs(Date.now() - times[0]!)).toBeLessThan(60_000);
    }
    expect(series.get('up{}')?.bits.slice(0, scrapes + 1)).toEqual([
      ...Array.from({ length: scrapes }, () => String(bitsOf(1))),
      String(bitsOf(0)),
    ]);

    for (const check of sender.also) await check(store);
    expect(await store.rows("SELECT DISTINCT service FROM metric_series WHERE metric LIKE 'shop%'")).toEqual([
      { service: 'shop' },
    ]);
  },
);

async function samplesOf(store: TestStore, { target }: Exporter): Promise<ReadonlyMap<string, StoredSample>> {
  const rows = await store.rows<StoredSample>(
    `SELECT metric, names, values, groupArray(toString(toUnixTimestamp64Milli(ts))) AS ms, groupArray(toString(reinterpretAsUInt64(value))) AS bits
     FROM (SELECT metric, id, ts, value FROM metric_samples ORDER BY id, ts) AS samples
     JOIN (SELECT id, mapKeys(any(attrs)) AS names, mapValues(any(attrs)) AS values FROM metric_series GROUP BY id) AS series USING id
     GROUP BY id, metric, names, values`,
  );
  return new Map(rows.map(row => [nameOf(row, target), row]));
}

async function checkDescriptions(store: TestStore): Promise<void> {
  expect(
    await store.rows(
      "SELECT DISTINCT metric, type, monotonic, description FROM metric_series FINAL WHERE metric LIKE 'shop%' ORDER BY metric",
    ),
  ).toMatchObject([
    // Made by Prometheus from the classic one, and nothing is said of it.
    { metric: 'shop_latency_seconds', type: '', description: '' },
    { metric: 'shop_latency_seconds_bucket', type: 'histogram', description: 'Time to answer.' },
    { metric: 'shop_latency_seconds_count', type: 'histogram' },
    { metric: 'shop_latency_seconds_sum', type: 'histogram' },
    { metric: 'shop_orders_total', type: 'counter', monotonic: true, description: 'Orders that were placed.' },
    { metric: 'shop_queue_depth', type: 'gauge', description: 'Orders that wait.' },
    { metric: 'shop_size_bytes', type: 'histogram', description: 'Sizes.' },
  ]);
}

async function checkFamilies(store: TestStore): Promise<void> {
  expect(
    await store.rows("SELECT metric, type, help FROM metric_metadata FINAL WHERE metric LIKE 'shop%' ORDER BY metric"),
  ).toEqual([
    { metric: 'shop_latency_seconds', type: 'histogram', help: 'Time to answer.' },
    { metric: 'shop_orders_total', type: 'counter', help: 'Orders that were placed.' },
    { metric: 'shop_queue_depth', type: 'gauge', help: 'Orders that wait.' },
    { metric: 'shop_size_bytes', type: 'histogram', help: 'Sizes.' },
  ]);
}

const filled = (offset: number, counts: readonly number[]): readonly (readonly [number, number])[] =>
  counts.map((count, at) => [offset + 1 + at, count] as const).filter(([, count]) => count > 0);

async function checkNative(store: TestStore): Promise<void> {
  const rows = await store.rows<{
    scale: number;
    count: number;
    sum: number;
    bits: string;
    zero_count: number;
    zero_threshold: number;
    positive_offset: number;
    positive_counts: number[];
    negative_offset: number;
    negative_counts: number[];
  }>(
    "SELECT scale, count, sum, toString(reinterpretAsUInt64(sum)) AS bits, zero_count, zero_threshold, positive_offset, positive_counts, negative_offset, negative_counts FROM metric_histograms WHERE metric = 'shop_size_bytes' ORDER BY ts",
  );
  expect(rows.length).toBe(scrapes + 1);
  expect(rows.at(-1)?.bits).toBe(String(staleBits));
  for (const [i, row] of rows.slice(0, -1).entries()) {
    const { schema, zeroCount, positive, negative, count, sum } = nativeAt(i + 1);
    expect([row.scale, row.zero_count, row.zero_threshold, row.count, row.sum]).toEqual([
      schema,
      zeroCount,
      0.001,
      count,
      sum,
    ]);
    expect(filled(row.positive_offset, row.positive_counts)).toEqual(positive);
    expect(filled(row.negative_offset, row.negative_counts)).toEqual(negative);
  }
}

/** The classic histogram, which Prometheus turned into one with custom buckets. */
async function checkCustomBuckets(store: TestStore): Promise<void> {
  const rows = await store.rows(
    "SELECT scale, count, sum, bounds, counts, positive_counts FROM metric_histograms WHERE metric = 'shop_latency_seconds' ORDER BY ts",
  );
  const shown = Array.from({ length: scrapes }, (_, i) => ({
    scale: -53,
    count: (i + 1) * 3,
    sum: (i + 1) * 0.5,
    bounds: [0.1, 1],
    counts: [i + 1, i + 1, i + 1],
    positive_counts: [],
  }));
  expect(rows.slice(0, scrapes)).toEqual(shown);
  expect(rows.length).toBe(scrapes + 1);
}

async function checkExemplars(store: TestStore): Promise<void> {
  const rows = await store.rows<{ metric: string; value: number; trace: string }>(
    'SELECT metric, value, lower(hex(trace_id)) AS trace FROM exemplars ORDER BY ts',
  );
  expect(rows).toEqual(
    Array.from({ length: scrapes }, (_, i) => {
      const { value, traceId } = exemplarOf(i + 1);
      return { metric: 'shop_orders_total', value, trace: traceId };
    }),
  );
}

test('the configuration of the guide makes Prometheus send here', async () => {
  const page = readFileSync(join(dirname(peers), 'docs', 'guide', 'send-from-prometheus.md'), 'utf8');
  const [, yaml = ''] = /```yaml\n(scrape_configs[\s\S]*?)```/.exec(page) ?? [];
  const [, second = ''] = /```yaml\n(\s+protobuf_message[\s\S]*?)```/.exec(page) ?? [];
  const exporter = await startExporter(1000);
  cleanups.push(() => exporter.stop());
  const options = receiverOptions();
  const server = await serverStandIn(join(options.dataDir, 'server.sock'));
  const receiver = await runReceiver(options, new AbortController().signal);
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-sender-'));
  cleanups.push(async () => {
    await receiver.stop();
    await server.stop();
    removeFolder(options.dataDir);
    removeFolder(folder);
  });
  const config = join(folder, 'prometheus.yml');
  const entry = `${yaml}${second}`
    .replace('localhost:9464', exporter.target)
    .replace('http://127.0.0.1:4318', `http://127.0.0.1:${receiver.httpPort}`);
  writeFileSync(config, `global: { scrape_interval: 500ms, scrape_timeout: 500ms }\n${entry}`);
  const features = [...page.matchAll(/--enable-feature=([\w-]+)/g)].map(([, name]) => name).join();
  const process = run([
    prometheus3,
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    '--web.listen-address=127.0.0.1:0',
    `--enable-feature=${features}`,
  ]);
  await expect.poll(() => server.status()).toBeDefined();
  const sent = async (): Promise<boolean> => {
    await server.flush();
    return ['metric_samples', 'metric_histograms', 'exemplars'].every(
      table => server.count(table, Buffer.from('shop_')) > 0,
    );
  };
  await expect.poll(sent, { timeout: 30_000, interval: 300, message: process.printed() }).toBe(true);
});
