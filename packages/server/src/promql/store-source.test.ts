import {
  type Matcher,
  type RawSeries,
  isStale,
  labelValue,
  labelsText,
  metricName,
  parseSelector,
  withoutLabels,
  wordsOf,
} from '@bellwether/promql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { SeriesIndex } from './series-index.js';
import { storeReader } from './store-reader.test-support.js';
import { StoreSource } from './store-source.js';

let store: ChdbStore;
let closeStore: () => Promise<void>;

const startMs = 1_780_000_000_000;
const at = (ms: string): string => `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`;

/** A Prometheus series' row; `labels` as `map(…)` takes them. */
const promSeries = (workspace: string, metric: string, id: number, labels: string): Promise<void> =>
  store.command(`INSERT INTO metric_series (workspace, metric, id, type, attrs, last_seen, received)
VALUES ('${workspace}', '${metric}', ${id}, 'counter', map(${labels}), ${at(String(startMs))}, today())`);

/** A row of one of OpenTelemetry's, of resource 9. */
const otlpSeries = (metric: string, id: number, type: string, unit: string, monotonic: boolean): Promise<void> =>
  store.command(`INSERT INTO metric_series (workspace, metric, id, type, temporality, monotonic, unit, service, scope_name, resource_id, attrs, last_seen, received)
VALUES ('otlp', '${metric}', ${id}, '${type}', 'cumulative', ${monotonic}, '${unit}', 'checkout', 'shop.scope', 9, map('http.route', '/orders/:id', 'http-route', 'other'), ${at(String(startMs))}, today())`);

const samples = (workspace: string, metric: string, id: number, rows: string): Promise<void> =>
  store.command(`INSERT INTO metric_samples (workspace, metric, id, ts, value, received)
SELECT '${workspace}', '${metric}', ${id}, ${at(`t`)}, v, today() FROM (SELECT arrayJoin([${rows}]) AS row, row.1 AS t, row.2 AS v)`);

beforeAll(async () => {
  ({ store, close: closeStore } = await emptyStore());
  await promSeries('default', 'up', 1, "'job', 'a', 'instance', 'x:1'");
  await promSeries('default', 'up', 2, "'job', 'b', 'instance', 'y:1'");
  await promSeries('default', 'up', 3, "'job', 'c\\nd', 'instance', 'z'");
  await promSeries('other', 'up', 4, "'job', 'secret'");
  for (const id of [1, 2, 3])
    await samples('default', 'up', id, `(${startMs}, ${id}.), (${startMs + 15_000}, ${id}.5)`);
  await samples('other', 'up', 4, `(${startMs}, 4.)`);

  await otlpSeries('http.server.request.duration', 11, 'histogram', 's', false);
  await otlpSeries('process.cpu.time', 12, 'sum', 's', true);
  await otlpSeries('queue.depth', 13, 'gauge', '{item}', false);
  await samples('otlp', 'process.cpu.time', 12, `(${startMs}, 1.), (${startMs + 15_000}, 2.)`);
  await samples('otlp', 'queue.depth', 13, `(${startMs}, 7.)`);
  await store.command(`INSERT INTO metric_histograms (workspace, metric, id, ts, count, sum, scale, bounds, counts, received)
VALUES ('otlp', 'http.server.request.duration', 11, ${at(String(startMs))}, 10, 2.5, -128, [0.1, 0.5], [4, 3, 3], today())`);
  await store.command(`INSERT INTO resources (workspace, id, service, attrs, last_seen, received)
VALUES ('otlp', 9, 'checkout', map('service.name', 'checkout', 'service.namespace', 'shop', 'service.instance.id', 'i-1', 'host.name', 'h1'), ${at(String(startMs))}, today())`);
});
afterAll(() => closeStore());

/** One line for a series: its labels, then value and second of each sample. */
function shown({ labels, timesMs, values, histogramTimesMs, histograms }: RawSeries): string {
  const words = wordsOf(values);
  const floats = [...timesMs].map((ms, i) => `${isStale(words, i) ? 'stale' : values[i]}@${(ms - startMs) / 1000}`);
  const natives = [...histogramTimesMs].map((ms, i) => {
    const { count, sum, schema, positive, customValues } = histograms[i]!;
    return `{n=${count} sum=${sum} schema=${schema} [${positive.counts}] of [${customValues}]}@${(ms - startMs) / 1000}`;
  });
  const name = labelValue(labels, metricName);
  const rest = labelsText(withoutLabels(labels, new Set([metricName])));
  return `${name}${rest} ${[...floats, ...natives].join(' ')}`;
}

async function selected(
  selector: string,
  { workspace = 'default', fromMs = startMs - 1000, toMs = startMs + 60_000, index = new SeriesIndex() } = {},
): Promise<readonly string[]> {
  const matchers: readonly Matcher[] = parseSelector(selector);
  const source = new StoreSource(storeReader(store, workspace), index, 1000);
  const hint = { func: undefined, rangeMs: undefined, stepMs: 0 };
  const series = await source.select({ matchers, startMs: fromMs, endMs: toMs, hint });
  return series.map(shown).toSorted();
}

test('a selector gives the samples of its series within the range, of its workspace only', async () => {
  expect(await selected('up{job="a"}')).toEqual(['up{instance="x:1", job="a"} 1@0 1.5@15']);
  expect(await selected('up{job="a"}', { fromMs: startMs + 1 })).toEqual(['up{instance="x:1", job="a"} 1.5@15']);
  expect(await selected('up', { fromMs: startMs + 16_000 })).toEqual([]);
  expect(await selected('{job=~".+"}', { workspace: 'other' })).toEqual(['up{job="secret"} 4@0']);
  expect(await selected('up', { workspace: 'nobody' })).toEqual([]);
});

test.each([
  ['up{job!="a"}', [2, 3]],
  ['up{job=~"a|b"}', [1, 2]],
  ['up{job=~"c.d"}', [3]],
  ['up{job!~"[ab]"}', [3]],
  ['up{absent=""}', [1, 2, 3]],
  ['{__name__=~"u.", instance=~".*:1"}', [1, 2]],
  ['up{job="a\' OR 1=1 --"}', []],
])('%s means the series %j', async (selector, ids) => {
  const series = await selected(selector);
  expect(series.map(line => Number(line.split(' ').at(-2)?.split('@')[0]))).toEqual(ids);
});

test('of samples with one time the last that came is read, whichever part it lies in', async () => {
  await promSeries('twice', 'x', 21, "'job', 'a'");
  await samples('twice', 'x', 21, `(${startMs}, 9.), (${startMs}, 1.), (${startMs + 1000}, 5.)`);
  await samples('twice', 'x', 21, `(${startMs + 1000}, 4.)`);
  expect(await selected('x', { workspace: 'twice' })).toEqual(['x{job="a"} 1@0 4@1']);
  await samples('twice', 'x', 21, `(${startMs}, 3.)`);
  await store.command('OPTIMIZE TABLE metric_samples FINAL');
  expect(await selected('x', { workspace: 'twice' })).toEqual(['x{job="a"} 3@0 4@1']);
});

test('stale markers come as they were stored, also beside samples that came twice', async () => {
  await promSeries('stale', 'x', 22, "'job', 'a'");
  await samples('stale', 'x', 22, `(${startMs}, 1.), (${startMs}, 1.)`);
  await store.command(`INSERT INTO metric_samples (workspace, metric, id, ts, value, received)
VALUES ('stale', 'x', 22, ${at(String(startMs + 5000))}, reinterpretAsFloat64(toUInt64(0x7ff0000000000002)), today()), ('stale', 'x', 22, ${at(String(startMs + 6000))}, nan, today())`);
  expect(await selected('x', { workspace: 'stale' })).toEqual(['x{job="a"} 1@0 stale@5 NaN@6']);
});

test('native histograms of Prometheus come beside floats of the same series, and their end among these', async () => {
  await promSeries('native', 'h', 23, "'job', 'a'");
  await store.command(`INSERT INTO metric_histograms (workspace, metric, id, ts, count, sum, scale, positive_offset, positive_counts, received, reset_hint)
VALUES ('native', 'h', 23, ${at(String(startMs))}, 3, 2, 0, -1, [1, 2], today(), 0),
       ('native', 'h', 23, ${at(String(startMs + 1000))}, 0, reinterpretAsFloat64(toUInt64(0x7ff0000000000002)), 0, 0, [], today(), 0)`);
  await samples('native', 'h', 23, `(${startMs + 2000}, 1.)`);
  expect(await selected('h', { workspace: 'native' })).toEqual([
    'h{job="a"} stale@1 1@2 {n=3 sum=2 schema=0 [1,2] of []}@0',
  ]);
});

const target = 'http_route="other;/orders/:id", instance="i-1", job="shop/checkout", otel_scope_name="shop.scope"';
const asItCame = 'instance="i-1", job="shop/checkout", otel_scope_name="shop.scope"';

test('[A2] a metric of OpenTelemetry is there in the form of Prometheus', async () => {
  const workspace = 'otlp';
  expect(await selected('process_cpu_time_seconds_total', { workspace })).toEqual([
    `process_cpu_time_seconds_total{${target}} 1@0 2@15`,
  ]);
  expect(await selected('queue_depth{http_route=~".*orders.*"}', { workspace })).toEqual([
    `queue_depth{${target}} 7@0`,
  ]);
  expect(await selected('{__name__=~"queue.*"}', { workspace })).toEqual([`queue_depth{${target}} 7@0`]);
});

test('[A2] and by the name that it came with, with the names of its attributes', async () => {
  expect(await selected('{"queue.depth", "http.route"="/orders/:id"}', { workspace: 'otlp' })).toEqual([
    `queue.depth{"http-route"="other", "http.route"="/orders/:id", ${asItCame}} 7@0`,
  ]);
});

test('[C2] a histogram of OpenTelemetry is a native one with custom buckets, and classic series', async () => {
  const name = 'http_server_request_duration_seconds';
  expect(await selected(`{__name__=~"${name}.*"}`, { workspace: 'otlp' })).toEqual([
    `${name}_bucket{${target.replace(', otel', ', le="+Inf", otel')}} 10@0`,
    `${name}_bucket{${target.replace(', otel', ', le="0.1", otel')}} 4@0`,
    `${name}_bucket{${target.replace(', otel', ', le="0.5", otel')}} 7@0`,
    `${name}_count{${target}} 10@0`,
    `${name}_sum{${target}} 2.5@0`,
    `${name}{${target}} {n=10 sum=2.5 schema=-53 [4,3,3] of [0.1,0.5]}@0`,
  ]);
  expect(await selected(`${name}_bucket{le="0.5"}`, { workspace: 'otlp' })).toHaveLength(1);
});

test('resources are target_info', async () => {
  const series = await selected('target_info', { workspace: 'otlp', fromMs: startMs, toMs: startMs + 60_000 });
  expect(series).toEqual(['target_info{host_name="h1", instance="i-1", job="shop/checkout"} 1@0 1@20 1@60']);
});

test('series are remembered until the version changes', async () => {
  const index = new SeriesIndex();
  const hint = { func: undefined, rangeMs: undefined, stepMs: 0 };
  const ask = async (version: number): Promise<{ readonly found: number; readonly statements: number }> => {
    const reader = storeReader(store, 'growing', version);
    const source = new StoreSource(reader, index, 1000);
    const series = await source.select({ matchers: parseSelector('g'), startMs, endMs: startMs, hint });
    return { found: series.length, statements: reader.statements.length };
  };
  await promSeries('growing', 'g', 31, "'n', '1'");
  await samples('growing', 'g', 31, `(${startMs}, 1.)`);
  await samples('growing', 'g', 32, `(${startMs}, 1.)`);
  expect((await ask(1)).found).toBe(1);
  expect((await ask(1)).statements).toBe(2);
  await promSeries('growing', 'g', 32, "'n', '2'");
  expect((await ask(2)).found).toBe(2);
});

test('a selector of too many series is refused with what to do', async () => {
  await store.command(`INSERT INTO metric_series (workspace, metric, id, type, attrs, last_seen, received)
SELECT 'many', 'm', number, '', map('n', toString(number)), ${at(String(startMs))}, today() FROM numbers(2000)`);
  await expect(selected('m', { workspace: 'many' })).rejects.toThrow(
    'the selector m matches more than 1000 series: name more of their labels',
  );
  expect(await selected('m{n="7"}', { workspace: 'many' })).toEqual([]);
});
