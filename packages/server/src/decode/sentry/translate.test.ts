import { expect, test } from 'vitest';
import { deflateSync } from 'node:zlib';
import { BadInput } from '../../base/bad-input.js';
import { decode } from '../decode.js';
import { swallow, swallowAnything } from '../hostile-parts.test-support.js';
import { envelope } from './sentry.test-support.js';
import { serviceOf } from './sender.js';
import { storeBody } from './store-body.js';
import { translateEnvelope, translateEvent, type Translated } from './translate.js';

const sender = { project: '42', receivedMs: 1_790_000_000_000 };
const eventId = '9ec79c33ec9942ab8353589fcb2e04dc';
const traceId = '90029cbc815e49f9840474f02b8eaa23';
const spanId = '9b0436fff670df84';
const header = { event_id: eventId, trace: { trace_id: traceId, release: 'shop@1.2.3' } };
const translate = (...items: readonly (readonly [object, object | string])[]): Translated =>
  translateEnvelope(envelope(header, ...items), sender);

/** Signal, items kept, items rejected and why, of each part. */
const summary = ({ parts }: Translated): unknown =>
  parts.map(({ signal, body, rejected, rejectedReason }) =>
    body.length > 0 ? [signal, decode(signal, 'protobuf', body).items] : [signal, 0, rejected, rejectedReason],
  );

const span = {
  trace_id: traceId,
  span_id: spanId,
  name: 'x',
  start_timestamp: 1795234935.5,
  end_timestamp: 1795234935.75,
  attributes: {},
};
const everything: readonly (readonly [object, object | string])[] = [
  [{ type: 'event' }, { event_id: eventId, message: 'hi', exception: [{ type: 'E', value: 'v' }] }],
  [
    { type: 'transaction' },
    {
      contexts: { trace: { trace_id: traceId, span_id: spanId } },
      start_timestamp: 1,
      timestamp: 2,
      spans: [
        { trace_id: traceId, span_id: spanId, start_timestamp: 1, timestamp: 2, op: 'db', description: 'SELECT 1' },
      ],
    },
  ],
  [{ type: 'span', item_count: 2 }, { items: [span, span] }],
  [{ type: 'span' }, { trace_id: traceId, span_id: spanId, start_timestamp: 1, timestamp: 2, op: 'ui' }],
  [
    { type: 'log' },
    { items: [{ body: 'b', level: 'warn', timestamp: 5, attributes: { n: { value: 1, type: 'integer' } } }] },
  ],
  [
    { type: 'trace_metric' },
    {
      items: [
        { name: 'c', type: 'counter', value: 2, timestamp: 5 },
        { name: 'g', type: 'gauge', value: 2, timestamp: 5 },
        { name: 'd', type: 'distribution', value: 2, unit: 'second', timestamp: 5 },
      ],
    },
  ],
  [{ type: 'check_in' }, { check_in_id: eventId, monitor_slug: 'nightly', status: 'ok', duration: 1.5 }],
  [{ type: 'session' }, { sid: eventId, init: true, status: 'exited', started: '2026-11-21T04:22:15Z', attrs: {} }],
  [{ type: 'sessions' }, { aggregates: [{ started: '2026-11-21T04:22:15Z', exited: 3, crashed: 1 }], attrs: {} }],
  [{ type: 'client_report' }, { discarded_events: [{ reason: 'queue_overflow', category: 'error', quantity: 23 }] }],
  [{ type: 'feedback' }, { contexts: { feedback: { message: 'nice' } } }],
  [{ type: 'user_report' }, { event_id: eventId, comments: 'bad' }],
  [{ type: 'attachment', length: 5, filename: 'a.txt' }, 'a\nb\nc'],
  [{ type: 'profile' }, { version: '1' }],
  [{ type: 'some_day' }, { new: true }],
];

test('every kind of item is kept', () => {
  const translated = translate(...everything);
  expect(summary(translated)).toEqual([
    ['traces', 5],
    ['logs', 5],
    // c, g, d; sessions started and exited (both items together) and crashed; the client report.
    ['metrics', 7],
    ['files', 3],
  ]);
  expect(translated.eventId).toBe(eventId);
  expect(translated.clientDropped).toEqual([{ category: 'error', reason: 'queue_overflow', quantity: 23 }]);
});

test.each([
  ['event', '{', ['logs', 0, 1, expect.stringContaining('an item of type event: JSON at byte')]],
  ['event', '[]', ['logs', 0, 1, 'an item of type event: expected a JSON object']],
  ['transaction', { spans: [1, 2] }, ['traces', 0, 3, 'a transaction has no trace id and span id']],
  ['span', { items: [{}, span, 7] }, ['traces', 0, 1, 'a span has no trace id and span id']],
  ['span', { items: 7 }, ['traces', 0, 1, 'a span: the item has no list "items"']],
  ['log', { items: [{}] }, ['logs', 0, 1, 'a log has no body']],
  [
    'trace_metric',
    { items: [{ name: 'a', type: 'set' }] },
    ['metrics', 0, 1, expect.stringContaining('none of counter')],
  ],
  [
    'trace_metric',
    { items: [{ name: 'a', type: 'gauge', value: 'x' }] },
    ['metrics', 0, 1, expect.stringContaining('number')],
  ],
  ['check_in', {}, ['logs', 0, 1, 'a check-in has no monitor_slug and status']],
  ['session', { status: 'odd' }, ['metrics', 0, 1, 'a session has a status that is not known']],
  ['feedback', {}, ['logs', 0, 1, 'a feedback has no contexts.feedback.message']],
  ['user_report', {}, ['logs', 0, 1, 'a user report has no comments']],
  ['some_day', 'x'.repeat(65_537), ['files', 0, 1, expect.stringContaining('"some_day" are not known')]],
])('a bad item of type %s is counted with its reason, and the others are kept', (type, payload, rejected) => {
  const parts = summary(translate([{ type }, payload], [{ type: 'event' }, { message: 'kept' }]));
  expect(parts).toContainEqual(rejected);
  expect(parts).toContainEqual(['logs', 1]);
});

const counter = (value: number, plan: string, user: string): object => ({
  name: 'orders',
  type: 'counter',
  value,
  timestamp: 1795234935,
  attributes: {
    plan: { value: plan, type: 'string' },
    'user.id': { value: user, type: 'string' },
    'sentry.timestamp.sequence': { value, type: 'integer' },
  },
});

test('measurements of one series are one point, with a bound on what makes a series', () => {
  const items = [counter(1, 'pro', 'u1'), counter(2, 'pro', 'u2'), counter(4, 'free', 'u3')];
  expect(summary(translate([{ type: 'trace_metric' }, { items }]))).toEqual([['metrics', 2]]);
});

test('JSON beyond 8 MiB in one envelope is refused, and what came before it is kept', () => {
  const event = [{ type: 'event' }, { message: 'x'.repeat(3 << 20) }] as const;
  expect(summary(translate(event, event, event))).toEqual([
    ['logs', 2],
    ['logs', 0, 1, 'the JSON of one envelope is together longer than 8388608 bytes'],
  ]);
});

const named = (release: string | undefined, project = '42', tag?: string): readonly string[] => {
  const { name, version } = serviceOf({ project, named: tag, release, environment: 'production' });
  return [name, version];
};

test('[I8] the release names the service and its version, unless a tag does', () => {
  expect(named('shop@1.2.3')).toEqual(['shop', '1.2.3']);
  expect(named('@acme/shop@1.2.3+45')).toEqual(['@acme/shop', '1.2.3+45']);
  expect(named('4f2a9c1')).toEqual(['sentry-project-42', '4f2a9c1']);
  expect(named(undefined, 'shop')).toEqual(['shop', '']);
  expect(named('shop@1.2.3', '42', 'checkout')).toEqual(['checkout', '1.2.3']);
});

test('/store/ takes JSON, packed JSON in base64, and a form', () => {
  const json = '{"message":"ünï","event_id":"9ec79c33ec9942ab8353589fcb2e04dc"}';
  const packed = deflateSync(json).toString('base64');
  for (const body of [json, ` \n${json}`, packed, `${packed}\n`, Buffer.from(json).toString('base64')]) {
    expect(
      Buffer.from(storeBody(Buffer.from(body)))
        .toString()
        .trim(),
    ).toBe(json);
  }
  for (const value of [json, packed])
    expect(Buffer.from(storeBody(Buffer.from(`sentry_data=${encodeURIComponent(value)}&x=1`))).toString()).toBe(json);
  const event = translateEvent(storeBody(Buffer.from(packed)), sender);
  expect([event.eventId, summary(event)]).toEqual([eventId, [['logs', 1]]]);
});

test.each(['', 'hello world', '%%%', 'sentry_data=%', 'YWJj', deflateSync(Buffer.alloc(5 << 20)).toString('base64')])(
  '/store/ refuses a body that is none of them (%#)',
  body => {
    expect(() => translateEvent(storeBody(Buffer.from(body)), sender)).toThrow(BadInput);
  },
);

test('any bytes, every truncation and every changed byte are read or refused, and what is kept can be stored', () => {
  expect(() =>
    swallowAnything(body => translateEnvelope(body, sender).parts, envelope(header, ...everything)),
  ).not.toThrow();
  expect(() =>
    swallowAnything(
      body => translateEvent(storeBody(body), sender).parts,
      Buffer.from(
        JSON.stringify({ message: 'x', user: { id: 1 }, breadcrumbs: [{ message: 'a' }], tags: [['a', 'b']] }),
      ),
    ),
  ).not.toThrow();
}, 60_000);

test('every member of an event may be of any other kind', () => {
  const event = {
    event_id: eventId,
    timestamp: 5,
    level: 'error',
    exception: {
      values: [{ type: 'E', value: 'v', mechanism: { handled: true }, stacktrace: { frames: [{ lineno: 1 }] } }],
    },
    logentry: { message: '%s', params: [1] },
    contexts: {
      trace: { trace_id: traceId, span_id: spanId, links: [{}] },
      response: { headers: [] },
      flags: { values: [{}] },
    },
    request: { headers: { a: 'b' }, query_string: {}, cookies: {}, env: {}, data: {} },
    user: { id: 1, geo: {} },
    tags: {},
    extra: {},
    breadcrumbs: { values: [{ data: {} }] },
    threads: { values: [{ stacktrace: { frames: [{}] } }] },
    fingerprint: [],
    debug_meta: { images: [{}] },
    sdk: {},
    measurements: { a: { value: 1 } },
    spans: [{ data: {}, tags: [] }],
  };
  const others: readonly unknown[] = [
    null,
    0,
    '',
    'x',
    true,
    [],
    {},
    [[]],
    [null],
    { values: null },
    { values: [null] },
  ];
  const put = (holder: object, path: readonly string[], value: unknown): object => {
    const [first = '', ...rest] = path;
    const inner: unknown = Reflect.get(holder, first);
    const copy = Array.isArray(holder) ? [...holder] : { ...holder };
    Reflect.set(
      copy,
      first,
      rest.length === 0 || typeof inner !== 'object' || inner === null ? value : put(inner, rest, value),
    );
    return copy;
  };
  const paths = (holder: unknown, path: readonly string[]): readonly (readonly string[])[] =>
    typeof holder === 'object' && holder !== null
      ? Object.keys(holder).flatMap(key => [[...path, key], ...paths(Reflect.get(holder, key), [...path, key])])
      : [];
  for (const path of paths(event, []))
    for (const value of others)
      for (const type of [
        'event',
        'transaction',
        'feedback',
        'span',
        'check_in',
        'session',
        'sessions',
        'client_report',
      ])
        expect(() => swallow(() => translate([{ type }, put(event, path, value)]).parts)).not.toThrow();
}, 60_000);
