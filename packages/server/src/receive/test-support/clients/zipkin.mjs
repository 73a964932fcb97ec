// Spans by OpenTelemetry's exporter for Zipkin. Prints the ids it made, as JSON.
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import { resources, tracing } from '@opentelemetry/sdk-node';

const [url, service] = process.argv.slice(2);
const provider = new tracing.BasicTracerProvider({
  resource: resources.resourceFromAttributes({ 'service.name': service, 'service.version': '1.2.3', 'process.pid': 7 }),
  spanProcessors: [new tracing.BatchSpanProcessor(new ZipkinExporter({ url }))],
});
const tracer = provider.getTracer('test');
const root = tracer.startSpan('GET /orders/:id', {
  kind: SpanKind.SERVER,
  startTime: [1_790_000_000, 123_456_000],
  attributes: { 'http.request.method': 'GET', 'http.response.status_code': 500, 'app.note': 'it’s “kept”' },
});
root.addEvent('cache miss', {}, [1_790_000_000, 124_000_000]);
root.setStatus({ code: SpanStatusCode.ERROR, message: 'no such order' });
const child = tracer.startSpan(
  'SELECT orders',
  { kind: SpanKind.CLIENT, startTime: [1_790_000_000, 125_000_000], attributes: { 'db.system.name': 'postgresql' } },
  trace.setSpan(context.active(), root),
);
child.end([1_790_000_000, 126_500_000]);
root.end([1_790_000_000, 130_456_000]);
await provider.shutdown();
const { traceId, spanId } = root.spanContext();
console.log(JSON.stringify({ traceId, root: spanId, child: child.spanContext().spanId }));
