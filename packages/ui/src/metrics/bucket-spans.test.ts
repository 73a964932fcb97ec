import { parseSearch } from '@bellwether/model';
import { expect, test } from 'vitest';
import { noDrill } from '../charts/drill.js';
import { boxDrill, bucketSpans } from './bucket-spans.js';

test('durations of requests are those of spans: labels become terms, bounds become durations', () => {
  const spans = bucketSpans([
    'sum by (le) (rate(http_server_request_duration_seconds_bucket{job="shop/checkout", http_route="/orders/:id", http_response_status_code=~"500|503"}[5m]))',
  ]);
  const q = 'kind:server service:checkout http.route:"/orders/:id" http.status:(500 OR 503)';
  expect(spans).toEqual({ q, unitMs: 1000 });
  const drill = boxDrill(spans, 0.25, 1.5);
  expect(drill).toEqual({
    traces: `${q} duration>250ms duration<=1500ms`,
    logs: undefined,
    spans: q,
    selected: 'duration>250ms duration<=1500ms',
  });
  expect(() => parseSearch(drill.traces ?? '', 'spans')).not.toThrow();
  expect(boxDrill(spans, 0.0005, Infinity).selected).toBe('duration>500us');
  expect(boxDrill(spans, 0, Infinity)).toEqual({ traces: q, logs: undefined });
});

test('the durations of all spans that are counted here are chosen by the name, kind and status of spans', () => {
  const spans = bucketSpans([
    'sum by (le) (rate(traces_span_metrics_duration_seconds_bucket{service_name="shop", span_name="GET /", span_kind="SPAN_KIND_SERVER", status_code="STATUS_CODE_ERROR"}[5m]))',
  ]);
  const q = 'service:shop name:"GET /" kind:server status:error';
  expect(spans).toEqual({ q, unitMs: 1000 });
  expect(() => parseSearch(q, 'spans')).not.toThrow();
  expect(bucketSpans(['traces_span_metrics_duration_seconds{status_code="STATUS_CODE_UNSET"}'])).toMatchObject({
    q: '-status:error',
  });
  expect(boxDrill(bucketSpans(['traces_span_metrics_duration_seconds']), 0, 1)).toMatchObject({
    spans: '',
    selected: 'duration<=1000ms',
  });
});

test('a native histogram, another unit and a dotted name are read as they are', () => {
  expect(bucketSpans(['http_client_duration_milliseconds'])).toEqual({ q: 'kind:client', unitMs: 1 });
  expect(bucketSpans(['rate({"http.server.request.duration"}[1m])'])).toEqual({ q: 'kind:server', unitMs: 1000 });
  expect(bucketSpans(['http_server_request_duration_seconds{service_name=~".*"}'])).toMatchObject({ q: 'kind:server' });
});

test.each([
  [[], 'no search finds'],
  [['a', 'b'], 'of several queries'],
  [['sum(rate(payment_latency_seconds[5m]))'], 'payment_latency_seconds is not known as a duration of spans'],
  [['a / http_server_request_duration_seconds'], 'not of one metric'],
  [['sum by (le) ('], 'not of one metric'],
  [['http_server_request_duration_seconds{pod="a"}'], 'chooses by pod="a"'],
  [['http_server_request_duration_seconds{http_route=~"/api/.+"}'], 'chooses by http_route=~"/api/.+"'],
  [['http_server_request_duration_seconds{http_route!="/health"}'], 'chooses by http_route!="/health"'],
])('%j says why its boxes lead to no spans', (exprs, why) => {
  const spans = bucketSpans(exprs);
  expect('why' in spans && spans.why).toContain(why);
  expect(boxDrill(spans, 0, 1)).toEqual(noDrill);
});
