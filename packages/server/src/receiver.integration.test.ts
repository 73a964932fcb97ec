import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { serverStandIn } from './handover/server-stand-in.test-support.js';
import { tracesRequest } from './receive/otlp-bytes.test-support.js';
import { receiverOptions, removeFolder } from './receiver.test-support.js';

const built = fileURLToPath(new URL('../dist/receiver.js', import.meta.url));

/** Runs a receiver and says its port. */
const program = `
  import { runReceiver } from ${JSON.stringify(built)};
  const log = { info() {}, warn() {}, error(facts, message) { console.error(message, facts); } };
  const options = { ...JSON.parse(process.argv[1]), grpc: undefined, log };
  const receiver = await runReceiver(options, new AbortController().signal);
  process.send(receiver.httpPort);
`;

const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function startChild(options: object): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  cleanups.push(() => killed(child));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', port => resolve(Number(port)));
    child.once('exit', code => reject(new Error(`the receiver ended with code ${code} before it listened`)));
  });
  return { child, port };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Span ids that can be found in a block's bytes: 3 bytes that occur nowhere else, then 5 of chance. */
const mark = Buffer.from([0xf5, 0xbe, 0x11]);
const newSpanId = (): Buffer => Buffer.concat([mark, randomBytes(5)]);

function tally(files: Iterable<readonly [string, Buffer]>): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const [key, file] of files) {
    if (!key.endsWith(' spans')) continue;
    for (let at = file.indexOf(mark); at !== -1; at = file.indexOf(mark, at + 1)) {
      const id = file.toString('hex', at, at + 8);
      times.set(id, (times.get(id) ?? 0) + 1);
    }
  }
  return times;
}

/** Sends until told to stop; what got 200 is noted, everything else is forgotten, as a sender that dies does. */
async function sendUntil(stopped: () => boolean, port: () => number, acknowledged: string[]): Promise<void> {
  while (!stopped()) {
    const spanIds = [newSpanId(), newSpanId(), newSpanId()];
    const body = tracesRequest(spanIds.map(spanId => ({ spanId })));
    try {
      const answer = await fetch(`http://127.0.0.1:${port()}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body,
      });
      await answer.arrayBuffer();
      if (answer.status === 200) acknowledged.push(...spanIds.map(spanId => spanId.toString('hex')));
    } catch {
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }
}

/** 0 to 255, by chance. */
const lot = (): number => randomBytes(1)[0] ?? 0;

const kills = process.env['BELLWETHER_FULL'] === '1' ? 50 : 6;

test(`after kill -9 of the receiver ${kills} times under load, every span that got 200 is handed over exactly once by token`, async () => {
  const options = receiverOptions();
  cleanups.push(() => removeFolder(options.dataDir));
  const kept = new Map<string, Buffer>();
  const server = await serverStandIn(
    join(options.dataDir, 'server.sock'),
    // The server dies too, now and then, before or after it stored a block.
    { onInsert: () => (lot() < 25 ? 'hang-up' : lot() < 25 ? 'insert-then-hang-up' : lot() < 25 ? 'fail' : 'insert') },
    kept,
  );
  cleanups.push(() => server.stop());

  const acknowledged: string[] = [];
  let running = await startChild(options);
  let isStopped = false;
  const senders = Array.from({ length: 8 }, () =>
    sendUntil(
      () => isStopped,
      () => running.port,
      acknowledged,
    ),
  );
  for (let kill = 0; kill < kills; kill++) {
    await new Promise(resolve => setTimeout(resolve, 100 + lot() * 6));
    await killed(running.child);
    running = await startChild(options);
  }
  isStopped = true;
  await Promise.all(senders);
  await expect
    .poll(
      () => {
        const times = tally(kept);
        return acknowledged.filter(id => !times.has(id)).length;
      },
      { timeout: 20_000, interval: 250 },
    )
    .toBe(0);

  const times = tally(kept);
  expect(acknowledged.length).toBeGreaterThan(kills * 30);
  expect([...times].filter(([, count]) => count !== 1)).toEqual([]);
  // Without an answer at most one request per sender and kill can have been kept.
  expect(times.size - acknowledged.length).toBeLessThanOrEqual(8 * 3 * kills);
});
