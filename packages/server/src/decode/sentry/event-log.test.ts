import { expect, test } from 'vitest';
import { eventLog } from './event-log.js';
import { hex, plain, sent } from './sentry.test-support.js';

const receivedNs = 1_790_000_000_000_000_000n;
const none = sent({});
const logOf = (event: object, dsc: object = {}): ReturnType<typeof eventLog> =>
  eventLog(sent(event), { dsc: sent(dsc), receivedNs });

const frame = (name: string, line: number): object => ({
  filename: '/srv/app.mjs',
  module: 'app',
  function: name,
  lineno: line,
  colno: 7,
  in_app: true,
});

test('[I1] an exception keeps its type, message, stack and causes, and how it was caught', () => {
  const log = logOf({
    event_id: '9ec79c33-ec99-42ab-8353-589fcb2e04dc',
    timestamp: 1795234935.737,
    level: 'fatal',
    platform: 'node',
    exception: {
      values: [
        { type: 'Error', value: 'no card', stacktrace: { frames: [frame('main', 1), frame('pay', 2)] } },
        {
          type: 'TypeError',
          value: 'not complete',
          stacktrace: { frames: [frame('?', 3), frame('order', 4)] },
          mechanism: { type: 'onunhandledrejection', handled: false },
        },
      ],
    },
    contexts: { trace: { trace_id: '90029cbc815e49f9840474f02b8eaa23', span_id: '9b0436fff670df84' } },
  });
  expect(log).toMatchObject({
    timeNs: 1795234935737000000n,
    severityNumber: 21,
    severityText: 'fatal',
    eventName: 'exception',
    body: 'not complete',
  });
  expect([hex(log.traceId), hex(log.spanId)]).toEqual(['90029cbc815e49f9840474f02b8eaa23', '9b0436fff670df84']);
  const attributes = plain(log.attributes);
  expect(attributes).toMatchObject({
    'exception.type': 'TypeError',
    'exception.message': 'not complete',
    'sentry.event_id': '9ec79c33ec9942ab8353589fcb2e04dc',
    'sentry.mechanism.type': 'onunhandledrejection',
    'sentry.mechanism.handled': false,
  });
  expect(attributes['exception.stacktrace']).toBe(
    [
      'TypeError: not complete',
      '    at order (/srv/app.mjs:4:7)',
      '    at /srv/app.mjs:3:7',
      'Caused by: Error: no card',
      '    at pay (/srv/app.mjs:2:7)',
      '    at main (/srv/app.mjs:1:7)',
    ].join('\n'),
  );
  const frames = JSON.parse(String(attributes['sentry.exception']));
  expect(frames[1].stacktrace.frames[1]).toEqual(frame('order', 4));
});

test.each([
  [
    'Java',
    'java',
    { module: 'com.example.Shop', function: 'pay', filename: 'Shop.java', lineno: 12 },
    'com.example.Shop.pay (Shop.java:12)',
  ],
  [
    'Python',
    'python',
    { module: 'shop.pay', function: 'pay', filename: 'shop/pay.py', abs_path: '/srv/shop/pay.py', lineno: 12 },
    'pay (/srv/shop/pay.py:12)',
  ],
  [
    'native code',
    'native',
    { function: 'pay()', package: '/usr/lib/libshop.so', instruction_addr: '0x10' },
    'pay() (libshop.so 0x10)',
  ],
  ['an address only', 'native', { instruction_addr: '0x10' }, '0x10'],
  ['nothing', 'other', {}, '<unknown>'],
])('[I1] a frame of %s is read by people as usual', (_, platform, one, text) => {
  const log = logOf({ platform, exception: [{ type: 'E', stacktrace: { frames: [one] } }] });
  expect(plain(log.attributes)['exception.stacktrace']).toBe(`E\n    at ${text}`);
});

test('[I2] [I5] [I11] user, tags, contexts and extra become attributes with their types', () => {
  const log = logOf({
    exception: { values: [{ type: 'Error', value: 'x' }] },
    user: { id: 17, email: 'ann@example.com', username: 'ann', ip_address: '10.1.2.3', plan: 'pro' },
    tags: [
      ['tenant.id', 'acme'],
      ['user.id', 'other'],
      ['http.route', '/orders/:id'],
    ],
    contexts: {
      payment: { type: 'payment', provider: 'stripe', amount: 1299, currency: 'EUR', state: 'declined' },
      runtime: { name: 'node', version: 'v22.1.0' },
      os: { name: 'Debian', version: '12', kernel_version: '6.1' },
      app: { app_start_time: '2026-11-21T04:22:14Z', app_memory: 5 },
      response: { status_code: 402 },
      flags: { values: [{ flag: 'new-checkout', result: true }] },
    },
    extra: { cart: { items: 3, 'constructor.__proto__': 1 }, __proto__: null },
    fingerprint: ['checkout', 7],
    transaction: 'POST /orders/:id',
    logger: 'shop.pay',
  });
  expect(plain(log.attributes)).toEqual({
    'exception.type': 'Error',
    'exception.message': 'x',
    'sentry.exception': '[{"type":"Error","value":"x"}]',
    'sentry.logger': 'shop.pay',
    'sentry.transaction': 'POST /orders/:id',
    'sentry.fingerprint': ['checkout', '7'],
    'user.id': '17',
    'user.email': 'ann@example.com',
    'user.name': 'ann',
    'client.address': '10.1.2.3',
    'user.plan': 'pro',
    'http.response.status_code': 402,
    'flag.evaluation.new-checkout': true,
    'payment.provider': 'stripe',
    'payment.amount': 1299,
    'payment.currency': 'EUR',
    'payment.state': 'declined',
    'os.kernel_version': '6.1',
    'app.start_time': '2026-11-21T04:22:14Z',
    'app.memory': 5,
    'tenant.id': 'acme',
    'sentry.tag.user.id': 'other',
    'http.route': '/orders/:id',
    'sentry.extra.cart': { items: 3, 'constructor.__proto__': 1 },
  });
});

test('the request that was served is described as OpenTelemetry does', () => {
  const log = logOf({
    message: 'x',
    request: {
      method: 'POST',
      url: 'http://shop.example/orders',
      query_string: [
        ['page', '1'],
        ['q', 'a b'],
      ],
      headers: { 'User-Agent': 'curl/8', 'X-Trace': ['one'] },
      cookies: { session: 's3cret' },
      data: { card: '4111' },
      env: { REMOTE_ADDR: '10.9.8.7' },
    },
  });
  expect(plain(log.attributes)).toEqual({
    'http.request.method': 'POST',
    'url.full': 'http://shop.example/orders',
    'url.query': 'page=1&q=a%20b',
    'user_agent.original': 'curl/8',
    'http.request.header.user-agent': ['curl/8'],
    'http.request.header.x-trace': ['one'],
    'http.request.header.cookie': ['session=s3cret'],
    'http.request.body.data': { card: '4111' },
    'client.address': '10.9.8.7',
  });
});

test.each([
  ['a text', { message: 'just words', level: 'warning' }, 'just words', 13],
  ['an entry', { logentry: { formatted: 'order 7', message: 'order %s', params: [7] } }, 'order 7', 9],
  ['a template', { logentry: { message: 'order %s of {}', params: [7, 'ann'] } }, 'order 7 of ann', 9],
  ['named parameters', { logentry: { message: '%(a)s and {b}', params: { a: 1, b: { c: 2 } } } }, '1 and {"c":2}', 9],
  ['an old interface', { 'sentry.interfaces.Message': { message: 'old' } }, 'old', 9],
  [
    'a stack made up for it',
    {
      message: 'with a stack',
      exception: { values: [{ value: 'with a stack', mechanism: { synthetic: true } }] },
    },
    'with a stack',
    9,
  ],
])('[I3] a message as %s is a record `message` of its level', (_, event, body, severityNumber) => {
  expect(logOf(event)).toMatchObject({ eventName: 'message', body, severityNumber });
});

test('[I3] a template and its parameters are kept beside the message', () => {
  expect(plain(logOf({ logentry: { message: 'order %s', params: [7] } }).attributes)).toEqual({
    'sentry.message.template': 'order %s',
    'sentry.message.parameter.0': 7,
  });
});

test('[W47] words that were logged together with an exception are the body; the exception keeps its own', () => {
  const log = logOf({
    logentry: { message: 'payment failed' },
    exception: { values: [{ type: 'KeyError', value: "'card'" }] },
  });
  expect([log.eventName, log.body]).toEqual(['exception', 'payment failed']);
  expect(plain(log.attributes)).toMatchObject({ 'exception.type': 'KeyError', 'exception.message': "'card'" });
});

test('[I4] the last hundred breadcrumbs are kept, in their order and within bounds', () => {
  const crumbs = Array.from({ length: 150 }, (_, i) => ({ timestamp: 1795234935 + i, category: 'c', message: `${i}` }));
  const kept = JSON.parse(String(plain(logOf({ message: 'x', breadcrumbs: crumbs }).attributes)['sentry.breadcrumbs']));
  expect([kept.length, kept[0].message, kept[99]]).toEqual([
    100,
    '50',
    { timestamp: '2026-11-21T04:24:44.000Z', category: 'c', message: '149' },
  ]);
  const large = { values: crumbs.map(crumb => ({ ...crumb, data: { text: 'x'.repeat(1000) } })) };
  const text = String(plain(logOf({ message: 'x', breadcrumbs: large }).attributes)['sentry.breadcrumbs']);
  expect(text.length).toBeLessThanOrEqual(32_768);
  expect(JSON.parse(text).at(-1).message).toBe('149');
});

/** An event of 200 frames whose variables, source lines and names are so long. */
const large = (vars: number, context: number, name: number): object => ({
  exception: {
    values: [
      {
        type: 'E',
        stacktrace: {
          frames: Array.from({ length: 200 }, (_, i) => ({
            function: `f${i}${'n'.repeat(name)}`,
            vars: { v: 'x'.repeat(vars) },
            context_line: 'y'.repeat(context),
          })),
        },
      },
    ],
  },
});

/** How many frames are kept of it, and what of each. */
const shape = (event: object): unknown => {
  const text = plain(logOf(event).attributes)['sentry.exception'];
  if (typeof text !== 'string') return text;
  const { frames } = JSON.parse(text)[0].stacktrace;
  return [frames.length, Object.keys(frames[0])];
};

test('a stack too large for an attribute loses variables first, then source lines, then its oldest calls', () => {
  expect(shape(large(10, 10, 1))).toEqual([200, ['function', 'vars', 'context_line']]);
  expect(shape(large(1000, 10, 1))).toEqual([200, ['function', 'context_line']]);
  expect(shape(large(1, 1000, 1))).toEqual([200, ['function']]);
  expect(shape(large(1, 1, 1000))).toEqual([50, ['function']]);
  expect(shape(large(1, 1, 10_000))).toBeUndefined();
});

test('an event without a time, an id or any words is still a record', () => {
  expect(logOf({})).toMatchObject({ timeNs: receivedNs, body: '(no message)', eventName: 'message' });
  expect(logOf({ timestamp: 'never', culprit: 'pay.js' })).toMatchObject({ timeNs: receivedNs, body: 'pay.js' });
  expect(hex(eventLog(none, { dsc: sent({ trace_id: 'a'.repeat(32) }), receivedNs }).traceId)).toBe('a'.repeat(32));
});
