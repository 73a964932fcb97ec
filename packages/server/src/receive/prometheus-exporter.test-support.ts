import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bytes, double, fixed64, int } from '../decode/protobuf.test-support.js';

/**
 * A program that Prometheus scrapes. What it shows follows from the number of the scrape, so that a test knows what every sample must be.
 * It speaks protobuf to those who ask for it (only there are native histograms), else OpenMetrics text.
 */
export interface Exporter {
  readonly target: string;
  /** How often it was scraped; nothing is answered any more after `last`. */
  readonly scrapes: number;
  stop(): Promise<void>;
}

const traceId = (scrape: number): string => scrape.toString(16).padStart(32, 'a');
const gauge = (scrape: number): number =>
  [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.25][scrape % 4]! -
  (scrape % 4 === 3 ? scrape : 0);

/** The values that each series has at a scrape, by its name and labels without those of the target. */
export function shownAt(scrape: number): ReadonlyMap<string, number> {
  return new Map([
    ['shop_orders_total{channel="wéb"}', scrape * 1.5],
    ['shop_queue_depth{}', gauge(scrape)],
    ['shop_latency_seconds_bucket{le="0.1"}', scrape],
    ['shop_latency_seconds_bucket{le="1.0"}', scrape * 2],
    ['shop_latency_seconds_bucket{le="+Inf"}', scrape * 3],
    ['shop_latency_seconds_count{}', scrape * 3],
    ['shop_latency_seconds_sum{}', scrape * 0.5],
  ]);
}

export const exemplarOf = (scrape: number): { readonly traceId: string; readonly value: number } => ({
  traceId: traceId(scrape),
  value: scrape + 0.125,
});

/** Buckets of the native histogram at a scrape: Prometheus' index and count. */
export function nativeAt(scrape: number): {
  readonly schema: number;
  readonly zeroCount: number;
  readonly positive: readonly (readonly [number, number])[];
  readonly negative: readonly (readonly [number, number])[];
  readonly count: number;
  readonly sum: number;
} {
  const positive = [
    [-2, scrape],
    [-1, scrape * 3],
    [4, 2],
  ] as const;
  const negative = [[1, 1]] as const;
  return { schema: 3, zeroCount: scrape, positive, negative, count: scrape * 5 + 3, sum: scrape * 2.5 };
}

function openMetrics(scrape: number, ms: number): string {
  const shown = shownAt(scrape);
  const value = (name: string): string => String(shown.get(name)).replace('Infinity', 'Inf');
  return `# HELP shop_orders Orders that were placed.
# TYPE shop_orders counter
shop_orders_total{channel="wéb"} ${value('shop_orders_total{channel="wéb"}')} # {trace_id="${traceId(scrape)}"} ${exemplarOf(scrape).value} ${ms / 1000}
# HELP shop_queue_depth Orders that wait.
# TYPE shop_queue_depth gauge
shop_queue_depth ${value('shop_queue_depth{}')}
# HELP shop_latency_seconds Time to answer.
# TYPE shop_latency_seconds histogram
# UNIT shop_latency_seconds seconds
shop_latency_seconds_bucket{le="0.1"} ${value('shop_latency_seconds_bucket{le="0.1"}')}
shop_latency_seconds_bucket{le="1.0"} ${value('shop_latency_seconds_bucket{le="1.0"}')}
shop_latency_seconds_bucket{le="+Inf"} ${value('shop_latency_seconds_bucket{le="+Inf"}')}
shop_latency_seconds_count ${value('shop_latency_seconds_count{}')}
shop_latency_seconds_sum ${value('shop_latency_seconds_sum{}')}
# EOF
`;
}

const types = { counter: 0, gauge: 1, histogram: 4 } as const;

/** `io.prometheus.client.MetricFamily`, with its length before it. */
function family(name: string, help: string, type: keyof typeof types, unit: string, metric: Buffer): Buffer {
  const message = Buffer.concat([
    bytes(1, name),
    bytes(2, help),
    int(3, types[type]),
    bytes(4, metric),
    bytes(5, unit),
  ]);
  const [, ...delimited] = bytes(1, message);
  return Buffer.from(delimited);
}

const label = (field: number, name: string, value: string): Buffer => bytes(field, bytes(1, name), bytes(2, value));
const zigzag = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2);

function exemplar(field: number, scrape: number, ms: number): Buffer {
  const { traceId, value } = exemplarOf(scrape);
  const time = Buffer.concat([int(1, Math.floor(ms / 1000)), int(2, (ms % 1000) * 1e6)]);
  return bytes(field, label(1, 'trace_id', traceId), double(2, value), bytes(3, time));
}

function side(fields: readonly [span: number, delta: number], buckets: readonly (readonly [number, number])[]): Buffer {
  let next = 0;
  let before = 0;
  const parts = buckets.flatMap(([index, count], i) => {
    const offset = i === 0 ? index : index - next;
    next = index + 1;
    const delta = count - before;
    before = count;
    return [bytes(fields[0], int(1, zigzag(offset)), int(2, 1)), int(fields[1], zigzag(delta))];
  });
  return Buffer.concat(parts);
}

function protobuf(scrape: number, ms: number): Buffer {
  const shown = shownAt(scrape);
  const value = (name: string): number => shown.get(name)!;
  const native = nativeAt(scrape);
  const bucket = (bound: number, name: string): Buffer =>
    bytes(3, int(1, value(`shop_latency_seconds_bucket{le="${name}"}`)), double(2, bound));
  return Buffer.concat([
    family(
      'shop_orders_total',
      'Orders that were placed.',
      'counter',
      '',
      Buffer.concat([
        label(1, 'channel', 'wéb'),
        bytes(3, double(1, value('shop_orders_total{channel="wéb"}')), exemplar(2, scrape, ms)),
      ]),
    ),
    family('shop_queue_depth', 'Orders that wait.', 'gauge', '', bytes(2, double(1, value('shop_queue_depth{}')))),
    family(
      'shop_latency_seconds',
      'Time to answer.',
      'histogram',
      'seconds',
      bytes(
        7,
        int(1, value('shop_latency_seconds_count{}')),
        double(2, value('shop_latency_seconds_sum{}')),
        bucket(0.1, '0.1'),
        bucket(1, '1.0'),
        bucket(Number.POSITIVE_INFINITY, '+Inf'),
      ),
    ),
    family(
      'shop_size_bytes',
      'Sizes.',
      'histogram',
      'bytes',
      bytes(
        7,
        int(1, native.count),
        double(2, native.sum),
        int(5, zigzag(native.schema)),
        fixed64(6, 0x3f50624dd2f1a9fcn),
        int(7, native.zeroCount),
        side([9, 10], native.negative),
        side([12, 13], native.positive),
      ),
    ),
  ]);
}

/** `last`: the scrape after which the program is gone. */
export async function startExporter(last: number): Promise<Exporter> {
  let scrapes = 0;
  const server = createServer((request, response) => {
    if (scrapes >= last) {
      request.socket.destroy();
      return;
    }
    scrapes++;
    const ms = Date.now();
    if (request.headers.accept?.includes('io.prometheus.client.MetricFamily')) {
      const type = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';
      response.setHeader('content-type', type).end(protobuf(scrapes, ms));
    } else {
      response
        .setHeader('content-type', 'application/openmetrics-text; version=1.0.0; charset=utf-8')
        .end(openMetrics(scrapes, ms));
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    target: `127.0.0.1:${port}`,
    get scrapes() {
      return scrapes;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
