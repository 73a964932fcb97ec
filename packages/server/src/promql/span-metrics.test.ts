import { type Matcher, type RawSeries, type Source, evaluate, labelsRecord, parseExpr } from '@bellwether/promql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChdbStore, openChdbStore } from '../store/chdb-store.js';
import { migrate } from '../store/migrate.js';

import { Matching } from './matching.js';
import type { Reader } from './reader.js';
import { askedSpanMetrics, callsMetric, durationMetric, spanMetricLabels, spanMetrics } from './span-metrics.js';
import { storeReader } from './store-reader.test-support.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

let folder: string;
let store: ChdbStore;
let reader: Reader;

const startMs = 1_780_000_020_000 - (1_780_000_020_000 % 60_000);
const minuteMs = 60_000;

/** Rows of `count` minutes from minute `from` on. */
const rows = (workspace: string, operation: string, tenant: string, from: number, count: number): string => `
SELECT '${workspace}', toDateTime(${startMs / 1000} + number * 60, 'UTC'), 'checkout', '${operation}', 2, '', 'production', '1.0.0', '${tenant}',
  60, 6, 60 * 100000000, map(toUInt16(floor(8 * log2(100000000))), toUInt64(60)), toDate('2026-05-28') FROM numbers(${from}, ${count})`;

/** 60 requests a minute for an hour, every tenth fails, all of 100 ms; one more operation for a tenant in the last ten minutes. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-span-metrics-'));
  store = await openChdbStore({ dataDir: folder });
  await migrate(store, fileURLToPath(new URL('../../migrations', import.meta.url)), '0.0.0');
  const columns =
    'workspace, minute, service, operation, kind, peer, environment, version, tenant_id, count, errors, duration_ns, durations, received';
  await store.command(`INSERT INTO red_minutes (${columns}) ${rows('shop', 'GET /orders/:id', '', 0, 60)}`);
  await store.command(`INSERT INTO red_minutes (${columns}) ${rows('shop', 'POST /orders', 'acme', 50, 10)}`);
  await store.command(`INSERT INTO red_minutes (${columns}) ${rows('other', 'GET /secret', '', 0, 60)}`);
  reader = storeReader(store, 'shop');
});

afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** The engine asks as it would ask the store. */
const source = (nowMs: number): Source => ({
  async select({ matchers, startMs, endMs, hint }): Promise<readonly RawSeries[]> {
    const matching = new Matching();
    const metrics = askedSpanMetrics(matchers, matching);
    return spanMetrics(reader, matching, {
      metrics,
      matchers,
      startMs,
      endMs,
      rangeMs: hint.rangeMs,
      nowMs,
      maxSamples: 1e6,
    });
  },
});

async function value(query: string, atMs: number, nowMs = startMs + 60 * minuteMs): Promise<Record<string, number>> {
  const result = await evaluate(
    { expr: parseExpr(query), steps: { startMs: atMs, stepMs: 0, count: 1 } },
    source(nowMs),
    {},
    new AbortController().signal,
  );
  const { value } = result;
  if (value.type !== 'vector') throw new Error(`a vector was expected, not ${value.type}`);
  return Object.fromEntries(
    value.samples.map(sample => [
      Object.values(labelsRecord(sample.labels)).join(' '),
      'value' in sample && typeof sample.value === 'number' ? Number(sample.value.toPrecision(4)) : Number.NaN,
    ]),
  );
}

test('[C3] [C4] the rate of calls and the share that failed are those of the spans', async () => {
  const atMs = startMs + 40 * minuteMs;
  expect(await value(`sum by (span_name) (rate(${callsMetric}[5m]))`, atMs)).toEqual({ 'GET /orders/:id': 1 });
  expect(
    await value(`sum(rate(${callsMetric}{status_code="STATUS_CODE_ERROR"}[5m])) / sum(rate(${callsMetric}[5m]))`, atMs),
  ).toEqual({ '': 0.1 });
  // The range is shorter than the minutes that are counted.
  expect(await value(`sum(rate(${callsMetric}[1m]))`, atMs)).toEqual({ '': 1 });
});

test('an increase counts the requests of a series from its first', async () => {
  const atMs = startMs + 55 * minuteMs;
  expect(await value(`sum by (tenant_id) (increase(${callsMetric}{tenant_id="acme"}[10m]))`, atMs)).toEqual({
    acme: 300,
  });
});

test('[C2] quantiles of durations come from the buckets that the receiver counts', async () => {
  const atMs = startMs + 40 * minuteMs;
  const p95 = await value(`histogram_quantile(0.95, sum(rate(${durationMetric}[5m])))`, atMs);
  expect(p95['']).toBeGreaterThan(0.094);
  expect(p95['']).toBeLessThan(0.104);
  expect(await value(`histogram_count(sum(rate(${durationMetric}[5m])))`, atMs)).toEqual({ '': 1 });
  expect(await value(`histogram_avg(sum(rate(${durationMetric}[5m])))`, atMs)).toEqual({ '': 0.1 });
});

test('the minute that is under way counts by what has passed of it', async () => {
  const nowMs = startMs + 40 * minuteMs + 30_000;
  // Of the 45 s between the first and the last sample of the range, 15 s have 1 request a second and 30 s have 2.
  expect(await value(`sum(rate(${callsMetric}{status_code!="x"}[1m]))`, nowMs, nowMs)).toEqual({ '': 1.667 });
});

test('labels are asked for without samples, and another workspace is not seen', async () => {
  const matching = new Matching();
  const name: Matcher = { name: '__name__', op: '=', value: callsMetric };
  const labels = await spanMetricLabels(reader, matching, {
    metrics: askedSpanMetrics([name], matching),
    matchers: [name, { name: 'status_code', op: '=', value: 'STATUS_CODE_UNSET' }],
    startMs,
    endMs: startMs + 60 * minuteMs,
  });
  expect(labels.map(one => labelsRecord(one)['span_name']).sort()).toEqual(['GET /orders/:id', 'POST /orders']);
  expect(labels.map(one => labelsRecord(one)['span_kind'])).toEqual(['SPAN_KIND_SERVER', 'SPAN_KIND_SERVER']);
});

const asked = (op: Matcher['op'], value: string): readonly string[] =>
  askedSpanMetrics([{ name: '__name__', op, value }], new Matching());

test('only matchers that name these metrics mean them', () => {
  expect(asked('=', callsMetric)).toEqual([callsMetric]);
  expect(asked('=~', 'traces_span_metrics_.*')).toEqual([callsMetric, durationMetric]);
  expect(asked('=~', '.+')).toEqual([]);
  expect(asked('!=', 'up')).toEqual([]);
});
