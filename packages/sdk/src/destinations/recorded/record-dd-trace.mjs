// Records the span that Datadog's own tracer sends for `GET /orders?token=1` to a server of `node:http`, for ../datadog-recording.test.ts:
// after a build and `npm ci` in bench/sdk-overhead, `node record-dd-trace.mjs` writes dd-trace-<version>-web-span.json beside itself.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { readMsgpack } from '../../../dist/test-support/msgpack.js';

const require = createRequire(new URL('../../../../../bench/sdk-overhead/package.json', import.meta.url));

let keep;
const recorded = new Promise(resolve => (keep = resolve));
/** Their tracer also sees the server that stands in for its agent. */
const isAsked = ({ meta }) => meta['span.kind'] === 'server' && meta['http.url'].includes('/orders');

const agent = createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    response.end('{}');
    if (request.url !== '/v0.4/traces') return;
    const found = readMsgpack(Buffer.concat(chunks)).flat().find(isAsked);
    if (found !== undefined) keep(found);
  });
});
await new Promise(resolve => agent.listen(0, '127.0.0.1', resolve));
process.env.DD_REMOTE_CONFIGURATION_ENABLED = 'false';
process.env.DD_INSTRUMENTATION_TELEMETRY_ENABLED = 'false';
require('dd-trace').init({
  service: 'shop',
  version: '1.2.3',
  env: 'test',
  url: `http://127.0.0.1:${agent.address().port}`,
  flushInterval: 100,
  startupLogs: false,
});

// After their tracer, which then finds it.
const http = require('node:http');
const server = http.createServer((_, response) => response.end('ok'));
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
await fetch(`http://127.0.0.1:${server.address().port}/orders?token=1`);
const span = await recorded;
const { version } = JSON.parse(readFileSync(require.resolve('dd-trace/package.json'), 'utf8'));
const [major, minor] = version.split('.');
// Ids as text: 64 bits are more than JSON's numbers hold.
const written = (name, value) =>
  typeof value !== 'bigint' ? value : name.endsWith('_id') ? String(value) : Number(value);
const text = JSON.stringify(span, written, 2);
writeFileSync(new URL(`dd-trace-${major}.${minor}-web-span.json`, import.meta.url), `${text}\n`);
process.exit();
