import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as the sink saw it. Only what the shop's tests ask about. */
export interface SeenSpan {
  readonly service: string;
  readonly version: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  /** 2 is an error. */
  readonly status: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly exceptions: readonly string[];
}

export interface SeenLog {
  readonly service: string;
  readonly traceId: string;
  readonly severity: number;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Takes OTLP over HTTP, for tests: keeps the spans and log lines that arrive. */
export interface OtlpSink {
  readonly url: string;
  readonly spans: SeenSpan[];
  readonly logs: SeenLog[];
  stop(): Promise<void>;
}

export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: SeenSpan[] = [];
  const logs: SeenLog[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      if (request.url === '/v1/traces') spans.push(...readSpans(body));
      if (request.url === '/v1/logs') logs.push(...readLogs(body));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    logs,
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
    },
  };
}

/** The numbers are those of opentelemetry/proto/trace/v1/trace.proto. */
function readSpans(body: Buffer): readonly SeenSpan[] {
  return messages(body, 1).flatMap(group => {
    const { service, version } = readResource(group);
    return messages(group, 2).flatMap(scope =>
      messages(scope, 2).map(span => ({
        service,
        version,
        traceId: hex(span, 1),
        spanId: hex(span, 2),
        parentSpanId: hex(span, 4),
        name: text(span, 5),
        kind: number(span, 6),
        status: messages(span, 15).map(status => number(status, 3))[0] ?? 0,
        attributes: readAttributes(span, 9),
        exceptions: messages(span, 11).map(event => String(readAttributes(event, 3)['exception.type'] ?? '')),
      })),
    );
  });
}

/** The numbers are those of opentelemetry/proto/logs/v1/logs.proto. */
function readLogs(body: Buffer): readonly SeenLog[] {
  return messages(body, 1).flatMap(group => {
    const { service } = readResource(group);
    return messages(group, 2).flatMap(scope =>
      messages(scope, 2).map(line => ({
        service,
        traceId: hex(line, 9),
        severity: number(line, 2),
        body: messages(line, 5).map(value => text(value, 1))[0] ?? '',
        attributes: readAttributes(line, 6),
      })),
    );
  });
}

function readResource(group: Buffer): { readonly service: string; readonly version: string } {
  const attributes = messages(group, 1).map(resource => readAttributes(resource, 1))[0] ?? {};
  return { service: String(attributes['service.name']), version: String(attributes['service.version']) };
}

function readAttributes(message: Buffer, field: number): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    messages(message, field).map(pair => {
      const value = messages(pair, 2)[0] ?? Buffer.alloc(0);
      const double = messages(value, 4)[0]?.readDoubleLE();
      const isText = messages(value, 1).length > 0;
      return [text(pair, 1), isText ? text(value, 1) : (double ?? number(value, 3))];
    }),
  );
}

/** The length-delimited values of one field. */
function messages(message: Buffer, field: number): readonly Buffer[] {
  return read(message).flatMap(one => (one.field === field && typeof one.value !== 'number' ? [one.value] : []));
}

function number(message: Buffer, field: number): number {
  const found = read(message).find(one => one.field === field)?.value;
  return typeof found === 'number' ? found : 0;
}

function text(message: Buffer, field: number): string {
  return messages(message, field)[0]?.toString('utf8') ?? '';
}

function hex(message: Buffer, field: number): string {
  return messages(message, field)[0]?.toString('hex') ?? '';
}

/** Protocol buffers' wire format: each field is a key (number and type) and a value. */
function read(message: Buffer): readonly { readonly field: number; readonly value: number | Buffer }[] {
  const fields: { field: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    if (key % 8 === 0) fields.push({ field, value: varint() });
    else if (key % 8 === 2) {
      const length = varint();
      fields.push({ field, value: message.subarray(at, at + length) });
      at += length;
    } else {
      const length = key % 8 === 1 ? 8 : 4;
      fields.push({ field, value: message.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}
