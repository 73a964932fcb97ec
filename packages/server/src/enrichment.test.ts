import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { safeScrubOptions } from './enrich/scrub/scrub-options.js';
import { serverStandIn, type ServerStandIn } from './handover/server-stand-in.test-support.js';
import { runReceiver, type ReceiverOptions, type RunningReceiver } from './receiver.js';
import { receiverOptions, removeFolder } from './receiver.test-support.js';

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function started(options: ReceiverOptions): Promise<{ receiver: RunningReceiver; server: ServerStandIn }> {
  const server = await serverStandIn(join(options.dataDir, 'server.sock'));
  cleanups.push(() => server.stop());
  const receiver = await runReceiver(options, new AbortController().signal);
  cleanups.push(() => receiver.stop());
  return { receiver, server };
}

async function sendLog({ httpPort }: RunningReceiver, body: string, user: string): Promise<void> {
  const log = {
    timeUnixNano: `${Date.now()}000000`,
    body: { stringValue: body },
    attributes: [{ key: 'user.id', value: { stringValue: user } }],
  };
  const answer = await fetch(`http://127.0.0.1:${httpPort}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] }),
  });
  expect(answer.status).toBe(200);
}

const logsOf = (server: ServerStandIn): string =>
  [...server.kept]
    .filter(([key]) => key.endsWith(' logs'))
    .map(([, file]) => file.toString('latin1'))
    .join();

test('[Q2] a receiver scrubs and hashes as it is configured, and counts by rule; a restart keeps the key', async () => {
  const enrich = {
    scrub: {
      ...safeScrubOptions,
      hash: ['user.id'],
      rules: [{ name: 'projects', field: 'log.body', pattern: 'Apollo', action: 'redact' as const }],
    },
    routes: [],
  };
  const options = receiverOptions({ grpc: undefined, enrich });
  cleanups.push(() => removeFolder(options.dataDir));

  const first = await started(options);
  await sendLog(first.receiver, 'Apollo paid with 4111 1111 1111 1111', 'ann-7');
  await first.server.flush();
  const logs = logsOf(first.server);
  expect(logs).toContain('[redacted] paid with [card]');
  expect(logs).not.toMatch(/Apollo|4111|ann-7/);
  const [hash] = /h:[\da-f]{16}/.exec(logs) ?? [];
  expect(hash).toBeDefined();
  await expect.poll(() => first.server.status()?.metricsText).toMatch(/bellwether_scrubbed_total\{rule="projects"\} 1/);
  const counted = first.server.status()?.metricsText ?? '';
  expect(counted).toContain('bellwether_scrubbed_total{rule="card"} 1');
  expect(counted).toContain('bellwether_scrubbed_total{rule="hash user.id"} 1');
  expect(readFileSync(join(options.dataDir, 'scrub.key'), 'utf8')).toMatch(/^[\da-f]{64}\n$/);
  await first.receiver.stop();
  await first.server.stop();

  const second = await started(options);
  await sendLog(second.receiver, 'again', 'ann-7');
  await second.server.flush();
  expect(logsOf(second.server)).toContain(hash);
});

test('[Q2] no key is made where nothing is hashed', async () => {
  const options = receiverOptions({ grpc: undefined });
  cleanups.push(() => removeFolder(options.dataDir));
  await started(options);
  expect(() => readFileSync(join(options.dataDir, 'scrub.key'))).toThrow('ENOENT');
});

const seconds = Math.floor(Date.now() / 1000);
const ids = { trace_id: '0123456789abcdef0123456789abcdef', parent_span_id: '0123456789abcdef' };
const secretStatement = "SELECT * FROM users WHERE mail = 's3same' AND note = 'x'";

/** The same span as three protocols send it: a query with a value in it, and a message with an address. */
const protocols: readonly {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
}[] = [
  {
    name: 'Sentry',
    path: '/api/1/envelope/?sentry_key=0123456789abcdef0123456789abcdef',
    type: 'application/x-sentry-envelope',
    body: [
      { event_id: '0123456789abcdef0123456789abcdef', sent_at: new Date().toISOString() },
      { type: 'transaction' },
      {
        type: 'transaction',
        transaction: 'GET /users',
        start_timestamp: seconds - 1,
        timestamp: seconds,
        tags: { note: 'mail of s3same@example.com' },
        contexts: { trace: { trace_id: ids.trace_id, span_id: ids.parent_span_id, op: 'http.server' } },
        spans: [
          {
            ...ids,
            span_id: 'fedcba9876543210',
            op: 'db.sql.query',
            description: secretStatement,
            data: { 'db.system': 'postgresql' },
            start_timestamp: seconds - 1,
            timestamp: seconds,
          },
        ],
      },
    ]
      .map(line => JSON.stringify(line))
      .join('\n'),
  },
  {
    name: 'Zipkin',
    path: '/api/v2/spans',
    type: 'application/json',
    body: JSON.stringify([
      {
        traceId: ids.trace_id,
        id: 'fedcba9876543210',
        name: 'query',
        kind: 'CLIENT',
        timestamp: seconds * 1_000_000,
        duration: 1000,
        tags: { 'db.system': 'postgresql', 'db.statement': secretStatement, note: 'mail of s3same@example.com' },
      },
    ]),
  },
  {
    name: 'Loki',
    path: '/loki/api/v1/push',
    type: 'application/json',
    body: JSON.stringify({
      streams: [
        {
          stream: { service_name: 'shop' },
          values: [
            [`${seconds}000000000`, 'mail of s3same@example.com, token=s3same', { 'db.query.text': secretStatement }],
          ],
        },
      ],
    }),
  },
];

test.each(protocols)('[D4] [Q2] what $name brings is cleaned as everything else', async ({ path, type, body }) => {
  const options = receiverOptions({ grpc: undefined });
  cleanups.push(() => removeFolder(options.dataDir));
  const { receiver, server } = await started(options);
  const answer = await fetch(`http://127.0.0.1:${receiver.httpPort}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  expect(answer.ok).toBe(true);
  await server.flush();
  const stored = [...server.kept].map(([, file]) => file.toString('latin1')).join('');
  expect(stored).toContain('SELECT * FROM users WHERE mail = ? AND note = ?');
  expect(stored).toContain('mail of [email]');
  expect(stored).not.toContain('s3same');
});
