import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChdbStore, type ChdbStore } from '../chdb-store.js';
import { migrate } from '../migrate.js';
import type { MapValues, StringValues, TextValues } from './column.js';
import * as tables from './tables.js';

const migrations = fileURLToPath(new URL('../../../migrations', import.meta.url));
let dataDir: string;
let store: ChdbStore;
let files = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bellwether-native-'));
  await mkdir(join(dataDir, 'blocks'));
  store = await openChdbStore({ dataDir });
  await migrate(store, migrations, '0.0.0');
}, 30_000);

afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true });
});

async function load(table: string, chunks: readonly Uint8Array[]): Promise<void> {
  const path = join(dataDir, 'blocks', `${++files}.native`);
  await writeFile(path, Buffer.concat(chunks));
  await store.insert(table, path, `${files}`);
}

/** Columns of the engine's forms from plain lists. */
function words(values: readonly string[]): TextValues {
  const distinct = [...new Set(values)];
  const encoded = distinct.map(text => Buffer.from(text));
  const starts = encoded.map((_, i) => encoded.slice(0, i).reduce((sum, bytes) => sum + bytes.length, 0));
  return {
    texts: {
      bytes: Buffer.concat(encoded),
      starts: Int32Array.from(starts),
      lengths: Int32Array.from(encoded, bytes => bytes.length),
      count: distinct.length,
    },
    indexes: Int32Array.from(values, value => distinct.indexOf(value)),
  };
}

function strings(values: readonly string[]): StringValues {
  const chunks = values.map(value => {
    const bytes = Buffer.from(value);
    const head: number[] = [];
    let rest = bytes.length;
    while (rest > 127) {
      head.push((rest & 127) | 128);
      rest >>>= 7;
    }
    return Buffer.concat([Buffer.from([...head, rest]), bytes]);
  });
  return { count: values.length, chunks };
}

function ends(lists: readonly { readonly length: number }[]): BigUint64Array {
  let end = 0;
  return BigUint64Array.from(lists, list => BigInt((end += list.length)));
}

type Pairs = readonly (readonly [string, string])[];

function maps(rows: readonly Pairs[]): MapValues<TextValues, StringValues> {
  return {
    ends: ends(rows),
    keys: words(rows.flat().map(([key]) => key)),
    values: strings(rows.flat().map(([, value]) => value)),
  };
}

const lists = <T, Values>(rows: readonly (readonly T[])[], column: (values: readonly T[]) => Values) => ({
  ends: ends(rows),
  values: column(rows.flat()),
});

const asText = (list: readonly object[]): readonly string[] => list.map(row => JSON.stringify(row)).sort();

const today = Math.floor(Date.now() / 86_400_000);
const todayText = new Date().toISOString().slice(0, 10);
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constant('\n\nDROP TABLE spans'));
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const timeNs = fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_700_050_000_000_000_000n });
const bytes = (count: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: count, maxLength: count });
const pairs = fc.uniqueArray(fc.tuple(text, text), { maxLength: 5, selector: ([key]) => key });
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map(x => x + 0);

const span = fc.record({
  ts: timeNs,
  duration: uint64,
  traceId: bytes(16),
  spanId: bytes(8),
  parent: bytes(8),
  texts: fc.array(text, { minLength: 16, maxLength: 16 }),
  kind: fc.nat(255),
  status: fc.nat(255),
  resource: uint64,
  attrs: pairs,
});

test('any span rows are read back from the table as they were written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(span, { minLength: 1, maxLength: 40 }), async rows => {
      const word = (index: number): TextValues => words(rows.map(row => row.texts[index] ?? ''));
      const string = (index: number): StringValues => strings(rows.map(row => row.texts[index] ?? ''));
      const workspace = `p${files}`;
      const chunks = tables.spans.encode(rows.length, {
        workspace: words(rows.map(() => workspace)),
        ts: BigInt64Array.from(rows, row => row.ts),
        duration_ns: BigUint64Array.from(rows, row => row.duration),
        trace_id: Buffer.concat(rows.map(row => row.traceId)),
        span_id: Buffer.concat(rows.map(row => row.spanId)),
        parent_span_id: Buffer.concat(rows.map(row => row.parent)),
        trace_state: string(0),
        service: word(1),
        name: word(2),
        kind: Uint8Array.from(rows, row => row.kind),
        status_code: Uint8Array.from(rows, row => row.status),
        status_message: string(3),
        error_type: word(4),
        environment: word(5),
        version: word(6),
        tenant_id: word(7),
        scope_name: word(8),
        scope_version: word(9),
        resource_id: BigUint64Array.from(rows, row => row.resource),
        attrs: maps(rows.map(row => row.attrs)),
        attr_types: word(10),
        events: string(11),
        links: string(12),
        received: Uint16Array.from(rows, () => today),
        http_status: word(13),
        error_fingerprint: BigUint64Array.from(rows, row => row.resource),
        weight: Float32Array.from(rows, row => row.kind),
      });
      await load('spans', chunks);
      const stored = await store.rows<Record<string, unknown>>(
        `SELECT toString(toUnixTimestamp64Nano(ts)) AS ns, toString(duration_ns) AS duration, lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span,
           lower(hex(parent_span_id)) AS parent, kind, status_code AS status, toString(resource_id) AS resource, mapKeys(attrs) AS keys, mapValues(attrs) AS values,
           [trace_state, service, name, status_message, error_type, environment, version, tenant_id, scope_name, scope_version, attr_types, events, links, http_status] AS texts,
           toString(received) AS received, weight
         FROM spans WHERE workspace = '${workspace}'`,
      );
      const expected = rows.map(row => ({
        ns: String(row.ts),
        duration: String(row.duration),
        trace: hex(row.traceId),
        span: hex(row.spanId),
        parent: hex(row.parent),
        kind: row.kind,
        status: row.status,
        resource: String(row.resource),
        keys: row.attrs.map(([key]) => key),
        values: row.attrs.map(([, value]) => value),
        texts: row.texts.slice(0, 14),
        received: todayText,
        weight: row.kind,
      }));
      expect(asText(stored)).toEqual(asText(expected));
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 60_000);

test('any histogram rows are read back from the table as they were written', async () => {
  const histogram = fc.record({
    id: uint64,
    tsMs: fc.bigInt({ min: 1_700_000_000_000n, max: 1_700_050_000_000n }),
    count: double,
    values: fc.array(double, { minLength: 4, maxLength: 4 }),
    scale: fc.integer({ min: -128, max: 20 }),
    bounds: fc.array(double, { maxLength: 12 }),
    counts: fc.array(double, { maxLength: 12 }),
    offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(histogram, { minLength: 1, maxLength: 40 }), async rows => {
      const metric = `m${files}`;
      const doubles = (index: number): Float64Array => Float64Array.from(rows, row => row.values[index] ?? 0);
      const counts = lists(
        rows.map(row => row.counts),
        values => Float64Array.from(values),
      );
      const chunks = tables.metricHistograms.encode(rows.length, {
        workspace: words(rows.map(() => 'w')),
        metric: words(rows.map(() => metric)),
        id: BigUint64Array.from(rows, row => row.id),
        ts: BigInt64Array.from(rows, row => row.tsMs),
        start_ts: BigInt64Array.from(rows, row => row.tsMs - 1000n),
        count: Float64Array.from(rows, row => row.count),
        sum: doubles(0),
        min: doubles(1),
        max: doubles(2),
        scale: Int16Array.from(rows, row => row.scale),
        zero_threshold: doubles(3),
        zero_count: Float64Array.from(rows, row => row.count),
        bounds: lists(
          rows.map(row => row.bounds),
          values => Float64Array.from(values),
        ),
        counts,
        positive_offset: Int32Array.from(rows, row => row.offset),
        positive_counts: counts,
        negative_offset: Int32Array.from(rows, row => row.offset),
        negative_counts: counts,
        received: Uint16Array.from(rows, () => today),
        reset_hint: Uint8Array.from(rows, row => row.offset & 3),
      });
      await load('metric_histograms', chunks);
      const stored = await store.rows<Record<string, unknown>>(
        `SELECT toString(id) AS id, toString(toUnixTimestamp64Milli(ts)) AS ms, count, [sum, min, max, zero_threshold] AS doubles, scale, bounds,
           positive_counts AS counts, positive_offset AS offset, reset_hint AS hint, metric_histograms.counts = positive_counts AND positive_counts = negative_counts AS same
         FROM metric_histograms WHERE metric = '${metric}'`,
      );
      const expected = rows.map(row => ({
        id: String(row.id),
        ms: String(row.tsMs),
        count: row.count,
        doubles: row.values,
        scale: row.scale,
        bounds: row.bounds,
        counts: row.counts,
        offset: row.offset,
        hint: row.offset & 3,
        same: 1,
      }));
      expect(asText(stored)).toEqual(asText(expected));
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 60_000);

test('dictionaries of more than 256 and more than 65,536 texts have wider indexes', async () => {
  const rows = 70_000;
  const values = Array.from({ length: rows }, (_, i) => `metric ${i}`);
  const encoded = values.map(value => Buffer.from(value));
  const starts = new Int32Array(rows);
  for (let i = 1; i < rows; i++) starts[i] = (starts[i - 1] ?? 0) + (encoded[i - 1]?.length ?? 0);
  const many: TextValues = {
    texts: { bytes: Buffer.concat(encoded), starts, lengths: Int32Array.from(encoded, b => b.length), count: rows },
    indexes: Int32Array.from(values, (_, i) => i),
  };
  const some: TextValues = { ...many, indexes: many.indexes.map(i => i % 300) };
  await load(
    'metric_samples',
    tables.metricSamples.encode(rows, {
      workspace: some,
      metric: many,
      id: BigUint64Array.from(values, (_, i) => BigInt(i)),
      ts: BigInt64Array.from(values, (_, i) => 1_700_000_000_000n + BigInt(i)),
      value: Float64Array.from(values, (_, i) => i / 2),
      received: Uint16Array.from(values, () => today),
    }),
  );
  const [found] = await store.rows<Record<string, string>>(
    `SELECT toString(countIf(metric = concat('metric ', toString(id)) AND workspace = concat('metric ', toString(id % 300)) AND value = id / 2)) AS right
     FROM metric_samples`,
  );
  expect(found).toEqual({ right: String(rows) });
}, 30_000);

test('every table the receiver writes has the columns of the migrations, in their order', () => {
  const files = readdirSync(migrations).toSorted();
  const sql = files.map(file => readFileSync(join(migrations, file), 'utf8')).join('\n');
  for (const table of Object.values(tables)) {
    const [, body = ''] = new RegExp(`CREATE TABLE ${table.name} \\(\\n([\\s\\S]*?)\\n\\) ENGINE`).exec(sql) ?? [];
    const names = body
      .split('\n')
      .map(line => line.trim().split(' ')[0])
      .filter(name => name !== 'INDEX');
    // Columns that the engine works out are not written.
    const added = [
      ...sql.matchAll(new RegExp(`ALTER TABLE ${table.name} ADD COLUMN (\\w+) (?!\\w+ MATERIALIZED)`, 'g')),
    ].map(([, name]) => name);
    expect([table.name, table.columns]).toEqual([table.name, [...names, ...added]]);
  }
});
