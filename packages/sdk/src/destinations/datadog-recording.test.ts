import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfig } from '../config/config.js';
import { Batches } from '../core/batches.js';
import { Recorder } from '../core/recorder.js';
import { newTrace } from '../core/scope.js';
import { noDetail } from '../core/span-detail.js';
import { spanKind } from '../core/templates.js';
import { type Packed, readMsgpack } from '../test-support/msgpack.js';
import { translate } from './translate.js';

type Fields = Readonly<Record<string, Packed>>;

/** What dd-trace 5.132 sent to its agent (`PUT /v0.4/traces`) for `GET /orders?token=1` to a server of `node:http`, service `shop`, version `1.2.3`, environment `test`. */
const recorded: Fields & { readonly meta: Fields; readonly metrics: Fields } = JSON.parse(
  readFileSync(new URL('./recorded/dd-trace-5.132-web-span.json', import.meta.url), 'utf8'),
);

/** Which part of their tracer made the span, and how the tracer was started: nothing of the request. */
const theirOwn = ['_dd.tags.process', '_dd.p.dm', '_dd.integration', '_dd.sdk.otlp_export', 'component', 'service'];

/** The same request as our server instrumentation records it. */
function ours(): { readonly span: Fields; readonly meta: Fields; readonly metrics: Fields } {
  const recorder = new Recorder(readConfig({}, {}), () => {});
  const metric = recorder.metrics.metric({ name: 'd', unit: 's', kind: 'histogram', description: '', scope: 's' });
  const spec = { name: 'GET /orders', kind: spanKind.server, attributes: {}, metric, metricAttributes: {} };
  const start = recorder.spans.begin(newTrace(), 1, 2, 3, 4, recorder.templates.create(spec, spec), 5, 8);
  recorder.spans.detail({
    ...noDetail(),
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/orders',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': 34_161,
      'url.path': '/orders',
      'url.query': 'token=REDACTED',
      'user_agent.original': 'node',
      'http.response.status_code': 200,
    },
  });
  recorder.spans.end(start, 0, '');
  const resource = {
    'service.name': 'shop',
    'service.version': '1.2.3',
    'deployment.environment.name': 'test',
    'service.instance.id': String(recorded.meta['runtime-id']),
    'process.pid': 7823,
  };
  const [batch] = new Batches(recorder, resource, '1').take();
  const [sent] = translate('datadog-agent', 'traces', batch?.body ?? Buffer.alloc(0));
  // The agent's form: traces, each with its spans.
  const [[span = {}] = []] = readMsgpack(Buffer.from(sent?.body ?? [])) as unknown as readonly (readonly Fields[])[];
  // What such a span holds.
  return { span, meta: span['meta'] as Fields, metrics: span['metrics'] as Fields };
}

const kindOf = (value: Packed | undefined): string =>
  typeof value === 'bigint' || typeof value === 'number' ? 'number' : typeof value;

test('[A2] a span for Datadog has each field that its own tracer sends, of the same type', () => {
  const { span } = ours();
  const ids = new Set(['trace_id', 'span_id', 'parent_id']);
  for (const [field, value] of Object.entries(recorded))
    expect([field, kindOf(span[field])]).toEqual([field, ids.has(field) ? 'number' : kindOf(value)]);
  expect([span['type'], span['service'], span['error']].map(String)).toEqual(['web', 'shop', '0']);
});

test('[A2] its tags say of the same request what those of Datadog’s tracer say, word for word', () => {
  const { meta, metrics } = ours();
  const same = Object.keys(recorded.meta).filter(
    key => !theirOwn.includes(key) && !/^_dd\.p\.tid$|^http\.url$/.test(key),
  );
  expect(Object.fromEntries(same.map(key => [key, meta[key]]))).toEqual(
    Object.fromEntries(same.map(key => [key, recorded.meta[key]])),
  );
  expect(meta['http.url']).toBe('http://127.0.0.1:34161/orders?token=REDACTED');
  expect(String(meta['_dd.p.tid'])).toMatch(/^[\da-f]{16}$/);
  expect([metrics['_sampling_priority_v1'], metrics['process_id']]).toEqual([1, 7823]);
});
