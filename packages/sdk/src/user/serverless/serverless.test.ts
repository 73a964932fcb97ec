import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Bellwether, start } from '../../start.js';
import type { SeenSpan } from '../../test-support/otlp.js';
import { type Sink, startSink } from '../../test-support/sink.js';
import { traced } from '../traced.js';
import { serverless } from './serverless.js';

let sink: Sink;
let sdk: Bellwether;

beforeAll(async () => {
  sink = await startSink();
  const disable = ['undici', 'http-client', 'uncaught', 'event-loop-stalls'];
  sdk = start({ url: sink.url, service: 'functions', sourceContext: false, disable });
});
afterAll(async () => {
  await sdk.shutdown();
  await sink.close();
});

const context = (awsRequestId: string) => ({
  awsRequestId,
  functionName: 'orders',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:1:function:orders',
  getRemainingTimeInMillis: () => 3000,
});
function spanOf(invocation: string): SeenSpan {
  const found = sink.spans.find(span => span.attributes['faas.invocation_id'] === invocation);
  if (found === undefined) throw new Error(`no span of ${invocation}`);
  return found;
}

const traceId = 'ab'.repeat(16);
const traceparent = `00-${traceId}-${'cd'.repeat(8)}-01`;
const gatewayEvent = {
  version: '2.0',
  routeKey: 'GET /orders/{id}',
  rawPath: '/orders/7',
  headers: { traceparent },
  requestContext: { http: { method: 'GET', path: '/orders/7' } },
};

test('an invocation of AWS Lambda is a span of its caller, which is sent before the answer is given; the first one is a cold start', async () => {
  const read = traced('read', async () => 'a book');
  const handler = serverless(async (event: typeof gatewayEvent, _context: object) => {
    return { statusCode: event.rawPath === '/orders/7' ? 200 : 404, body: await read() };
  });
  expect(await handler(gatewayEvent, context('i-1'))).toEqual({ statusCode: 200, body: 'a book' });
  expect(spanOf('i-1')).toMatchObject({
    name: 'GET /orders/{id}',
    kind: 2,
    traceId,
    parentId: 'cd'.repeat(8),
    status: 0,
    attributes: {
      'faas.coldstart': true,
      'faas.name': 'orders',
      'faas.trigger': 'http',
      'cloud.resource_id': 'arn:aws:lambda:eu-central-1:1:function:orders',
      'http.request.method': 'GET',
      'http.route': '/orders/{id}',
      'http.response.status_code': 200,
      'url.path': '/orders/7',
    },
  });
  expect(sink.spans.find(span => span.name === 'read')).toMatchObject({ traceId, parentId: spanOf('i-1').spanId });
  await handler(gatewayEvent, context('i-2'));
  expect(spanOf('i-2').attributes['faas.coldstart']).toBe(false);
  const durations = sink.points.findLast(point => point.metric === 'faas.invoke_duration');
  expect(durations).toMatchObject({ count: 2, attributes: { 'faas.trigger': 'http', 'http.route': '/orders/{id}' } });
  expect(sink.points.findLast(point => point.metric === 'faas.coldstarts')?.value).toBe(1);
});

test('an error is thrown on unchanged, reported once with its span, and sent before', async () => {
  const declined = new RangeError('declined');
  const handler = serverless(async (_event: object, _context: object): Promise<never> => {
    throw declined;
  });
  await expect(handler({}, context('i-3'))).rejects.toBe(declined);
  const span = spanOf('i-3');
  expect(span).toMatchObject({ name: 'orders', status: 2, attributes: { 'error.type': 'RangeError' } });
  const errors = sink.logs.filter(log => log.attributes['exception.message'] === 'declined');
  expect(errors.map(log => [log.spanId, log.attributes['sentry.mechanism.type']])).toEqual([
    [span.spanId, 'serverless'],
  ]);
});

test('a handler with a callback is followed to its call; an answer of 5xx is a failure', async () => {
  type Answer = (error: unknown, value?: object) => void;
  const handler = serverless((event: { fail: boolean }, _context: object, answer: Answer): unknown => {
    setTimeout(() => (event.fail ? answer('no room') : answer(null, { statusCode: 503 })), 1);
    return undefined;
  });
  expect(await handler({ fail: false }, context('i-4'), () => undefined)).toEqual({ statusCode: 503 });
  expect(spanOf('i-4')).toMatchObject({ status: 2, attributes: { 'error.type': '503' } });
  await expect(handler({ fail: true }, context('i-5'), () => undefined)).rejects.toThrow('no room');
});

test('messages, buckets and schedules are told apart; one message goes on with its sender’s trace, several do not', async () => {
  const handler = serverless(async (_event: object, _context: object) => undefined, { name: 'worker' });
  const message = {
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:1:receipts',
    messageAttributes: { traceparent: { stringValue: traceparent, dataType: 'String' } },
  };
  await handler({ Records: [message] }, context('i-6'));
  await handler({ Records: [message, message] }, context('i-7'));
  await handler({ Records: [{ eventSource: 'aws:s3' }] }, context('i-8'));
  await handler({ source: 'aws.events', 'detail-type': 'Scheduled Event' }, context('i-9'));
  const seen = ['i-6', 'i-7', 'i-8', 'i-9'].map(id => {
    const { name, kind, traceId: trace, attributes } = spanOf(id);
    return [name, kind, trace === traceId, attributes['faas.trigger'], attributes['messaging.batch.message_count']];
  });
  expect(seen).toEqual([
    ['worker', 5, true, 'pubsub', 1],
    ['worker', 5, false, 'pubsub', 2],
    ['worker', 2, false, 'datasource', 1],
    ['worker', 2, false, 'timer', undefined],
  ]);
  expect(spanOf('i-6').attributes['messaging.destination.name']).toBe('receipts');
});

test('a route handler of web requests is a span too; where the platform waits, the answer does not', async () => {
  const waited: Promise<unknown>[] = [];
  const GET = serverless(async function orders(request: Request, _context: object) {
    return Response.json({ url: request.url }, { status: 201 });
  });
  const request = new Request('http://shop.example/api/orders?token=1', { headers: { traceparent } });
  const answer = await GET(request, { waitUntil: (work: Promise<unknown>) => waited.push(work) });
  expect(answer.status).toBe(201);
  expect(waited).toHaveLength(1);
  await Promise.all(waited);
  expect(sink.spans.find(span => span.attributes['url.path'] === '/api/orders')).toMatchObject({
    name: 'orders',
    traceId,
    attributes: { 'http.request.method': 'GET', 'http.response.status_code': 201, 'url.path': '/api/orders' },
  });
});

const seenPaths = () =>
  sink.spans.flatMap(span => (span.attributes['url.path'] === '/seen' ? [span.attributes['url.path']] : []));

test('in a server that is seen already its request is the invocation, and no second span is made', async () => {
  const handle = serverless((_request: http.IncomingMessage, response: http.ServerResponse) => response.end('here'));
  const server = http.createServer(handle).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const sent = await fetch(`http://127.0.0.1:${port}/seen`, { headers: { connection: 'close' } });
  expect(await sent.text()).toBe('here');
  await expect.poll(() => seenPaths()).toEqual(['/seen']);
  const span = sink.spans.find(each => each.attributes['url.path'] === '/seen');
  expect(span?.attributes['faas.coldstart']).toBe(false);
});

test('an invocation that is about to be ended by the platform is told of before', async () => {
  const released = new AbortController();
  const handler = serverless(async (_event: object, _context: object) => void (await once(released.signal, 'abort')));
  const running = handler({}, { ...context('i-10'), getRemainingTimeInMillis: () => 500 });
  const isTold = () => sink.spans.some(span => span.attributes['faas.invocation_id'] === 'i-10');
  await expect.poll(isTold).toBe(true);
  expect(spanOf('i-10')).toMatchObject({ status: 2, attributes: { 'error.type': 'timeout' } });
  released.abort();
  await running;
  expect(sink.points.findLast(point => point.metric === 'faas.timeouts')?.value).toBe(1);
});

test('a destination that takes nothing holds an answer no longer than the deadline, and none without time left', async () => {
  sink.answer = { status: 503 };
  onTestFinished(() => void (sink.answer = undefined));
  const handler = serverless(async (_event: object, _context: object) => 'done', { flushDeadlineMs: 20 });
  expect(await handler({}, context('i-11'))).toBe('done');
  expect(await handler({}, { ...context('i-12'), getRemainingTimeInMillis: () => 10 })).toBe('done');
});

test('[A6] contexts that are no contexts, and events of any shape, are handled', async () => {
  const handler = serverless(async (...given: unknown[]) => given.length);
  const broken = new Proxy(
    {},
    {
      get: () => (): never => {
        throw new Error('no');
      },
    },
  );
  for (const event of [
    undefined,
    null,
    1,
    'x',
    [],
    { Records: 7 },
    { httpMethod: 7 },
    { headers: 1, httpMethod: 'get' },
    broken,
  ])
    expect(await handler(event, broken)).toBe(2);
});
