import { chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { refuseWebPages } from '../base/browser-guard.js';
import { continueWhenRead, json, matches, refusalHeaders, refuseAsJson, routeOf, send } from '../base/http.js';
import type { Answer, Route } from '../base/http.js';
import type { Log } from '../base/log.js';
import { Refusal, refusalOf } from '../base/refusal.js';
import type { Ledger } from './ledger.js';
import { goAway } from './http2-goaway.js';
import { removeStaleSocket } from './stale-socket.js';
import { meantByBytes, meantByPath, meantByPost } from './meant-elsewhere.js';
import { originOf, type IngestRoute, type Protocol } from './protocol.js';

export interface HttpDeps {
  readonly routes: readonly IngestRoute[];
  /** Whom a request counts for that fits no route. */
  readonly protocol: Protocol;
  readonly ledger: Ledger;
  /** Is a key needed to send? */
  readonly hasKeys: boolean;
  /** Undefined when requests are taken, else why not. */
  readonly unready: () => string | undefined;
  readonly now: () => number;
  readonly bug: (error: unknown) => void;
  readonly log: Log;
  /** What the text at `/` says besides the paths. */
  readonly hint: string;
}

export interface Listener {
  readonly port: number;
  /** Takes no new requests, and resolves when those in flight are answered; after `graceMs` they are cut off. */
  stop(graceMs: number): Promise<void>;
}

/** A port, or the path of a unix socket that everybody on this machine may write to, as to a port of it. */
export type HttpAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** Serves the ingest port. Rejects with Node's error (`EADDRINUSE`, ...) when the address can not be had. */
export async function listenHttp(address: HttpAddress, deps: HttpDeps): Promise<Listener> {
  const routes = [
    ...deps.routes,
    health('/health/live', () => undefined),
    health('/health/ready', deps.unready),
    greeting(deps),
  ];
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 65_000 });
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    if (!server.listening) response.setHeader('connection', 'close');
    answerOf(request, routes, deps)
      .then(answer => send(request, response, answer))
      .catch((error: unknown) => {
        deps.bug(error);
        response.destroy();
      });
  };
  server.on('request', serve);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    continueWhenRead(request, response);
    serve(request, response);
  });
  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, socket: Socket) => {
    refuseNoHttp(error, socket, deps);
  });
  return listen(server, address, deps.log);
}

async function answerOf(
  request: IncomingMessage,
  routes: readonly (Route & Partial<IngestRoute>)[],
  deps: HttpDeps,
): Promise<Answer> {
  let route: (Route & Partial<IngestRoute>) | undefined;
  try {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    route = routes.find(route => matches(route.path, path));
    refuseWebPages(request, deps);
    route = routeOf(routes, request.method ?? '', path);
    return await route.handle(request);
  } catch (error) {
    const refused = refusalOf(error) ?? bug(error, deps);
    const { refusal, protocol } = whenMeantElsewhere(refused, request, deps);
    const { message, facts } = refusal;
    deps.ledger.refused(
      {
        signal: route?.signal,
        reason: facts.reason,
        message,
        remedy: facts.remedy,
        atMs: deps.now(),
        comesAgain: facts.retryAfterSeconds !== undefined,
      },
      originOf(route?.protocol ?? protocol, request),
    );
    if (route !== undefined) return route.refuse(refusal, request);
    const plain = refuseAsJson(refusal);
    return { ...plain, headers: { ...plain.headers, ...refusalHeaders(refusal) } };
  }
}

/** A path that is not known here often says who sent it, and what is wrong with the address it was given. */
function whenMeantElsewhere(
  refusal: Refusal,
  request: IncomingMessage,
  { protocol }: HttpDeps,
): { readonly refusal: Refusal; readonly protocol: Protocol } {
  const { facts, message } = refusal;
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const isSent = request.method === 'POST' || request.method === 'PUT';
  const isAtRoot = facts.reason === 'wrong-method' && path === '/' && protocol === 'otlp/http';
  const meant = facts.reason === 'unknown-path' ? meantByPath(path) : isAtRoot ? meantByPost : undefined;
  if (meant === undefined || !isSent) return { refusal, protocol };
  const guess = /^Did you mean [^?]*\? /.exec(facts.remedy)?.[0] ?? '';
  return {
    refusal: new Refusal(`${message} (it looks like ${meant.what})`, { ...facts, remedy: `${guess}${meant.remedy}` }),
    protocol: meant.protocol ?? protocol,
  };
}

function bug(error: unknown, deps: HttpDeps): Refusal {
  deps.bug(error);
  return new Refusal('something went wrong in the receiver', {
    status: 500,
    reason: 'bug',
    remedy: 'It is in the receiver’s log; please report it',
  });
}

function health(path: string, unready: () => string | undefined): Route {
  return {
    method: 'GET',
    path,
    handle() {
      const reason = unready();
      return Promise.resolve(
        reason === undefined ? json(200, { status: 'ok' }) : json(503, { status: 'unready', reason }),
      );
    },
    refuse: refuseAsJson,
  };
}

function greeting({ routes, hint }: HttpDeps): Route {
  const text = [
    'Bellwether receives telemetry here.',
    '',
    ...routes.map(route => `  ${route.method} ${route.path}`),
    '  GET /health/live, /health/ready',
    '',
    hint,
    '',
  ].join('\n');
  return {
    method: 'GET',
    path: '/',
    handle: () =>
      Promise.resolve({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text }),
    refuse: refuseAsJson,
  };
}

/** A connection whose first bytes are a TLS handshake record (RFC 8446, 5.1). */
export function isTls(first: Buffer): boolean {
  return first[0] === 0x16 && (first.length < 2 || first[1] === 0x03);
}

/** Bytes that Node's parser gave up on. HTTP/2's preface means a gRPC client on the wrong port; it hears so in its own protocol. */
function refuseNoHttp(
  error: Error & { code?: string; rawPacket?: Buffer },
  socket: Socket,
  { ledger, now, protocol }: HttpDeps,
): void {
  // It was answered already; what its sender had written meanwhile is no second fault.
  if (socket.writableEnded) return;
  const isHttp2 = error.rawPacket?.subarray(0, 14).toString('latin1') === 'PRI * HTTP/2.0';
  const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') {
    const [reason, message, remedy] = isHttp2
      ? [
          'grpc-on-http-port',
          'gRPC (HTTP/2) came to the HTTP port',
          'Send gRPC to the gRPC port (4317 unless set otherwise), or use http/protobuf',
        ]
      : isSlow
        ? ['too-slow', 'the request did not come in time', 'Check the network between sender and receiver']
        : error.rawPacket !== undefined && isTls(error.rawPacket)
          ? [
              'tls',
              'TLS came to the HTTP port, which is plain',
              'Write the endpoint with http://, as OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318; TLS ends at a proxy in front',
            ]
          : strangeBytes(error.rawPacket);
    ledger.refused(
      { signal: undefined, reason, message, remedy, atMs: now(), comesAgain: false },
      { protocol, address: socket.remoteAddress ?? '', userAgent: '' },
    );
    if (socket.writable && isHttp2) {
      socket.end(goAway(`${message}. ${remedy}`));
      return;
    }
    if (socket.writable) {
      const body = `${JSON.stringify({ error: { code: reason, message, remedy } })}\n`;
      const status = isSlow
        ? '408 Request Timeout'
        : error.code === 'HPE_HEADER_OVERFLOW'
          ? '431 Headers Too Large'
          : '400 Bad Request';
      socket.end(
        `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      return;
    }
  }
  socket.destroy();
}

function strangeBytes(first: Buffer | undefined): readonly [reason: string, message: string, remedy: string] {
  const meant = first && meantByBytes(first);
  return meant === undefined
    ? ['no-http', 'what came is not HTTP/1.1', 'Send OTLP over HTTP/1.1 here']
    : ['wrong-port', `${meant.what} came to the HTTP port`, meant.remedy];
}

async function listen(server: Server, address: HttpAddress, log: Log): Promise<Listener> {
  if ('path' in address) await removeStaleSocket(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address, () => {
      server.off('error', reject).on('error', error => log.error({ err: error }, 'the ingest port failed'));
      resolve();
    });
  });
  if ('path' in address) await chmod(address.path, 0o666);
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    stop(graceMs) {
      return new Promise(resolve => {
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}
