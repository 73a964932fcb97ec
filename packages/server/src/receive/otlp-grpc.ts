import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServiceDefinition, handleUnaryCall } from '@grpc/grpc-js';
import type { Log } from '../base/log.js';
import { tooLarge } from '../base/inflate.js';
import type { BodyLimits } from '../base/read-body.js';
import { Refusal, refusalOf, tooBusy } from '../base/refusal.js';
import type { OtlpSignal } from '../decode/batch.js';
import type { Intake } from './intake.js';
import type { Ledger, Origin } from './ledger.js';
import { isTls, type Listener } from './listen-http.js';
import { meantByBytes } from './meant-elsewhere.js';
import { exportResponse, grpcCodeOf, rpcStatus } from './otlp-answer.js';
import type { Admission, IngestKey } from './workspace.js';
import { admit } from './workspace.js';

export interface OtlpGrpcDeps {
  readonly intake: Intake;
  readonly keys: readonly IngestKey[];
  readonly maxBodyBytes: number;
  readonly limitsOf: (admission: Admission) => Pick<BodyLimits, 'budget' | 'maxBodyBytes'>;
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly bug: (error: unknown) => void;
  readonly log: Log;
}

const services: Readonly<Record<OtlpSignal, string>> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
};

/** gRPC holds whole messages before we see them, so they are bounded lower than HTTP bodies. */
const maxMessageBytes = 16 << 20;

/**
 * OTLP over gRPC: `Export` of the trace, logs and metrics services.
 *
 * We answer OK only after the log has the message on disk. A full log is UNAVAILABLE with RetryInfo, which OTLP senders obey;
 * INVALID_ARGUMENT says that the same bytes can never succeed.
 * Rejects with Node's error (`EADDRINUSE`, ...) when the address can not be had.
 */
export async function listenGrpc(address: { host: string; port: number }, deps: OtlpGrpcDeps): Promise<Listener> {
  const server = new Server({
    'grpc.max_receive_message_length': Math.min(deps.maxBodyBytes, maxMessageBytes),
    'grpc.max_concurrent_streams': 64,
    'grpc.max_connection_idle_ms': 600_000,
  });
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    server.addService(definition(signal), { export: exportOf(signal, deps) });
  }
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  const front = createServer({ noDelay: true }, socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    lookAt(socket, deps, () => injector.injectConnection(socket));
  });
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject).listen(address.port, address.host, () => {
      front.off('error', reject).on('error', error => deps.log.error({ err: error }, 'the gRPC port failed'));
      resolve();
    });
  });
  const bound = front.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : address.port,
    stop(graceMs) {
      return new Promise(resolve => {
        const timer = setTimeout(() => {
          server.forceShutdown();
          for (const socket of sockets) socket.destroy();
        }, graceMs);
        front.close(() => {
          clearTimeout(timer);
          resolve();
        });
        injector.drain(graceMs);
        injector.destroy();
      });
    },
  };
}

const raw = (bytes: Buffer): Buffer => bytes;

function definition(signal: OtlpSignal): ServiceDefinition {
  return {
    export: {
      path: services[signal],
      requestStream: false,
      responseStream: false,
      requestSerialize: raw,
      requestDeserialize: raw,
      responseSerialize: raw,
      responseDeserialize: raw,
    },
  };
}

function exportOf(signal: OtlpSignal, deps: OtlpGrpcDeps): handleUnaryCall<Buffer, Buffer> {
  return async (call, callback) => {
    const origin: Origin = {
      protocol: 'otlp/grpc',
      address: call.getPeer().replace(/:\d+$/, ''),
      userAgent: text(call.metadata, 'user-agent')?.slice(0, 80) ?? '',
    };
    try {
      callback(null, await receive(signal, call.request, call.metadata, origin, deps));
    } catch (error) {
      const refusal = refusalOf(error) ?? unforeseen(error, deps);
      const { message, facts } = refusal;
      const { reason, remedy, retryAfterSeconds } = facts;
      const comesAgain = retryAfterSeconds !== undefined;
      deps.ledger.refused({ signal, reason, message, remedy, atMs: deps.now(), comesAgain }, origin);
      callback(statusOf(refusal));
    }
  };
}

async function receive(
  signal: OtlpSignal,
  bytes: Buffer,
  metadata: Metadata,
  origin: Origin,
  { intake, keys, limitsOf }: OtlpGrpcDeps,
): Promise<Buffer> {
  const admission = admit(name => text(metadata, name), keys);
  const { budget, maxBodyBytes } = limitsOf(admission);
  if (bytes.length > maxBodyBytes) throw tooLarge(maxBodyBytes, 'as sent');
  if (!budget.tryTake(bytes.length)) throw tooBusy('too many bytes are being received at this moment', 'busy');
  try {
    const request = {
      ...admission,
      signal,
      encoding: 'protobuf',
      sent: bytes,
      contentEncoding: 'identity',
      bytes,
      origin,
    } as const;
    return exportResponse(signal, await intake(request));
  } finally {
    budget.give(bytes.length);
  }
}

function statusOf(refusal: Refusal): { code: number; details: string; metadata: Metadata } {
  const { status, retryAfterSeconds } = refusal.facts;
  const code = grpcCodeOf(status);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', rpcStatus({ code, message: refusal.text, retryAfterSeconds }));
  return { code, details: refusal.text, metadata };
}

function unforeseen(error: unknown, { bug }: OtlpGrpcDeps): Refusal {
  bug(error);
  return new Refusal('something went wrong in the receiver', {
    status: 500,
    reason: 'bug',
    remedy: 'It is in the receiver’s log',
  });
}

function text(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name)[0];
  return value === undefined ? undefined : value.toString();
}

const preface = 'PRI * HTTP/2.0';

const httpHere = {
  reason: 'http-on-grpc-port',
  message: 'HTTP/1.1 came to the gRPC port',
  remedy: 'Send OTLP over HTTP to the HTTP port (4318 unless set otherwise), or use OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
};
const tlsHere = {
  reason: 'tls',
  message: 'TLS came to the gRPC port, which is plain',
  remedy:
    'Write the endpoint with http://, or set OTEL_EXPORTER_OTLP_INSECURE=true (Collector: tls.insecure: true); TLS ends at a proxy in front',
};

function notGrpc(first: Buffer): typeof httpHere {
  const meant = meantByBytes(first);
  if (meant === undefined) return httpHere;
  return { reason: 'wrong-port', message: `${meant.what} came to the gRPC port`, remedy: meant.remedy };
}

/** Looks at a connection's first bytes: gRPC goes on, anything else hears which port is right. */
function lookAt(socket: Socket, { ledger, now }: OtlpGrpcDeps, accept: () => void): void {
  let seen = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), 10_000);
  socket.on('close', () => clearTimeout(timer));
  const look = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const start = seen.subarray(0, preface.length).toString('latin1');
    if (start.length < preface.length && preface.startsWith(start)) return;
    socket.off('data', look);
    clearTimeout(timer);
    if (start === preface) {
      socket.pause();
      socket.unshift(seen);
      accept();
      return;
    }
    const { reason, message, remedy } = isTls(seen) ? tlsHere : notGrpc(seen);
    ledger.refused(
      { signal: undefined, reason, message, remedy, atMs: now(), comesAgain: false },
      { protocol: 'otlp/grpc', address: socket.remoteAddress ?? '', userAgent: '' },
    );
    const body = `${JSON.stringify({ error: { code: reason, message, remedy } })}\n`;
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  };
  socket.on('data', look);
}
