import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytes, fixed64 } from '../decode/protobuf.test-support.js';
import { receiveAndStore, runClient, type StoredHere } from './stored-here.test-support.js';

let here: StoredHere;
beforeAll(async () => {
  here = await receiveAndStore();
}, 30_000);
afterAll(() => here.close());

test('[B8] OpenTelemetry’s exporter for Zipkin: its spans are stored as they were meant', async () => {
  const ids = JSON.parse(await runClient('zipkin.mjs', `${here.url}/api/v2/spans`, 'shop'));
  const resource = [
    ['process.pid', 'i', '7'],
    ['service.name', 's', 'shop'],
    ['service.version', 's', '1.2.3'],
  ];
  const common = {
    trace_id: ids.traceId,
    trace_state: '',
    service: 'shop',
    version: '1.2.3',
    scope_name: '',
    scope_version: '',
    resource,
    links: [],
  };
  expect(await here.spans()).toEqual(
    expect.arrayContaining([
      {
        ...common,
        ts: '1790000000123456000',
        duration_ns: '7000000',
        span_id: ids.root,
        parent_span_id: '0000000000000000',
        name: 'GET /orders/:id',
        kind: 2,
        status_code: 2,
        status_message: 'no such order',
        attributes: [
          ['http.request.method', 's', 'GET'],
          ['http.response.status_code', 'i', '500'],
          ['app.note', 's', 'it’s “kept”'],
          // From the span's name.
          ['http.route', 's', '/orders/:id'],
        ],
        events: [{ t: '1790000000124000000', n: 'cache miss', a: [] }],
      },
      {
        ...common,
        ts: '1790000000125000000',
        duration_ns: '1500000',
        span_id: ids.child,
        parent_span_id: ids.root,
        name: 'SELECT orders',
        kind: 3,
        status_code: 0,
        status_message: '',
        attributes: [['db.system.name', 's', 'postgresql']],
        events: [],
      },
    ]),
  );
});

const post = (body: string | Uint8Array, type = 'application/json', path = '/api/v2/spans'): Promise<Response> =>
  fetch(here.url + path, {
    method: 'POST',
    headers: { 'content-type': type, 'x-scope-orgid': 'brave' },
    body,
  });

test('[B8] Brave’s names become OpenTelemetry’s, and a shared span stands under its caller', async () => {
  const timestamp = 1_790_000_000_000_000;
  const answer = await post(
    JSON.stringify([
      {
        traceId: 'f982b1bb0e0e7c11',
        id: '352bff9a74ca9ad2',
        parentId: '6b221d5bc9e6496c',
        kind: 'CLIENT',
        name: 'get',
        timestamp,
        duration: 9000,
        localEndpoint: { serviceName: 'frontend', ipv4: '10.0.0.5' },
        remoteEndpoint: { serviceName: 'backend', ipv4: '10.0.0.7', port: 9000 },
        tags: { 'http.method': 'GET', 'http.path': '/api', 'http.status_code': '200', lc: 'x' },
      },
      {
        traceId: 'f982b1bb0e0e7c11',
        id: '352bff9a74ca9ad2',
        parentId: '6b221d5bc9e6496c',
        kind: 'SERVER',
        name: 'get /api',
        timestamp: timestamp + 1000,
        duration: 7000,
        localEndpoint: { serviceName: 'backend', ipv4: '10.0.0.7', port: 9000 },
        remoteEndpoint: { ipv4: '10.0.0.5', port: 50_001 },
        tags: { error: 'true' },
        shared: true,
      },
      {
        traceId: 'f982b1bb0e0e7c11',
        id: '1111111111111111',
        parentId: '352bff9a74ca9ad2',
        timestamp: timestamp + 2000,
        localEndpoint: { serviceName: 'backend' },
        tags: { 'kafka.topic': 'orders' },
        annotations: [{ timestamp: timestamp + 2500, value: '"retry": {"attempt": 2}' }],
      },
    ]),
  );
  expect([answer.status, await answer.text()]).toEqual([202, '']);
  const [client, server, work] = (await here.spans('brave'))
    .map(row => Object(row))
    .toSorted((a, b) => Number(a.ts) - Number(b.ts));
  expect(client).toMatchObject({
    trace_id: '0000000000000000f982b1bb0e0e7c11',
    span_id: '352bff9a74ca9ad2',
    parent_span_id: '6b221d5bc9e6496c',
    service: 'frontend',
    name: 'get',
    kind: 3,
    duration_ns: '9000000',
    attributes: [
      ['http.request.method', 's', 'GET'],
      ['url.path', 's', '/api'],
      ['http.response.status_code', 'i', '200'],
      ['lc', 's', 'x'],
      ['service.peer.name', 's', 'backend'],
      ['network.peer.address', 's', '10.0.0.7'],
      ['network.peer.port', 'i', '9000'],
      ['server.address', 's', '10.0.0.7'],
      ['server.port', 'i', '9000'],
      ['network.local.address', 's', '10.0.0.5'],
    ],
  });
  expect(server).toMatchObject({
    parent_span_id: client.span_id,
    service: 'backend',
    kind: 2,
    status_code: 2,
    status_message: '',
    attributes: [
      ['network.peer.address', 's', '10.0.0.5'],
      ['network.peer.port', 'i', '50001'],
      ['client.address', 's', '10.0.0.5'],
      ['client.port', 'i', '50001'],
      ['network.local.address', 's', '10.0.0.7'],
      ['network.local.port', 'i', '9000'],
      ['zipkin.shared', 'b', 'true'],
    ],
  });
  expect(server.span_id).not.toBe(client.span_id);
  expect(work).toMatchObject({
    parent_span_id: server.span_id,
    name: 'unknown',
    kind: 1,
    duration_ns: '0',
    attributes: [
      ['messaging.destination.name', 's', 'orders'],
      ['messaging.system', 's', 'kafka'],
    ],
    events: [{ t: '1790000000002500000', n: 'retry', a: [['attempt', 'i', '2']] }],
  });
});

test('protobuf packed with gzip is understood', async () => {
  const span = bytes(
    1,
    bytes(1, Buffer.alloc(8, 7)),
    bytes(3, Buffer.alloc(8, 9)),
    bytes(5, 'packed'),
    fixed64(6, 1_790_000_000_000_000n),
  );
  const answer = await fetch(`${here.url}/api/v2/spans`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip', 'x-scope-orgid': 'packed' },
    body: gzipSync(span),
  });
  expect(answer.status).toBe(202);
  expect(await here.spans('packed')).toMatchObject([
    { trace_id: '00000000000000000707070707070707', span_id: '0909090909090909', name: 'packed', duration_ns: '0' },
  ]);
});

test.each([
  ['{"not":"a list"}', 'application/json', '/api/v2/spans', 400, 'not a list of Zipkin spans'],
  ['x', 'application/x-thrift', '/api/v2/spans', 415, 'Send application/json or application/x-protobuf'],
  ['[]', 'application/json', '/api/v1/spans', 410, 'send version 2 to /api/v2/spans'],
])('%j as %s to %s is answered %d with a line that says what to do', async (body, type, path, status, says) => {
  const answer = await post(body, type, path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/plain; charset=utf-8']);
  expect(await answer.text()).toContain(says);
});
