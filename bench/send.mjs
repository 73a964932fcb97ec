// Sends requests of one kind over keep-alive connections for some seconds, in a process of its own; what was acknowledged comes back.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { prepareLogs } from './otlp-logs.mjs';
import { prepareSpans } from './otlp-spans.mjs';

const type = { 'content-type': 'application/x-protobuf' };

/** What a connection sends: `next()` gives a body of `items` items. */
const kinds = {
  spans(perRequest, number) {
    const prepared = prepareSpans(perRequest, number + 1);
    let serial = number * 1_000_000;
    return { items: prepared.spans, headers: type, next: () => prepared.stamp(serial++, Date.now() - 1000) };
  },
  logs(perRequest, number) {
    const prepared = prepareLogs(perRequest, number + 1);
    return { items: prepared.records, headers: type, next: () => prepared.stamp(Date.now()) };
  },
  sentry(perRequest) {
    const headers = { 'content-type': 'application/x-sentry-envelope' };
    return { items: perRequest, headers, next: () => Buffer.from(sentryEvent()) };
  },
};

const frames = Array.from({ length: 25 }, (_, i) => ({
  filename: `/app/src/orders/step-${i}.ts`,
  function: `step${i}`,
  lineno: 10 + i,
  colno: 5,
  in_app: i > 10,
  context_line: `  const total = await price(order, ${i});`,
  pre_context: ['async function step() {', '  // prices'],
  post_context: ['  return total;', '}'],
}));

function sentryEvent() {
  const id = randomUUID().replaceAll('-', '');
  const event = {
    event_id: id,
    timestamp: Date.now() / 1000,
    platform: 'node',
    level: 'error',
    environment: 'production',
    release: 'shop@1.2.3',
    server_name: 'shop-1',
    tags: { 'tenant.id': 'acme', area: 'checkout' },
    user: { id: `u-${id.slice(0, 4)}` },
    contexts: { trace: { trace_id: id, span_id: id.slice(0, 16) }, runtime: { name: 'node', version: '22.0.0' } },
    breadcrumbs: Array.from({ length: 20 }, (_, i) => ({
      timestamp: Date.now() / 1000 - i,
      category: 'http',
      message: `GET /items/${i}`,
    })),
    request: { url: 'https://shop.example/orders/7', method: 'POST', headers: { host: 'shop.example' } },
    exception: { values: [{ type: 'TypeError', value: `the order ${id} is not complete`, stacktrace: { frames } }] },
    sdk: { name: 'sentry.javascript.node', version: '10.0.0' },
  };
  const sent = new Date().toISOString();
  return [{ event_id: id, sent_at: sent }, { type: 'event' }, event].map(part => JSON.stringify(part)).join('\n');
}

/** `rate`: items per second over all connections, 0 for as fast as it goes. Latencies in ms. */
export async function sendFor({ kind, url, seconds, connections, perRequest, rate = 0, headers = {} }) {
  const args = [
    fileURLToPath(import.meta.url),
    JSON.stringify({ kind, url, seconds, connections, perRequest, rate, headers }),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

async function run({ kind, url, seconds, connections, perRequest, rate, headers: more }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });
  const until = performance.now() + Number(seconds) * 1000;
  const pauseMs = Number(rate) > 0 ? (Number(perRequest) * Number(connections) * 1000) / Number(rate) : 0;
  const latencies = [];
  const answers = {};
  let acknowledged = 0;
  const send = (body, headers) =>
    new Promise((resolve, reject) => {
      const request = http.request(url, {
        method: 'POST',
        agent,
        headers: { ...headers, ...more, 'content-length': body.length },
      });
      request.on('response', response => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      });
      request.on('error', reject);
      request.end(body);
    });
  const connection = async number => {
    const { items, headers, next } = kinds[kind](Number(perRequest), number);
    let due = performance.now() + (pauseMs * number) / Number(connections);
    while (performance.now() < until) {
      if (pauseMs > 0) {
        const wait = due - performance.now();
        if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait));
        due += pauseMs;
      }
      const start = performance.now();
      const status = await send(next(), headers).catch(() => 0);
      answers[status] = (answers[status] ?? 0) + 1;
      if (status >= 200 && status < 300) {
        latencies.push(performance.now() - start);
        acknowledged += items;
      }
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: Number(connections) }, (_, i) => connection(i)));
  const elapsedS = (performance.now() - start) / 1000;
  latencies.sort((a, b) => a - b);
  const at = q => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0;
  return { acknowledged, answers, elapsedS, ackP50Ms: at(0.5), ackP99Ms: at(0.99) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await run(JSON.parse(process.argv[2]))));
  process.exit(0);
}
