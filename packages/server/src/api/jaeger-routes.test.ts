import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { serverSideLink } from './receiver-link.test.support.js';
import {
  emptyStore,
  fillWithSample,
  sampleEndMs,
  sampleSpanId,
  sampleStartMs,
  sampleTraceId,
} from './sample-store.test.support.js';
import { jaegerRoutes } from './jaeger-routes.js';
import { buildApi } from './start-api.js';

let app: FastifyInstance;
let close: () => Promise<void>;

beforeAll(async () => {
  const { store, dataDir, close: closeStore } = await emptyStore();
  await fillWithSample(store);
  app = await buildApi({
    store,
    receiver: serverSideLink(),
    listen: { host: '127.0.0.1', port: 0 },
    version: '0.0.0',
    startedAtMs: 0,
    demo: false,
    uiDir: undefined,
    dataDir,
    log: Fastify({ logger: { level: 'error' } }).log,
  });
  close = async () => {
    await app.close();
    await closeStore();
  };
});

afterAll(() => close());

const anyAnswer = z.object({ data: z.array(z.unknown()) });

async function get(path: string, route: string): Promise<readonly unknown[]> {
  const answer = await app.inject({ method: 'GET', url: path, headers: { host: 'localhost' } });
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
  const schema = jaegerRoutes.find(({ path }) => path === route)?.answer;
  schema?.parse(answer.json());
  return anyAnswer.parse(answer.json()).data;
}

const times = `start=${sampleStartMs}000&end=${sampleEndMs}000`;
const traces = (query: string): Promise<readonly unknown[]> =>
  get(`/jaeger/api/traces?${times}&${query}`, '/jaeger/api/traces');

test('a trace has its spans, references, tags and processes', async () => {
  const [trace] = await get(`/jaeger/api/traces/${sampleTraceId(9)}`, '/jaeger/api/traces/:traceID');
  expect(trace).toMatchObject({
    traceID: sampleTraceId(9),
    processes: {
      p1: {
        serviceName: 'gateway',
        tags: expect.arrayContaining([{ key: 'host.name', type: 'string', value: 'host-gateway' }]),
      },
      p2: { serviceName: 'checkout' },
    },
    spans: [
      { spanID: sampleSpanId(9, 1), references: [], operationName: 'GET /orders/:id', duration: 40_000 },
      {
        spanID: sampleSpanId(9, 2),
        references: [{ refType: 'CHILD_OF', traceID: sampleTraceId(9), spanID: sampleSpanId(9, 1) }],
      },
      {
        tags: expect.arrayContaining([
          { key: 'http.response.status_code', type: 'int64', value: 502 },
          { key: 'span.kind', type: 'string', value: 'server' },
          { key: 'error', type: 'bool', value: true },
        ]),
        logs: [
          {
            timestamp: sampleStartMs * 1000,
            fields: [
              { key: 'event', type: 'string', value: 'exception' },
              { key: 'exception.type', type: 'string', value: 'PaymentDeclined' },
              { key: 'n', type: 'string', value: '9007199254740993' },
            ],
          },
        ],
      },
      {},
    ],
  });
});

test('zeros that were left out at the front of a trace id are put back', async () => {
  expect(await get('/jaeger/api/traces/1', '/jaeger/api/traces/:traceID')).toHaveLength(1);
});

test('traces are searched by service, operation, tags and duration', async () => {
  expect(await traces('service=checkout&limit=200')).toHaveLength(200);
  expect(await traces(`service=checkout&operation=${encodeURIComponent('SELECT orders')}&limit=5`)).toHaveLength(5);
  expect(
    await traces(`service=gateway&tags=${encodeURIComponent('{"error":"true","user.id":"u9"}')}&limit=100`),
  ).toHaveLength(8);
  expect(await traces('service=gateway&tag=user.id:u7&tag=span.kind:server')).toHaveLength(8);
  expect(await traces('service=gateway&minDuration=1s')).toHaveLength(1);
  expect(await traces('service=gateway&maxDuration=10ms')).toHaveLength(0);
  expect(await traces(`traceID=${sampleTraceId(3)}&traceID=${sampleTraceId(4)}`)).toHaveLength(2);
});

test('dependencies count the calls between services', async () => {
  const path = `/jaeger/api/dependencies?endTs=${sampleEndMs}&lookback=3600000`;
  expect(await get(path, '/jaeger/api/dependencies')).toEqual([
    { parent: 'gateway', child: 'checkout', callCount: 360 },
  ]);
});

test('errors have the shape of Jaeger', async () => {
  const answer = await app.inject({ method: 'GET', url: '/jaeger/api/traces?tags=x', headers: { host: 'localhost' } });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({
    data: null,
    errors: [{ code: 400, msg: expect.stringContaining('tags must be a JSON object') }],
  });
});
