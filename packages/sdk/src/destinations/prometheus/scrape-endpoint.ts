import type { IncomingMessage, ServerResponse } from 'node:http';
import { http, util } from '../../core/node-modules.js';
import { gzip } from 'node:zlib';
import type { ScrapeAddress } from '../destination.js';
import { exposition, type ExpositionDeps } from './exposition.js';
import { contentTypes, formatFor } from './text.js';

const compress = util.promisify(gzip);

/** Answers a scraper. */
export type ScrapeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function scrapeHandler(deps: ExpositionDeps): ScrapeHandler {
  return async (request, response) => {
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { allow: 'GET, HEAD' }).end();
        return;
      }
      const format = formatFor(request.headers.accept);
      const text = await exposition(deps, format);
      const wantsGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
      const body = wantsGzip ? await compress(text) : Buffer.from(text);
      response.writeHead(200, {
        'content-type': contentTypes[format],
        'content-length': body.length,
        vary: 'accept, accept-encoding',
        ...(wantsGzip ? { 'content-encoding': 'gzip' } : {}),
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch {
      deps.fault();
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  };
}

/** Connections of scrapers; there are few. */
const maxConnections = 50;

/** Serves `/metrics` on a port of its own, which keeps no process alive. When it can not be had, that is said once. */
export function listenForScrapes(
  { host, port }: ScrapeAddress,
  handler: ScrapeHandler,
  say: (line: string) => void,
): { close(): void; readonly port: () => number | undefined } {
  const server = http.createServer((request, response) => {
    if ((request.url ?? '').split('?')[0] === '/metrics') {
      void handler(request, response);
      return;
    }
    response.writeHead(404, { 'content-type': 'text/plain' }).end('metrics are at /metrics\n');
  });
  server.maxConnections = maxConnections;
  server.requestTimeout = 10_000;
  server.on('connection', socket => socket.unref());
  server.on('error', error =>
    say(
      `Bellwether: cannot listen on ${host}:${port} for Prometheus (${error.message}); BELLWETHER_PROMETHEUS_LISTEN names another address. The application is not affected.`,
    ),
  );
  server.listen(port, host);
  server.unref();
  return {
    close: () => server.close(),
    port() {
      const address = server.address();
      return typeof address === 'object' ? address?.port : undefined;
    },
  };
}
