import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installDatadogTracers, runUnderTracers } from '../datadog-clients.test-support.js';
import { receiveAndStore, runClient, type StoredHere } from '../stored-here.test-support.js';
import { defaultStatsdOptions } from './statsd-options.js';

const flushMs = 4000;

let here: StoredHere;
let port: string;
beforeAll(async () => {
  here = await receiveAndStore({
    ports: { statsd: { host: '127.0.0.1', port: 0 } },
    statsd: { ...defaultStatsdOptions, flushMs },
  });
  port = String(here.receiver.ports.statsd);
}, 30_000);
afterAll(() => here.close());

interface Row {
  readonly metric: string;
  readonly type: string;
  readonly unit: string;
  readonly monotonic: boolean;
  readonly service: string;
  readonly attributes: readonly (readonly [string, string])[];
  /** The newest value; of a histogram count, sum, lowest and highest. */
  readonly last: readonly number[];
}

/** The series of metrics whose names begin so, each with its newest value. */
async function series(prefix: string): Promise<readonly Row[]> {
  const common = `metric, s.type AS type, s.unit AS unit, s.monotonic AS monotonic, s.service AS service,
    arraySort(arrayZip(mapKeys(s.attrs), mapValues(s.attrs))) AS attributes`;
  const known = '(SELECT * FROM metric_series FINAL) AS s USING (workspace, metric, id)';
  const of = `WHERE startsWith(metric, '${prefix}') GROUP BY ALL`;
  const rows = await here.rows<Row>(`
    SELECT ${common}, [argMax(value, ts)] AS last FROM metric_samples JOIN ${known} ${of}
    UNION ALL
    SELECT ${common}, argMax([toFloat64(count), sum, min, max], ts) AS last FROM metric_histograms JOIN ${known} ${of}`);
  return rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ metric, attributes }: Row): string => `${metric} ${attributes.join()}`;

/** Runs a client so that what it sends falls between two flushes: a set and a gauge are of one. */
async function send(client: string, ...args: readonly string[]): Promise<void> {
  await sleep(flushMs - (Date.now() % flushMs));
  await runClient(client, ...args);
}

/** The series, when as many are there as are expected. */
async function whenStored(prefix: string, count: number): Promise<readonly Row[]> {
  await expect.poll(async () => (await series(prefix)).length).toBe(count);
  return series(prefix);
}

/** Makes the rows of one client. */
const rowsOf =
  (prefix: string, service: string, attributes: Row['attributes']) =>
  (name: string, type: string, last: readonly number[], changes: Partial<Row> = {}): Row => ({
    metric: `${prefix}${name}`,
    type,
    unit: '',
    monotonic: false,
    service,
    attributes,
    last,
    ...changes,
  });

test.each([
  ['udp', 'Ölwechsel | v2'],
  ['tcp', 'Oil change | v2'],
])('[B8] hot-shots over %s: what it sends is stored as it was meant', async (protocol, event) => {
  await send('hot-shots.mjs', protocol, port);
  const region = ['region', 'eu'] as const;
  const row = rowsOf(`${protocol}.`, 'shop', [region]);
  const monotonic = true;
  expect(await whenStored(`${protocol}.`, 9)).toEqual([
    row('depth', 'gauge', [5]),
    row('latency', 'exponential_histogram', [2, 0.75, 0.25, 0.5], { unit: 's' }),
    row('orders', 'sum', [1], { monotonic, attributes: [['first', 'true'], ['plan', 'free'], region] }),
    row('orders', 'sum', [5], { monotonic, attributes: [['plan', 'pro'], region] }),
    row('past', 'gauge', [5]),
    row('price', 'exponential_histogram', [1, 12.5, 12.5, 12.5]),
    row('size', 'exponential_histogram', [1, 10, 10, 10]),
    row('stock', 'sum', [-4]),
    row('users', 'gauge', [2]),
  ]);

  const past = `SELECT toUnixTimestamp(ts) AS seconds, value FROM metric_samples WHERE metric = '${protocol}.past'`;
  expect(await here.rows(past)).toEqual([{ seconds: 1_790_000_000, value: 5 }]);

  const resource = [
    ['deployment.environment.name', 's', 'prod'],
    ['service.name', 's', 'shop'],
    ['service.version', 's', '1.2.3'],
  ];
  const title = `${protocol}.${event}`;
  expect(await here.logs()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        event_name: 'statsd.event',
        severity_number: 17,
        body: `${title}\ndone by "CI"\nwithout a stop`,
        service: 'shop',
        version: '1.2.3',
        attributes: expect.arrayContaining([
          ['statsd.event.title', 's', title],
          ['statsd.event.alert_type', 's', 'error'],
          ['statsd.event.aggregation_key', 's', 'oil'],
          ['team', 's', 'a'],
        ]),
        resource: expect.arrayContaining(resource),
      }),
      expect.objectContaining({
        event_name: 'statsd.service_check',
        severity_number: 17,
        body: 'no answer',
        attributes: expect.arrayContaining([
          ['statsd.service_check.name', 's', `${protocol}.db.up`],
          ['statsd.service_check.status', 's', 'critical'],
          ['team', 's', 'a'],
        ]),
        resource: expect.arrayContaining([...resource, ['host.name', 's', 'web-1']]),
      }),
    ]),
  );
});

test('[B8] statsd-client: what it sends as Etsy’s StatsD knows it is stored as it was meant', async () => {
  await send('statsd-client.mjs', port);
  expect(await whenStored('etsy.', 12)).toEqual(
    ['etsy.tcp.', 'etsy.udp.'].flatMap(prefix => {
      const row = rowsOf(prefix, 'unknown_service', []);
      return [
        row('bytes', 'exponential_histogram', [1, 100, 100, 100]),
        row('hits', 'sum', [6], { monotonic: true }),
        row('level', 'gauge', [7]),
        row('tagged', 'sum', [1], { monotonic: true, attributes: [['shop', 'one']] }),
        row('took', 'exponential_histogram', [1, 1.5, 1.5, 1.5], { unit: 's' }),
        row('visitors', 'gauge', [2]),
      ];
    }),
  );
});

test('[B8] dd-trace over UDP: its runtime metrics and what the program counts by it are stored under its service', async () => {
  await installDatadogTracers();
  const program = `
    const tracer = require('dd-trace').init();
    tracer.dogstatsd.increment('dd.orders', 2, { plan: 'pro' });
    tracer.dogstatsd.distribution('dd.seconds', 0.25);
    tracer.dogstatsd.gauge('dd.depth', 3);
    setTimeout(() => tracer.dogstatsd.flush(), 1500);
    setTimeout(() => process.exit(0), 2500);`;
  await runUnderTracers(program, {
    DD_SERVICE: 'dd-shop',
    DD_ENV: 'prod',
    DD_VERSION: '1.2.3',
    DD_RUNTIME_METRICS_ENABLED: 'true',
    DD_RUNTIME_METRICS_FLUSH_INTERVAL: '500',
    DD_DOGSTATSD_HOST: '127.0.0.1',
    DD_DOGSTATSD_PORT: port,
    // No agent there: it sends over UDP then.
    DD_TRACE_AGENT_URL: 'http://127.0.0.1:1',
  });
  const row = rowsOf('dd.', 'dd-shop', []);
  expect(await whenStored('dd.', 3)).toEqual([
    row('depth', 'gauge', [3]),
    row('orders', 'sum', [2], { monotonic: true, attributes: [['plan', 'pro']] }),
    row('seconds', 'exponential_histogram', [1, 0.25, 0.25, 0.25]),
  ]);
  const runtime = await series('runtime.node.');
  expect(new Set(runtime.map(({ service }) => service))).toEqual(new Set(['dd-shop']));
  const heap = runtime.find(({ metric }) => metric === 'runtime.node.mem.heap_used');
  expect(heap).toMatchObject({ type: 'gauge' });
  expect(heap?.last[0]).toBeGreaterThan(1e6);
}, 180_000);
