// Records what Sentry's own SDK sends, for ../sentry-recording.test.ts: `node record-sentry.mjs` writes sentry-node-<version>.json beside itself.
// One error inside of a request, with user, tag, context and breadcrumb, and the request's span, as items of the span protocol.
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { gunzipSync } from 'node:zlib';
import * as Sentry from '@sentry/node';

const envelopes = [];
const sink = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    const sent = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const lines = body
      .toString()
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line));
    const [header, ...rest] = lines;
    const items = [];
    for (let at = 0; at + 1 < rest.length; at += 2) items.push({ header: rest[at], payload: rest[at + 1] });
    const { 'content-type': contentType, 'x-sentry-auth': auth } = request.headers;
    envelopes.push({ method: request.method, path: request.url, contentType, auth, header, items });
    response.end('{}');
  });
});
await new Promise(resolve => sink.listen(0, '127.0.0.1', resolve));
Sentry.init({
  dsn: `http://public@127.0.0.1:${sink.address().port}/7`,
  release: 'shop@1.2.3',
  environment: 'test',
  serverName: 'host-1',
  tracesSampleRate: 1,
  defaultIntegrations: false,
  integrations: [Sentry.linkedErrorsIntegration(), Sentry.spanStreamingIntegration()],
});

function readOrder(id) {
  try {
    JSON.parse('{');
  } catch (cause) {
    throw new RangeError(`no order ${id}`, { cause });
  }
}

await Sentry.withIsolationScope(async scope => {
  scope.setUser({ id: 'u7', email: 'a@shop.example' });
  scope.setTag('genre', 'crime');
  scope.setExtra('attempt', 2);
  Sentry.addBreadcrumb({ category: 'cart', message: 'added a book', level: 'info', data: { sku: 'b1' } });
  await Sentry.startSpan(
    {
      name: 'GET',
      op: 'http.server',
      attributes: { 'http.request.method': 'GET', 'url.scheme': 'http', 'http.response.status_code': 500 },
    },
    span => {
      try {
        readOrder(42);
      } catch (error) {
        Sentry.captureException(error);
        Sentry.captureMessage('stock is low', 'warning');
        span.setStatus({ code: 2, message: 'internal_error' });
      }
    },
  );
});
await Sentry.close(5000);
sink.close();

/** Places of files on this machine become names, and of the frames in other libraries one is enough. */
function shortened(envelope) {
  for (const { payload } of envelope.items)
    for (const { stacktrace } of payload.exception?.values ?? []) {
      stacktrace.frames = stacktrace.frames.filter(({ in_app: isOwn }) => isOwn);
      for (const frame of stacktrace.frames) frame.filename = frame.filename.replace(/^.*\//, '/shop/');
    }
  return envelope;
}
const text = JSON.stringify(envelopes.map(shortened), undefined, 2);
writeFileSync(new URL(`sentry-node-${Sentry.SDK_VERSION}.json`, import.meta.url), `${text}\n`);
