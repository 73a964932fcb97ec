import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack } from '../decode/msgpack.test-support.js';
import { receiveAndStore, type StoredHere } from './stored-here.test-support.js';

/** What must never be more than text: it ends a literal, ends an inline INSERT, and drops a table. */
const hostile = `'"\`; DROP TABLE spans; --\n\nDROP TABLE bellwether.spans;\n\nDROP TABLE logs;\n\n`;
/** The same for protocols that end a field at a line's end. */
const hostileLine = hostile.replaceAll('\n', ' ');

const anyPort = { host: '127.0.0.1', port: 0 };
let here: StoredHere;
beforeAll(async () => {
  here = await receiveAndStore({ ports: { datadog: anyPort, statsd: anyPort, fluent: anyPort, syslog: anyPort } });
}, 60_000);
afterAll(() => here.close());

async function post(url: string, headers: Record<string, string>, body: string | Uint8Array): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : Buffer.from(body),
  });
  expect([url, answer.status, await answer.text()]).toEqual([
    url,
    expect.toSatisfy((s: number) => s < 300),
    expect.anything(),
  ]);
}

async function tcp(port: number | undefined, bytes: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: port ?? 0 }, () => socket.end(bytes, () => resolve()));
    socket.on('error', reject);
    socket.resume();
  });
}

const json = { 'content-type': 'application/json' };
const nowMs = Date.now();
const nowNs = `${nowMs}000000`;

const protocols: readonly (readonly [name: string, send: () => Promise<void>])[] = [
  [
    'zipkin',
    () => {
      const span = {
        traceId: '463ac35c9f6413ad48485a3953bb6124',
        id: 'a2fb4a1d1a96d312',
        name: hostile,
        kind: 'CLIENT',
        timestamp: nowMs * 1000,
        duration: 10,
        localEndpoint: { serviceName: hostile },
        remoteEndpoint: { serviceName: hostile },
        tags: { [hostile]: hostile, error: hostile, 'sql.query': hostile },
        annotations: [{ timestamp: nowMs * 1000, value: hostile }],
      };
      return post(`${here.url}/api/v2/spans`, json, JSON.stringify([span]));
    },
  ],
  [
    'loki',
    () => {
      const streams = [
        {
          stream: { service_name: hostile, x: hostile },
          values: [[nowNs, hostile, { key: hostile, trace_id: hostile }]],
        },
      ];
      return post(`${here.url}/loki/api/v1/push`, json, JSON.stringify({ streams }));
    },
  ],
  [
    'sentry',
    () => {
      const event = {
        event_id: 'c'.repeat(32),
        timestamp: nowMs / 1000,
        platform: hostile,
        logger: hostile,
        server_name: hostile,
        release: hostile,
        environment: hostile,
        transaction: hostile,
        message: hostile,
        tags: { [hostile]: hostile },
        user: { id: hostile, email: hostile, username: hostile },
        extra: { [hostile]: { deep: [hostile] } },
        contexts: { trace: { trace_id: 'd'.repeat(32), span_id: 'e'.repeat(16) }, [hostile]: { a: hostile } },
        fingerprint: [hostile],
        breadcrumbs: { values: [{ message: hostile, category: hostile, data: { [hostile]: hostile } }] },
        request: { url: hostile, method: hostile, headers: { [hostile]: hostile } },
        exception: {
          values: [
            {
              type: hostile,
              value: hostile,
              stacktrace: { frames: [{ filename: hostile, function: hostile, lineno: 3 }] },
            },
          ],
        },
        sdk: { name: hostile, version: hostile },
      };
      const envelope = [{ event_id: 'c'.repeat(32) }, { type: 'event' }, event]
        .map(part => JSON.stringify(part))
        .join('\n');
      return post(
        `${here.url}/api/1/envelope/?sentry_key=abc`,
        { 'content-type': 'application/x-sentry-envelope' },
        envelope,
      );
    },
  ],
  [
    'datadog',
    () => {
      const span = {
        trace_id: 1,
        span_id: 2,
        parent_id: 0,
        name: hostile,
        resource: hostile,
        service: hostile,
        type: hostile,
        start: nowMs * 1e6,
        duration: 10,
        error: 1,
        meta: { [hostile]: hostile, 'error.message': hostile, 'error.stack': hostile, env: hostile, version: hostile },
        metrics: { [hostile]: 1 },
      };
      const url = `http://127.0.0.1:${here.receiver.ports.datadog}/v0.4/traces`;
      return post(url, { 'content-type': 'application/msgpack', 'x-datadog-trace-count': '1' }, pack([[span]]));
    },
  ],
  [
    'fluent',
    () =>
      tcp(
        here.receiver.ports.fluent,
        pack([hostile, Math.floor(nowMs / 1000), { [hostile]: hostile, log: hostile, level: hostile }]),
      ),
  ],
  [
    'syslog',
    async () => {
      const message = `<14>1 ${new Date(nowMs).toISOString()} h ${'app'} 1 - [x@1 k="${hostile.replaceAll(/["\\\]]/g, '\\$&')}"] ${hostile}`;
      await tcp(here.receiver.ports.syslog, `${Buffer.byteLength(message)} ${message}`);
    },
  ],
  [
    'statsd',
    async () => {
      const socket = createSocket('udp4');
      const event = `_e{${Buffer.byteLength(hostileLine)},${Buffer.byteLength(hostileLine)}}:${hostileLine}|${hostileLine}`;
      const lines = [
        `metric.${hostileLine.replaceAll(/[:|@#]/g, '')}:1|c|#k:${hostileLine.replaceAll(/[,|]/g, '')}`,
        event,
      ];
      for (const line of lines)
        await new Promise<void>(resolve =>
          socket.send(line, here.receiver.ports.statsd ?? 0, '127.0.0.1', () => resolve()),
        );
      socket.close();
    },
  ],
];

const tables = (): Promise<readonly { name: string }[]> =>
  here.rows<{ name: string }>('SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name');

/** Rows of spans and logs that hold the text somewhere. */
async function holding(text: string): Promise<number> {
  const rows = ['spans', 'logs'].map(table => `SELECT toString(tuple(*)) AS row FROM ${table}`).join(' UNION ALL ');
  const [found] = await here.rows<{ n: string }>(
    `SELECT toString(count()) AS n FROM (${rows}) WHERE position(row, '${text}') > 0`,
  );
  return Number(found?.n);
}

test.each(protocols)(
  'text that looks like SQL, in every place that %s can write to, is stored as text and drops nothing',
  async (name, send) => {
    const text = name === 'statsd' ? 'DROP TABLE logs;  ' : 'DROP TABLE bellwether.spans';
    const before = await tables();
    const held = await holding(text);
    await send();
    await expect.poll(() => holding(text), { timeout: 30_000, interval: 250 }).toBeGreaterThan(held);
    expect(await tables()).toEqual(before);
    expect(before.length).toBeGreaterThan(8);
  },
  60_000,
);
