// Takes whatever agents send (OTLP, Datadog's agent API, Sentry envelopes, Elastic's intake, a Prometheus text), answers 200 with an empty JSON object, and counts bytes. A second listener, under TLS,
// says what New Relic's agent wants to hear before it sends anything.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let bytes = 0;

function answerOf(url, type) {
  const method = new URL(url, 'http://sink').searchParams.get('method');
  if (method === 'preconnect')
    return JSON.stringify({ return_value: { redirect_host: `localhost:${tls.address().port}` } });
  if (method === 'connect') return JSON.stringify({ return_value: { agent_run_id: '1', collect_traces: true } });
  if (method !== null) return '{"return_value":[]}';
  return type === 'application/x-protobuf' ? '' : '{}';
}

/** Of New Relic's agent only spans and events of requests, and no lists of what it has loaded. */
const isTelemetry = url => !url.includes('method=') || /method=(?:span_event_data|analytic_event_data)\b/.test(url);

function take(request, response) {
  const type = request.headers['content-type'];
  const counts = isTelemetry(request.url);
  request.on('data', chunk => counts && (bytes += chunk.length));
  request.on('end', () => {
    response.writeHead(200, { 'content-type': type === 'application/x-protobuf' ? type : 'application/json' });
    response.end(answerOf(request.url, type));
  });
}

const folder = mkdtempSync(join(tmpdir(), 'bellwether-sink-'));
const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
const made = [
  '-newkey',
  'rsa:2048',
  '-nodes',
  '-days',
  '2',
  '-subj',
  '/CN=localhost',
  '-addext',
  'subjectAltName=DNS:localhost',
];
execFileSync('openssl', ['req', '-x509', ...made, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
const server = http.createServer(take);
const tls = https.createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, take);
tls.listen(0, '127.0.0.1', () =>
  server.listen(0, '127.0.0.1', () =>
    process.send({ port: server.address().port, tls: { port: tls.address().port, certFile, folder } }),
  ),
);
process.on('message', () => {
  process.send({ bytes });
  bytes = 0;
});
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
