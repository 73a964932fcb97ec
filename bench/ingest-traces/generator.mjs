// Sends OTLP trace requests over keep-alive connections for some seconds; prints one JSON line with what was acknowledged.
// usage: node generator.mjs URL SECONDS CONNECTIONS SPANS_PER_REQUEST [SPANS_PER_SECOND]
import http from 'node:http';
import { prepareSpans } from '../otlp-spans.mjs';

const [url, seconds, connections, perRequest, rate = '0'] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });
const until = performance.now() + Number(seconds) * 1000;
const pauseMs = Number(rate) > 0 ? (Number(perRequest) * Number(connections) * 1000) / Number(rate) : 0;
const latencies = [];
let acknowledged = 0;
let refused = 0;
let serial = 0;

function send(body) {
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/v1/traces`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length },
    });
    request.on('response', response => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function connection(number) {
  const prepared = prepareSpans(Number(perRequest), number + 1);
  let next = performance.now() + (pauseMs * number) / Number(connections);
  while (performance.now() < until) {
    if (pauseMs > 0) {
      const wait = next - performance.now();
      if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait));
      next += pauseMs;
    }
    const body = prepared.stamp(serial++, Date.now() - 1000);
    const start = performance.now();
    const status = await send(body);
    latencies.push(performance.now() - start);
    if (status === 200) acknowledged += prepared.spans;
    else {
      refused += prepared.spans;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

const start = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, (_, i) => connection(i)));
const elapsedS = (performance.now() - start) / 1000;
latencies.sort((a, b) => a - b);
const at = q => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))];
console.log(JSON.stringify({ acknowledged, refused, elapsedS, ackP50Ms: at(0.5), ackP99Ms: at(0.99) }));
process.exit(0);
