import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { compressionAlgorithms, credentials, makeGenericClientConstructor, Metadata, status } from '@grpc/grpc-js';
import type { Client, ServiceError } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { serverStandIn } from '../handover/server-stand-in.test-support.js';
import { runReceiver } from '../receiver.js';
import type { ReceiverOptions, RunningReceiver } from '../receiver.js';
import { receiverOptions, removeFolder } from '../receiver.test-support.js';
import { tracesRequest } from './otlp-bytes.test-support.js';

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(changes: Partial<ReceiverOptions> = {}) {
  const options = receiverOptions({ http: undefined, ...changes });
  cleanups.push(() => removeFolder(options.dataDir));
  const server = await serverStandIn(join(options.dataDir, 'server.sock'));
  cleanups.push(() => server.stop());
  const receiver = await runReceiver(options, new AbortController().signal);
  cleanups.push(() => receiver.stop());
  return { receiver, server };
}

function clientOf(receiver: RunningReceiver, options: Record<string, number> = {}): Client {
  const Constructor = makeGenericClientConstructor({}, 'test');
  const client = new Constructor(`127.0.0.1:${receiver.grpcPort}`, credentials.createInsecure(), options);
  cleanups.push(() => client.close());
  return client;
}

const traceExport = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const raw = (bytes: Buffer): Buffer => bytes;

function call(
  client: Client,
  body: Buffer,
  headers: Record<string, string> = {},
  path = traceExport,
): Promise<Buffer | ServiceError> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return new Promise(resolve => {
    client.makeUnaryRequest(path, raw, raw, body, metadata, (error, answer) =>
      resolve(error ?? answer ?? Buffer.alloc(0)),
    );
  });
}

test('an export that was answered OK is kept, packed or not', async () => {
  const { receiver, server } = await start();
  const plain = randomBytes(8);
  const packed = randomBytes(8);
  expect(await call(clientOf(receiver), tracesRequest([{ spanId: plain }]))).toEqual(Buffer.alloc(0));
  const gzip = clientOf(receiver, { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip });
  expect(await call(gzip, tracesRequest([{ spanId: packed }]))).toEqual(Buffer.alloc(0));
  expect(await server.flush()).toBe('2');
  expect([server.count('spans', plain), server.count('spans', packed)]).toEqual([1, 1]);
});

test('broken protobuf is INVALID_ARGUMENT, which senders do not repeat', async () => {
  const { receiver, server } = await start();
  const answer = await call(clientOf(receiver), Buffer.from([0x0a, 0xff, 0xff, 0x03]));
  expect(answer).toMatchObject({ code: status.INVALID_ARGUMENT });
  await expect.poll(() => server.status()?.rejections.length).toBe(1);
  expect(server.status()?.rejections[0]).toMatchObject({
    protocol: 'otlp/grpc',
    sender: expect.stringMatching(/^127\.0\.0\.1 grpc-node-js/),
  });
});

test('a full log is UNAVAILABLE with RetryInfo, which senders obey', async () => {
  const { receiver } = await start({ walMaxBytes: 10 });
  const answer = await call(clientOf(receiver), tracesRequest([{ spanId: randomBytes(8) }]));
  expect(answer).toMatchObject({ code: status.UNAVAILABLE });
  const details = 'metadata' in answer ? answer.metadata.get('grpc-status-details-bin')[0] : '';
  expect(details?.toString()).toContain('google.rpc.RetryInfo');
});

test('a message that is too large, packed or not, is RESOURCE_EXHAUSTED without RetryInfo', async () => {
  const { receiver } = await start({ maxBodyBytes: 100_000 });
  const body = Buffer.alloc(200_000);
  expect(await call(clientOf(receiver), body)).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  const gzip = clientOf(receiver, { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip });
  expect(await call(gzip, body)).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
});

test('without a key that is needed, the answer is UNAUTHENTICATED and says what to set', async () => {
  const { receiver } = await start({ keys: [{ name: 'a', workspace: 'a', sha256: '0'.repeat(64) }] });
  const answer = await call(clientOf(receiver), tracesRequest([{ spanId: randomBytes(8) }]));
  expect(answer).toMatchObject({ code: status.UNAUTHENTICATED, details: expect.stringContaining('x-bellwether-key') });
});

test('a service we do not have is UNIMPLEMENTED', async () => {
  const { receiver } = await start();
  const path = '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export';
  expect(await call(clientOf(receiver), Buffer.alloc(0), {}, path)).toMatchObject({ code: status.UNIMPLEMENTED });
});

test('TLS on a plain port, gRPC or HTTP, is told as TLS with what to set', async () => {
  const { receiver, server } = await start({ http: { host: '127.0.0.1', port: 0 } });
  const hello = Buffer.concat([Buffer.from([0x16, 0x03, 0x01, 0x00, 0x40]), randomBytes(64)]);
  for (const port of [receiver.grpcPort, receiver.httpPort]) {
    const socket = connect(port ?? 0, '127.0.0.1');
    socket.write(hello);
    const [answer]: unknown[] = await once(socket, 'data');
    expect(String(answer)).toContain('Write the endpoint with http://');
    socket.destroy();
  }
  await expect.poll(() => server.status()?.rejections.length).toBe(2);
  expect(
    server
      .status()
      ?.rejections.map(({ reason }) => reason)
      .toSorted(),
  ).toEqual(['TLS came to the HTTP port, which is plain', 'TLS came to the gRPC port, which is plain']);
});
