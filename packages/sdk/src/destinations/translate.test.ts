import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readConfig } from '../config/config.js';
import { Batches } from '../core/batches.js';
import { Recorder } from '../core/recorder.js';
import { newTrace } from '../core/scope.js';
import { noDetail } from '../core/span-detail.js';
import { readLogs, readSpans } from './otlp-reader.js';
import { translate } from './translate.js';

const resource = { 'service.name': 'shop', 'service.version': '1.2', 'deployment.environment.name': 'prod' };

function recorded(): { readonly traces: Buffer; readonly logs: Buffer } {
  const recorder = new Recorder(readConfig({}, {}), () => {});
  const scope = newTrace();
  const { spans } = recorder;
  const start = spans.begin(scope, 1, 2, 0, 0, undefined, 5, 8);
  spans.detail({
    ...noDetail(),
    name: 'GET /a',
    attributes: { 'http.route': '/a', 'http.response.status_code': 500, negative: -3, list: ['x', 'y'] },
  });
  spans.exception(new TypeError('no ink'), 7);
  spans.end(start, 2, 'failed');
  recorder.errors.exception(new RangeError('too far'), { mechanism: { type: 'generic', handled: true }, scope });
  recorder.settle(true);
  recorder.log({ severity: 9, severityText: 'INFO', body: 'a line', attributes: {}, isPrecious: true });
  const all = new Batches(recorder, resource, '1').take();
  const of = (signal: string): Buffer => all.find(batch => batch.signal === signal)?.body ?? Buffer.alloc(0);
  return { traces: of('traces'), logs: of('logs') };
}

test('what we write is read back: ids, times, attributes of all kinds, events', () => {
  const { resource: read, items } = readSpans(recorded().traces);
  expect(read.get('service.name')).toBe('shop');
  expect(items).toHaveLength(1);
  const [span] = items;
  expect([span?.name, span?.spanId, span?.parentId, span?.isError, span?.statusMessage]).toEqual([
    'GET /a',
    '0000000100000002',
    '',
    true,
    'failed',
  ]);
  expect(Number((span?.endNs ?? 0n) - (span?.startNs ?? 0n))).toBeCloseTo(3_000_000, -4);
  expect(Object.fromEntries(span?.attributes ?? [])).toEqual({
    'http.route': '/a',
    'http.response.status_code': 500,
    negative: -3,
    list: ['x', 'y'],
  });
  expect(span?.events[0]?.attributes.get('exception.message')).toBe('no ink');
});

test('[A2] for Sentry an error becomes an event and nothing else does; the same bytes each time', () => {
  const { logs } = recorded();
  const requests = translate('sentry', 'logs', logs);
  expect(requests).toHaveLength(1);
  expect(translate('sentry', 'logs', logs)).toEqual(requests);
  const [header = '', item = '', payload = ''] = Buffer.from(requests[0]?.body ?? [])
    .toString()
    .split('\n');
  const event: unknown = JSON.parse(payload);
  expect(JSON.parse(item)).toEqual({ type: 'event', length: Buffer.byteLength(payload) });
  expect(JSON.parse(header)).toMatchObject({ event_id: expect.stringMatching(/^[\da-f]{32}$/) });
  expect(event).toMatchObject({
    level: 'error',
    release: 'shop@1.2',
    environment: 'prod',
    tags: { 'service.name': 'shop' },
    exception: { values: [{ type: 'RangeError', value: 'too far', mechanism: { handled: true } }] },
  });
});

test('any bytes whatever are translated without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
      const body = Buffer.from(bytes);
      expect([readSpans(body).items, readLogs(body).items].every(Array.isArray)).toBe(true);
      for (const form of ['sentry', 'datadog-agent'] as const)
        for (const signal of ['traces', 'logs'] as const)
          expect(Array.isArray(translate(form, signal, body))).toBe(true);
    }),
  );
});
