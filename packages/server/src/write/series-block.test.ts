import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { readPlain } from '../decode/remote-write/plain-request.test-support.js';
import {
  writeRequest1,
  writeRequest2,
  type WrittenSeries,
} from '../decode/remote-write/request-writer.test-support.js';
import { anySeries } from '../decode/remote-write/requests.test-support.js';
import { BlockBuilder } from './block-builder.js';
import { expectedSeries, storedSeries } from './stored-series.test-support.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const receivedMs = Date.now();
let workspaces = 0;

type Request = readonly [version: 1 | 2, body: Uint8Array];

function add(builder: BlockBuilder, workspace: string, [version, body]: Request, atMs = receivedMs): void {
  builder.add(decode('metrics', `remote-write-${version}`, body), { workspace, recordSeq: 1, receivedMs: atMs });
}

/** Loads requests as one block into a workspace of their own. */
async function load(...requests: readonly Request[]): Promise<string> {
  const workspace = `s${++workspaces}`;
  const builder = new BlockBuilder();
  for (const request of requests) add(builder, workspace, request);
  await store.load(builder.cut());
  return workspace;
}

const series = (
  name: string,
  labels: Record<string, string>,
  ...samples: (readonly [number, number])[]
): WrittenSeries => ({
  labels: [['__name__', name], ...Object.entries(labels)],
  samples,
});

test('whatever is sent in either version stands in the tables, bit by bit', async () => {
  // Two series with the same labels in one request are one series; their histograms at the same time are two rows all the same.
  await fc.assert(
    fc.asyncProperty(fc.array(anySeries, { minLength: 1, maxLength: 25 }), async list => {
      const requests: readonly Request[] = [
        [1, writeRequest1(list)],
        [2, writeRequest2(list)],
      ];
      const workspace = await load(...requests);
      const plain = requests.map(([version, body]) => readPlain(version, Buffer.from(body)));
      expect(await storedSeries(store, workspace)).toEqual(expectedSeries(plain));
    }),
    { numRuns: 15, endOnFailure: true },
  );
}, 60_000);

test('both versions and every order of labels give one series id; each other label gives another', async () => {
  const workspace = await load(
    [1, writeRequest1([series('up', { job: 'a', zone: 'x' }, [1, 1]), series('up', { zone: 'x', job: 'a' }, [2, 2])])],
    [2, writeRequest2([series('up', { job: 'a', zone: 'x', empty: '' }, [3, 3])])],
    [
      1,
      writeRequest1([series('up', { job: 'b', zone: 'x' }, [4, 4]), series('down', { job: 'a', zone: 'x' }, [5, 5])]),
    ],
  );
  const rows = await store.rows<{ values: number[] }>(
    `SELECT arraySort(groupArray(value)) AS values FROM metric_samples WHERE workspace = '${workspace}' GROUP BY id ORDER BY values`,
  );
  expect(rows.map(({ values }) => values)).toEqual([[1, 2, 3], [4], [5]]);
  expect(
    await store.rows(
      `SELECT metric, service, attrs, toString(resource_id) AS resource FROM metric_series FINAL WHERE workspace = '${workspace}' ORDER BY metric, service`,
    ),
  ).toEqual([
    { metric: 'down', service: 'a', attrs: { job: 'a', zone: 'x' }, resource: '0' },
    { metric: 'up', service: 'a', attrs: { job: 'a', zone: 'x' }, resource: '0' },
    { metric: 'up', service: 'b', attrs: { job: 'b', zone: 'x' }, resource: '0' },
  ]);
});

test('a series is written once a day, and again when its type, unit or help is another', () => {
  const builder = new BlockBuilder();
  const tables = (request: Request, atMs = receivedMs): readonly string[] => {
    add(builder, 'w', request, atMs);
    return builder.cut().map(({ table, rows }) => `${table} ${rows}`);
  };
  const one = series('up', { job: 'a' }, [1, 1]);
  expect(tables([1, writeRequest1([one])])).toEqual(['metric_samples 1', 'metric_series 1']);
  expect(tables([1, writeRequest1([one])])).toEqual(['metric_samples 1']);
  expect(tables([1, writeRequest1([one])], receivedMs + 86_400_000)).toEqual(['metric_samples 1', 'metric_series 1']);
  const described = { ...one, type: 2, help: 'Is it up?' };
  expect(tables([2, writeRequest2([described])])).toEqual(['metric_samples 1', 'metric_series 1']);
  expect(tables([2, writeRequest2([described])])).toEqual(['metric_samples 1']);
  expect(tables([2, writeRequest2([{ ...described, type: 1 }])])).toEqual(['metric_samples 1', 'metric_series 1']);
});

test('metadata of 1.0 is kept by family, once a day, the newest counts', async () => {
  const family = { name: 'orders', type: 1, help: 'Orders.', unit: '' };
  const builder = new BlockBuilder();
  add(builder, 'families', [1, writeRequest1([], [family, family])]);
  const first = builder.cut();
  add(builder, 'families', [1, writeRequest1([], [family])]);
  expect(builder.cut()).toEqual([]);
  add(
    builder,
    'families',
    [1, writeRequest1([], [{ ...family, help: 'Orders, all.', unit: 'order' }])],
    receivedMs + 5,
  );
  const second = builder.cut();
  expect(first.map(({ table, rows }) => `${table} ${rows}`)).toEqual(['metric_metadata 1']);
  await store.load([...first, ...second]);
  expect(
    await store.rows("SELECT metric, type, unit, help FROM metric_metadata FINAL WHERE workspace = 'families'"),
  ).toEqual([{ metric: 'orders', type: 'counter', unit: 'order', help: 'Orders, all.' }]);
});

test('samples come to the engine in its order: workspace, metric, id, time', async () => {
  const builder = new BlockBuilder();
  const names = ['c', 'a', 'b', 'ä', 'Z'];
  for (const [i, workspace] of ['w2', 'w1', 'w2'].entries()) {
    const list = names.flatMap(name =>
      ['x', 'y', 'z'].map(job => series(name, { job }, [30 - i, 1], [10 + i, 2], [20, 3])),
    );
    add(builder, workspace, [1, writeRequest1(list)]);
  }
  const blocks = builder.cut().filter(({ table }) => table === 'metric_samples');
  await store.load(blocks);
  const stored = await store.rows<{ metric: string; id: string; ms: string }>(
    "SELECT workspace, metric, toString(id) AS id, toString(toUnixTimestamp64Milli(ts)) AS ms FROM metric_samples WHERE workspace IN ('w1', 'w2') ORDER BY workspace, metric, id, ts",
  );
  expect(stored.length).toBe(3 * 15 * 3);
  const bytes = Buffer.concat(blocks.flatMap(({ chunks }) => chunks));
  // The column of times is the rows' own order: 8 bytes each, one series' times rise.
  const at = bytes.indexOf("DateTime64(3, 'UTC')") + "DateTime64(3, 'UTC')".length;
  const inBlock = stored.map((_, row) => bytes.readBigInt64LE(at + row * 8).toString());
  expect(inBlock).toEqual(stored.map(({ ms }) => ms));
});

test('of samples with one time all are kept, and the one that came last is read', async () => {
  const workspace = await load(
    [1, writeRequest1([series('up', {}, [5, 1], [5, 2])])],
    [2, writeRequest2([series('up', {}, [5, 3])])],
  );
  const builder = new BlockBuilder();
  add(builder, workspace, [1, writeRequest1([series('up', {}, [5, 4], [6, 9])])]);
  await store.load(builder.cut());
  const read = (): Promise<readonly { value: number }[]> =>
    store.rows(
      `SELECT argMax(value, (toUInt64(splitByChar('_', _part)[-3]), _part_offset)) AS value FROM metric_samples WHERE workspace = '${workspace}' GROUP BY id, ts ORDER BY ts`,
    );
  expect(await read()).toEqual([{ value: 4 }, { value: 9 }]);
  await store.rows('OPTIMIZE TABLE metric_samples FINAL');
  expect(await read()).toEqual([{ value: 4 }, { value: 9 }]);
});

test('samples of 1970, before, and of the next centuries are kept', async () => {
  const times = [0, 1, -1, -2_208_988_800_000, 10_413_791_999_999] as const;
  const workspace = await load([1, writeRequest1([series('old', {}, ...times.map(ms => [ms, ms] as const))])]);
  expect(
    await store.rows(
      `SELECT toString(toUnixTimestamp64Milli(ts)) AS ms, value FROM metric_samples WHERE workspace = '${workspace}' ORDER BY ts`,
    ),
  ).toEqual(times.toSorted((a, b) => a - b).map(ms => ({ ms: String(ms), value: ms })));
});

test('a hundred thousand samples of one series in falling order are sorted without delay', () => {
  const builder = new BlockBuilder();
  const samples = Array.from({ length: 100_000 }, (_, i) => [1_790_000_000_000 - i, i] as const);
  add(builder, 'w', [1, writeRequest1([series('up', {}, ...samples)])]);
  const before = process.cpuUsage();
  builder.cut();
  const { user, system } = process.cpuUsage(before);
  expect(user + system).toBeLessThan(1_000_000);
});

test('metrics of OpenTelemetry and of Prometheus in one block become one file per table', async () => {
  const builder = new BlockBuilder();
  const otlp = {
    resourceMetrics: [
      {
        scopeMetrics: [
          { metrics: [{ name: 'up', gauge: { dataPoints: [{ timeUnixNano: `${receivedMs}000000`, asDouble: 7 }] } }] },
        ],
      },
    ],
  };
  builder.add(decode('metrics', 'json', Buffer.from(JSON.stringify(otlp))), {
    workspace: 'both',
    recordSeq: 1,
    receivedMs,
  });
  add(builder, 'both', [1, writeRequest1([series('up', { job: 'a' }, [receivedMs, 8])])]);
  const blocks = builder.cut();
  expect(blocks.map(({ table }) => table).toSorted()).toEqual(['metric_samples', 'metric_series', 'resources']);
  await store.load(blocks);
  expect(await store.rows("SELECT value FROM metric_samples WHERE workspace = 'both' ORDER BY value")).toEqual([
    { value: 7 },
    { value: 8 },
  ]);
});

test('text of a sender that looks like SQL stays text', async () => {
  const evil = "x\n\nDROP TABLE metric_samples; -- '\\";
  const labels = { job: evil, [evil]: evil };
  const workspace = await load([
    2,
    writeRequest2([
      {
        ...series(evil, labels, [1, 1]),
        help: evil,
        unit: evil,
        exemplars: [{ labels: [[evil, evil]], value: 1, ms: 1 }],
      },
    ]),
  ]);
  expect(
    await store.rows(
      `SELECT metric, service, unit, description, attrs FROM metric_series WHERE workspace = '${workspace}'`,
    ),
  ).toEqual([{ metric: evil, service: evil, unit: evil, description: evil, attrs: labels }]);
  expect(await store.rows(`SELECT attrs FROM exemplars WHERE workspace = '${workspace}'`)).toEqual([
    { attrs: { [evil]: evil } },
  ]);
});
