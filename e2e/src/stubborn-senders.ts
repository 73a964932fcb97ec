import { randomBytes } from 'node:crypto';
import { sleep } from './instance.ts';

/** One request of one protocol. Every item in it can be found again by `serial`. */
interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer<ArrayBuffer>;
}

interface Protocol {
  readonly name: string;
  readonly perRequest: number;
  /** As SQL over the store: `request` and `c`, how many of its items are there, and `u`, how many different ones. */
  readonly sql: string;
  request(serial: number): Request;
}

const json = { 'content-type': 'application/json' };
const nowNs = (plus = 0): string => `${Date.now() + plus}000000`;
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'stubborn' } }] };
const list = <T>(length: number, item: (i: number) => T): T[] => Array.from({ length }, (_, i) => item(i));
const numbered = (serial: number): object => ({ key: 'serial', value: { stringValue: String(serial) } });

/** Protobuf by hand: a field of bytes. */
const field = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
const text = (value: string): Buffer => Buffer.from(value);

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** Snappy's block format with literals only. */
function literals(bytes: Buffer): Buffer<ArrayBuffer> {
  const pieces: Buffer[] = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 256) {
    const piece = bytes.subarray(at, at + 256);
    pieces.push(Buffer.from([60 << 2, piece.length - 1]), piece);
  }
  return Buffer.concat(pieces);
}

function remoteWrite(serial: number): Buffer<ArrayBuffer> {
  const series = list(20, i => {
    const label = (name: string, value: string): Buffer =>
      field(1, Buffer.concat([field(1, text(name)), field(2, text(value))]));
    const value = Buffer.alloc(9);
    value[0] = 9;
    value.writeDoubleLE(i, 1);
    const sample = field(2, Buffer.concat([value, varint(16), varint(Date.now())]));
    const labels = [label('__name__', 'stubborn_samples'), label('i', String(i)), label('serial', String(serial))];
    return field(1, Buffer.concat([...labels, sample]));
  });
  return literals(Buffer.concat(series));
}

/** The protocols whose senders send again what was not answered. */
export const protocols: readonly Protocol[] = [
  {
    name: 'otlp traces',
    perRequest: 20,
    sql: `SELECT attrs['serial'] AS request, count() AS c, uniqExact(span_id) AS u FROM bellwether.spans
          WHERE service = 'stubborn' GROUP BY request`,
    request: serial => ({
      path: '/v1/traces',
      headers: json,
      body: JSON.stringify({
        resourceSpans: [
          {
            resource,
            scopeSpans: [
              {
                spans: list(20, () => ({
                  traceId: hex(16),
                  spanId: hex(8),
                  name: 'work',
                  kind: 2,
                  startTimeUnixNano: nowNs(),
                  endTimeUnixNano: nowNs(5),
                  attributes: [numbered(serial)],
                })),
              },
            ],
          },
        ],
      }),
    }),
  },
  {
    name: 'otlp logs',
    perRequest: 15,
    sql: `SELECT attrs['serial'] AS request, count() AS c, uniqExact(body) AS u FROM bellwether.logs
          WHERE service = 'stubborn' GROUP BY request`,
    request: serial => ({
      path: '/v1/logs',
      headers: json,
      body: JSON.stringify({
        resourceLogs: [
          {
            resource,
            scopeLogs: [
              {
                logRecords: list(15, i => ({
                  timeUnixNano: nowNs(),
                  body: { stringValue: `line ${i} of ${serial}\n\nDROP TABLE logs` },
                  attributes: [numbered(serial)],
                })),
              },
            ],
          },
        ],
      }),
    }),
  },
  {
    name: 'otlp metrics',
    perRequest: 10,
    sql: `SELECT toString(value) AS request, count() AS c, uniqExact(ts) AS u FROM bellwether.metric_samples
          WHERE metric = 'stubborn.points' GROUP BY request`,
    request: serial => ({
      path: '/v1/metrics',
      headers: json,
      body: JSON.stringify({
        resourceMetrics: [
          {
            resource,
            scopeMetrics: [
              {
                metrics: [
                  {
                    name: 'stubborn.points',
                    gauge: { dataPoints: list(10, i => ({ timeUnixNano: nowNs(i), asDouble: serial })) },
                  },
                ],
              },
            ],
          },
        ],
      }),
    }),
  },
  {
    name: 'remote write',
    perRequest: 20,
    sql: `SELECT attrs['serial'] AS request, count() AS c, uniqExact(id) AS u
          FROM bellwether.metric_samples AS s INNER JOIN (SELECT DISTINCT id, attrs FROM bellwether.metric_series WHERE metric = 'stubborn_samples') AS m USING (id)
          WHERE metric = 'stubborn_samples' GROUP BY request`,
    request: serial => ({
      path: '/api/v1/write',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: remoteWrite(serial),
    }),
  },
  {
    name: 'zipkin',
    perRequest: 5,
    sql: `SELECT attrs['serial'] AS request, count() AS c, uniqExact(span_id) AS u FROM bellwether.spans
          WHERE service = 'stubborn-zipkin' GROUP BY request`,
    request: serial => ({
      path: '/api/v2/spans',
      headers: json,
      body: JSON.stringify(
        list(5, () => ({
          traceId: hex(16),
          id: hex(8),
          name: 'work',
          kind: 'SERVER',
          timestamp: Date.now() * 1000,
          duration: 1000,
          localEndpoint: { serviceName: 'stubborn-zipkin' },
          tags: { serial: String(serial) },
        })),
      ),
    }),
  },
  {
    name: 'loki',
    perRequest: 8,
    sql: `SELECT attrs['serial'] AS request, count() AS c, uniqExact(body) AS u FROM bellwether.logs
          WHERE service = 'stubborn-loki' GROUP BY request`,
    request: serial => ({
      path: '/loki/api/v1/push',
      headers: json,
      body: JSON.stringify({
        streams: [
          {
            stream: { service_name: 'stubborn-loki', serial: String(serial) },
            values: list(8, i => [nowNs(i), `line ${i} of ${serial}`]),
          },
        ],
      }),
    }),
  },
];

/**
 * Senders that never give up: what was not answered is sent again, the same to the byte, until it is; and now and then, for no reason, once more.
 * So everything they made is acknowledged in the end, and must be stored once.
 */
export class StubbornSenders {
  /** Serials by protocol, all of them acknowledged once `stop` has resolved. */
  readonly made = new Map<string, Set<number>>(protocols.map(({ name }) => [name, new Set()]));
  resent = 0;
  #url = '';
  #serial = 0;
  #stopped = true;
  #done: Promise<unknown> = Promise.resolve();

  start(url: string): void {
    this.#url = url;
    this.#stopped = false;
    this.#done = Promise.all(protocols.map(protocol => this.#run(protocol)));
  }

  /** The address after a restart; what waits for an answer goes on there. */
  moved(url: string): void {
    this.#url = url;
  }

  /** Makes nothing new and waits until all that was made is acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(protocol: Protocol): Promise<void> {
    while (!this.#stopped) {
      const serial = ++this.#serial;
      const request = protocol.request(serial);
      this.made.get(protocol.name)?.add(serial);
      let tries = 0;
      for (;;) {
        const isKept = await this.#send(request);
        if (tries++ > 0) this.resent++;
        if (isKept && Math.random() < 0.9) break;
        if (!isKept) await sleep(10);
      }
    }
  }

  async #send({ path, headers, body }: Request): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch(this.#url + path, { method: 'POST', headers, body, signal });
      const said = await answer.text();
      if (answer.ok) return true;
      if (answer.status !== 503 && answer.status !== 429) throw new Error(`${path} answered ${answer.status}: ${said}`);
      return false;
    } catch (error) {
      if (error instanceof Error && error.message.includes(' answered ')) throw error;
      return false;
    }
  }
}
