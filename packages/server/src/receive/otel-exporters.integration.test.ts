import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SpanKind } from '@opentelemetry/api';
import { OTLPLogExporter as LogGrpc } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as LogJson } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as LogProto } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as MetricGrpc } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as MetricJson } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as MetricProto } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as TraceGrpc } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as TraceJson } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as TraceProto } from '@opentelemetry/exporter-trace-otlp-proto';
import { logs, metrics, resources, tracing } from '@opentelemetry/sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serverStandIn } from '../handover/server-stand-in.test-support.js';
import type { ServerStandIn } from '../handover/server-stand-in.test-support.js';
import { runReceiver } from '../receiver.js';
import type { ReceiverOptions, RunningReceiver } from '../receiver.js';
import { receiverOptions, removeFolder } from '../receiver.test-support.js';
import { tracesRequest } from './otlp-bytes.test-support.js';

let options: ReceiverOptions;
let receiver: RunningReceiver;
let server: ServerStandIn;

beforeAll(async () => {
  options = receiverOptions();
  server = await serverStandIn(join(options.dataDir, 'server.sock'));
  receiver = await runReceiver(options, new AbortController().signal);
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
  removeFolder(options.dataDir);
});

const http = (path: string): { url: string } => ({ url: `http://127.0.0.1:${receiver.httpPort}${path}` });
const grpc = (): { url: string } => ({ url: `http://127.0.0.1:${receiver.grpcPort}` });
const gzip = { compression: 'gzip' as never };

/** What each protocol's exporters send a span, a log record and a metric with. */
const protocols = [
  {
    name: 'http/protobuf',
    trace: () => new TraceProto(http('/v1/traces')),
    log: () => new LogProto(http('/v1/logs')),
    metric: () => new MetricProto(http('/v1/metrics')),
  },
  {
    name: 'http/protobuf, gzip',
    trace: () => new TraceProto({ ...http('/v1/traces'), ...gzip }),
    log: () => new LogProto({ ...http('/v1/logs'), ...gzip }),
    metric: () => new MetricProto({ ...http('/v1/metrics'), ...gzip }),
  },
  {
    name: 'http/json',
    trace: () => new TraceJson(http('/v1/traces')),
    log: () => new LogJson(http('/v1/logs')),
    metric: () => new MetricJson(http('/v1/metrics')),
  },
  {
    name: 'grpc',
    trace: () => new TraceGrpc(grpc()),
    log: () => new LogGrpc(grpc()),
    metric: () => new MetricGrpc(grpc()),
  },
];

test.each(protocols)(
  '[B8] the OpenTelemetry SDK sends spans, logs and metrics over $name',
  async ({ name, trace, log, metric }) => {
    const resource = resources.resourceFromAttributes({ 'service.name': `otel over ${name}` });
    const value = `value over ${name}`;

    const tracer = new tracing.BasicTracerProvider({
      resource,
      spanProcessors: [new tracing.SimpleSpanProcessor(trace())],
    });
    const span = tracer
      .getTracer('test')
      .startSpan('GET /orders/:id', { kind: SpanKind.SERVER, attributes: { 'app.note': value } });
    span.end();
    await tracer.shutdown();

    const logger = new logs.LoggerProvider({
      resource,
      processors: [new logs.SimpleLogRecordProcessor({ exporter: log() })],
    });
    logger.getLogger('test').emit({ body: `line over ${name}`, severityNumber: 9 });
    await logger.shutdown();

    const reader = new metrics.PeriodicExportingMetricReader({ exporter: metric(), exportIntervalMillis: 60_000 });
    const meter = new metrics.MeterProvider({ resource, readers: [reader] });
    meter.getMeter('test').createCounter(`orders over ${name}`).add(3);
    await meter.shutdown();

    await server.flush();
    expect(server.count('spans', Buffer.from(span.spanContext().spanId, 'hex'))).toBe(1);
    expect(server.count('spans', Buffer.from(value))).toBe(1);
    expect(server.count('logs', Buffer.from(`line over ${name}`))).toBe(1);
    expect(server.count('metric_series', Buffer.from(`orders over ${name}`))).toBeGreaterThan(0);
    await expect.poll(() => server.status()?.senders.some(sender => sender.service === `otel over ${name}`)).toBe(true);
  },
);

test('[B8] an exporter that hears 503 keeps its spans and comes again, and they are kept then', async () => {
  const small = receiverOptions({ walMaxBytes: 100_000 });
  const full = await runReceiver(small, new AbortController().signal);
  const url = `http://127.0.0.1:${full.httpPort}/v1/traces`;
  const fill = (): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: tracesRequest([{ spanId: randomBytes(8), name: 'x'.repeat(99_000) }]),
    });
  while ((await fill()).status !== 503);
  const tracer = new tracing.BasicTracerProvider({
    spanProcessors: [new tracing.BatchSpanProcessor(new TraceProto({ url }))],
  });
  const span = tracer.getTracer('test').startSpan('kept in the end');
  span.setAttribute('app.padding', 'y'.repeat(2000));
  span.end();
  const flushed = tracer.forceFlush();
  await new Promise(resolve => setTimeout(resolve, 500));
  const relief = await serverStandIn(join(small.dataDir, 'server.sock'));
  await flushed;
  await tracer.shutdown();
  await relief.flush();
  expect(relief.count('spans', Buffer.from(span.spanContext().spanId, 'hex'))).toBe(1);
  await full.stop();
  await relief.stop();
  removeFolder(small.dataDir);
});
