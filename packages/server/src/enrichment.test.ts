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
  await expect
    .poll(() => first.server.status()?.metricsText, { timeout: 5000 })
    .toMatch(/bellwether_scrubbed_total\{rule="projects"\} 1/);
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
