import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A program that exposes metrics; what it answers can be changed at any time. */
export interface Exporter {
  /** As targets name it. */
  readonly address: string;
  /** The last request's. */
  headers(): IncomingHttpHeaders;
  paths(): readonly string[];
  answer(next: Answer | ((request: IncomingMessage, response: ServerResponse) => void)): void;
  stop(): Promise<void>;
}

export const plainText = { 'content-type': 'text/plain; version=0.0.4' };

export async function startExporter(body = ''): Promise<Exporter> {
  let next: Answer | ((request: IncomingMessage, response: ServerResponse) => void) = { body };
  let headers: IncomingHttpHeaders = {};
  const paths: string[] = [];
  const server = createServer((request, response) => {
    headers = request.headers;
    paths.push(request.url ?? '');
    if (typeof next === 'function') return next(request, response);
    response.writeHead(next.status ?? 200, next.headers ?? plainText).end(next.body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // Listens on a port, so the address is no path.
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    headers: () => headers,
    paths: () => paths,
    answer: given => {
      next = given;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
