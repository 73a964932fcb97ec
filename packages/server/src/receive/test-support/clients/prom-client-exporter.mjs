// An application with prom-client: text at /metrics, OpenMetrics with exemplars at /openmetrics. Each page is made once, so that whoever asks gets the same series.
import { createServer } from 'node:http';
import { Counter, Gauge, Histogram, Registry, Summary, collectDefaultMetrics } from 'prom-client';

function fill(register, exemplars) {
  collectDefaultMetrics({ register, labels: { runtime: 'node' } });
  const registers = [register];
  const orders = new Counter({
    name: 'orders_total',
    help: 'Orders "placed",\nby channel.',
    labelNames: ['channel'],
    registers,
    enableExemplars: exemplars,
  });
  const depth = new Gauge({ name: 'queue_depth', help: 'Waiting.', labelNames: ['queue', 'job'], registers });
  const latency = new Histogram({
    name: 'latency_seconds',
    help: 'Time to answer.',
    labelNames: ['route'],
    buckets: [0.1, 1, 10, 1_000_000],
    registers,
    enableExemplars: exemplars,
  });
  const size = new Summary({ name: 'size_bytes', help: 'Sizes.', percentiles: [0.5, 0.99, 1], registers });
  for (const channel of ['web', 'C:\\DIR', 'say "hi"\n{a="b"} 1', 'été 🔔', "\n\nDROP TABLE metric_samples; --'", ''])
    if (exemplars) orders.inc({ labels: { channel }, value: 3, exemplarLabels: { traceId: 'a'.repeat(32) } });
    else orders.inc({ channel }, 3);
  depth.set({ queue: 'mail', job: 'sender' }, -2.5);
  depth.set({ queue: 'nan' }, Number.NaN);
  depth.set({ queue: 'much' }, Number.POSITIVE_INFINITY);
  for (const value of [0.05, 0.5, 20])
    if (exemplars)
      latency.observe({ labels: { route: '/cart/:id' }, value, exemplarLabels: { traceId: 'b'.repeat(32) } });
    else latency.observe({ route: '/cart/:id' }, value);
  for (const value of [1, 2, 3]) size.observe(value);
}

const plain = new Registry();
fill(plain, false);
const open = new Registry();
open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
fill(open, true);
const pages = {
  '/metrics': { type: plain.contentType, body: await plain.metrics() },
  '/openmetrics': { type: open.contentType, body: await open.metrics() },
};

createServer((request, response) => {
  const page = pages[request.url];
  if (page === undefined) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': page.type }).end(page.body);
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
