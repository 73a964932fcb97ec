import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { exemplarOf, nativeAt, shownAt, startExporter } from '../receive/prometheus-exporter.test-support.js';
import { receiveAndStore, type StoredHere } from '../receive/stored-here.test-support.js';
import { removeFolder } from '../receiver.test-support.js';
import { freePort } from './free-port.test-support.js';

const here = dirname(fileURLToPath(import.meta.url));

/** Prometheus as `scripts/test-tools.mjs` unpacked it. */
const prometheus = ((): string => {
  let folder = here;
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(folder, '.peers/root/usr/bin/prometheus');
})();

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function start(program: string, ...args: readonly string[]): { readonly printed: () => string } {
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

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-scrape-'));
  cleanups.push(() => removeFolder(folder));
  return folder;
}

/** A receiver that scrapes as this Prometheus configuration says. */
async function scraping(configuration: string): Promise<StoredHere> {
  const folder = newFolder();
  writeFileSync(join(folder, 'prometheus.yml'), configuration);
  writeFileSync(join(folder, 'bellwether.yaml'), 'scrape: {file: prometheus.yml}\n');
  const { scrape } = await loadConfig({ flags: {}, env: {}, cwd: folder });
  const stored = await receiveAndStore({ scrape });
  cleanups.push(() => stored.close());
  return stored;
}

/** `name{a="b"}` with the labels in their order. */
const written = (labels: Readonly<Record<string, string>>): string => {
  const { __name__: name = '', ...rest } = labels;
  const sorted = Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${name}{${sorted.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`;
};

async function seriesOfPrometheus(port: number): Promise<readonly string[]> {
  const query = new URLSearchParams({ 'match[]': '{job=~".+"}' });
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/series?${query.toString()}`).catch(() => undefined);
  const body: unknown = await answer?.json();
  // Prometheus' own form of its answer.
  const { data = [] } = (body ?? {}) as { data?: readonly Record<string, string>[] };
  return data.map(written).toSorted();
}

async function seriesHere(stored: StoredHere): Promise<readonly string[]> {
  const rows = await stored.rows<{ metric: string; names: readonly string[]; values: readonly string[] }>(
    'SELECT metric, mapKeys(attrs) AS names, mapValues(attrs) AS values FROM metric_series FINAL',
  );
  return rows
    .map(({ metric, names, values }) =>
      written({ __name__: metric, ...Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])) }),
    )
    .toSorted();
}

/** Series that only one of the two has. */
function differences(theirs: readonly string[], ours: readonly string[]): readonly string[] {
  const [left, right] = [new Set(theirs), new Set(ours)];
  return [
    ...theirs.filter(series => !right.has(series)).map(series => `only theirs: ${series}`),
    ...ours.filter(series => !left.has(series)).map(series => `only ours: ${series}`),
  ];
}

test('[B8] of an application with prom-client and of Prometheus itself we get the series that Prometheus gets, name by name and label by label', async () => {
  const app = start(process.execPath, join(here, '../receive/test-support/clients/prom-client-exporter.mjs'));
  await expect.poll(app.printed).toMatch(/^\d+\n/);
  const target = `127.0.0.1:${app.printed().trim()}`;
  const port = await freePort();
  const folder = newFolder();
  const configuration = `global: { scrape_interval: 500ms, scrape_timeout: 500ms }
scrape_configs:
  - job_name: shop
    static_configs: [{ targets: ['${target}'], labels: { region: north } }]
    metric_relabel_configs:
      - { source_labels: [__name__], regex: 'nodejs_gc_.*', action: drop }
      - { source_labels: [route], regex: '/([^/]*)/.*', target_label: first, replacement: 'is-\${1}' }
      - { source_labels: [queue], action: hashmod, modulus: 7, target_label: shard }
  - job_name: shop open
    honor_labels: true
    metrics_path: /openmetrics
    static_configs: [{ targets: ['${target}'] }]
    relabel_configs: [{ source_labels: [__address__, __metrics_path__], separator: '', target_label: instance }]
  - job_name: shop protobuf
    scrape_protocols: [PrometheusProto]
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
    metric_relabel_configs:
      - { source_labels: [__name__], regex: '(go|process|prometheus_tsdb_compaction|prometheus_sd|prometheus_build|up|scrape)_.*|up', action: keep }
`;
  writeFileSync(join(folder, 'prometheus.yml'), configuration);
  const peer = start(
    prometheus,
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=native-histograms',
    '--log.level=warn',
  );
  await expect
    .poll(() => seriesOfPrometheus(port), { timeout: 20_000, interval: 300, message: peer.printed() })
    .not.toEqual([]);
  const stored = await scraping(configuration);
  await expect
    .poll(() => stored.receiver.scrapeTargets().map(({ state, error }) => error ?? state))
    .toEqual(['up', 'up', 'up']);

  await expect
    .poll(async () => differences(await seriesOfPrometheus(port), await seriesHere(stored)), {
      timeout: 15_000,
      interval: 500,
    })
    .toEqual([]);
  const ours = await seriesHere(stored);
  expect(ours.length).toBeGreaterThan(300);
  for (const part of [
    'le="1e+06"',
    'first="is-cart"',
    'exported_job="sender"',
    'job="sender"',
    'channel="été 🔔"',
    'quantile="1.0"',
  ])
    expect(ours.filter(series => series.includes(part))).not.toEqual([]);
  expect(ours).toContain(
    `prometheus_tsdb_compaction_duration_seconds{instance="127.0.0.1:${port}",job="shop protobuf"}`,
  );
});

test('[B8] values, types, starts, exemplars and native histograms of a program are stored as it shows them, and their end when it is gone', async () => {
  const scrapes = 4;
  const exporter = await startExporter(scrapes);
  cleanups.push(() => exporter.stop());
  const stored = await scraping(`scrape_configs:
  - job_name: shop
    scrape_interval: 300ms
    scrape_native_histograms: true
    static_configs: [{ targets: ['${exporter.target}'] }]
`);
  const valuesOf = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    const rows = await stored.rows<{ metric: string; names: string[]; values: string[]; samples: string[] }>(
      `SELECT metric, names, values, groupArray(toString(value)) AS samples FROM (SELECT metric, id, ts, value FROM metric_samples ORDER BY id, ts) AS samples
       JOIN (SELECT id, mapKeys(any(attrs)) AS names, mapValues(any(attrs)) AS values FROM metric_series GROUP BY id) AS series USING id GROUP BY id, metric, names, values`,
    );
    return new Map(
      rows.map(({ metric, names, values, samples }) => {
        const own = names.flatMap((name, index) =>
          ['job', 'instance'].includes(name) ? [] : [[name, values[index] ?? '']],
        );
        return [written({ __name__: metric, ...Object.fromEntries(own) }), samples];
      }),
    );
  };
  await expect.poll(async () => (await valuesOf()).get('up{}')?.at(-1), { timeout: 15_000, interval: 300 }).toBe('0');
  const values = await valuesOf();
  for (const name of shownAt(1).keys()) {
    const shown = Array.from({ length: scrapes }, (_, index) => shownAt(index + 1).get(name));
    const texts = shown.map(value => String(value).toLowerCase().replace('infinity', 'inf'));
    expect([name, values.get(name)?.slice(0, scrapes)]).toEqual([name, texts]);
    expect(values.get(name)).toHaveLength(scrapes + 1);
  }
  const natives = await stored.rows<{ count: number; sum: number; zero_count: number }>(
    "SELECT count, sum, zero_count FROM metric_histograms WHERE metric = 'shop_size_bytes' ORDER BY ts",
  );
  expect(natives).toHaveLength(scrapes + 1);
  expect(natives.slice(0, scrapes)).toEqual(
    Array.from({ length: scrapes }, (_, index) => {
      const { count, sum, zeroCount } = nativeAt(index + 1);
      return { count, sum, zero_count: zeroCount };
    }),
  );
  const exemplars = await stored.rows<{ value: number; trace: string }>(
    'SELECT value, lower(hex(trace_id)) AS trace FROM exemplars ORDER BY ts',
  );
  expect(exemplars).toEqual(
    Array.from({ length: scrapes }, (_, index) => {
      const { value, traceId } = exemplarOf(index + 1);
      return { value, trace: traceId };
    }),
  );
  expect(
    await stored.rows(
      "SELECT DISTINCT metric, type, service FROM metric_series FINAL WHERE metric IN ('up', 'shop_orders_total') ORDER BY metric",
    ),
  ).toEqual([
    { metric: 'shop_orders_total', type: 'counter', service: 'shop' },
    { metric: 'up', type: 'gauge', service: 'shop' },
  ]);
});
