// Records what OpenTelemetry's own exporters send to New Relic's OTLP endpoint, set up as New Relic's documents say, for the shop of
// ../../test-support/apps/providers.mjs: `node record-new-relic.mjs` writes opentelemetry-exporters-<version>.json beside itself.
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import { metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { metrics as metricSdk, NodeSDK, resources } from '@opentelemetry/sdk-node';

const posts = [];
const sink = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    const body = gunzipSync(Buffer.concat(chunks));
    const { 'api-key': key, 'content-type': type, 'content-encoding': encoding } = request.headers;
    const headers = { 'api-key': key, 'content-type': type, 'content-encoding': encoding };
    posts.push({ method: request.method, path: request.url, headers, body: body.toString('base64') });
    response.end();
  });
});
await new Promise(resolve => sink.listen(0, '127.0.0.1', resolve));

process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${sink.address().port}`;
process.env.OTEL_EXPORTER_OTLP_HEADERS = 'api-key=eu01xx0000000000000000000000000000000000';
process.env.OTEL_EXPORTER_OTLP_COMPRESSION = 'gzip';
process.env.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE = 'delta';
process.env.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT = '4095';
process.env.OTEL_SERVICE_NAME = 'shop';
process.env.OTEL_RESOURCE_ATTRIBUTES = 'service.version=1.2.3,deployment.environment.name=test';
const { AggregationType, InstrumentType } = metricSdk;
const exporter = new OTLPMetricExporter({
  aggregationPreference: kind => ({
    type: kind === InstrumentType.HISTOGRAM ? AggregationType.EXPONENTIAL_HISTOGRAM : AggregationType.DEFAULT,
  }),
});
const sdk = new NodeSDK({
  resourceDetectors: [resources.envDetector],
  traceExporter: new OTLPTraceExporter(),
  metricReaders: [new metricSdk.PeriodicExportingMetricReader({ exporter })],
});
sdk.start();
const meter = metrics.getMeter('shop');
const sold = meter.createCounter('books.sold', { description: 'Books sold' });
const basket = meter.createHistogram('basket.size', { description: 'Books in a basket' });
const wait = meter.createHistogram('basket.wait', { description: 'Time in a basket', unit: 's' });
meter.createObservableGauge('shelf.free', { description: 'Free places' }).addCallback(seen => seen.observe(12.5));
const attributes = { 'http.request.method': 'GET', 'url.scheme': 'http', 'http.response.status_code': 500 };
trace.getTracer('shop').startActiveSpan('GET', { kind: SpanKind.SERVER, attributes }, span => {
  for (const genre of ['crime', 'crime', 'poetry']) sold.add(1, { genre });
  for (const books of [1, 3, 40]) basket.record(books, { genre: 'crime' });
  for (const genre of ['cri|me, "#1"', 'cri|me, "#1"']) wait.record(7, { genre });
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
});
await sdk.shutdown();
sink.close();
const folder = import.meta.resolve('@opentelemetry/exporter-trace-otlp-proto').replace(/build\/.*$/, '');
const { version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
const text = JSON.stringify(posts, undefined, 2);
writeFileSync(new URL(`opentelemetry-exporters-${version}.json`, import.meta.url), `${text}\n`);
