import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import {
  logsOf,
  pointsOf,
  type SeenLog,
  type SeenPoint,
  type SeenSpan,
  resourceOf,
  spansOf,
  type Values,
} from './otlp.js';

/** A server that takes OTLP and keeps it, standing in for Bellwether. */
export interface Sink {
  readonly url: string;
  readonly spans: SeenSpan[];
  readonly logs: SeenLog[];
  readonly points: SeenPoint[];
  readonly resources: Values[];
  /** Points beside the resource that they came from. */
  readonly batches: { readonly resource: Values; readonly points: readonly SeenPoint[] }[];
  readonly requests: {
    readonly path: string;
    readonly authorization: string | undefined;
    readonly encoding: string | undefined;
  }[];
  /** Answers with this from now on; undefined is 200. */
  answer:
    | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
    | undefined;
  close(): Promise<void>;
}

export async function startSink(port = 0): Promise<Sink> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const { authorization, 'content-encoding': encoding } = request.headers;
      sink.requests.push({ path, authorization, encoding });
      if (sink.answer !== undefined) {
        response.writeHead(sink.answer.status, sink.answer.headers);
        response.end(sink.answer.body ?? '');
        return;
      }
      const sent = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      if (path.startsWith('/api/bw/')) {
        response.end();
        return;
      }
      sink.resources.push(resourceOf(body));
      if (path === '/v1/traces') sink.spans.push(...spansOf(body));
      else if (path === '/v1/logs') sink.logs.push(...logsOf(body));
      else if (path === '/v1/metrics') {
        const points = pointsOf(body);
        sink.points.push(...points);
        sink.batches.push({ resource: resourceOf(body), points });
      }
      response.end();
    });
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  const address = server.address() as AddressInfo;
  const sink: Sink = {
    url: `http://127.0.0.1:${address.port}`,
    spans: [],
    logs: [],
    points: [],
    resources: [],
    batches: [],
    requests: [],
    answer: undefined,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return sink;
}
