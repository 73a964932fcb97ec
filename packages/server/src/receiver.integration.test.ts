import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { serverStandIn } from './handover/server-stand-in.test-support.js';
import { tracesRequest } from './receive/otlp-bytes.test-support.js';
import { killed, newSpanId, startReceiver, tally } from './receiver-process.test-support.js';
import { receiverOptions, removeFolder } from './receiver.test-support.js';

const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

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

const kills = process.env['BELLWETHER_FULL'] === '1' ? 50 : 3;

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
  const start = async () => {
    const started = await startReceiver(options);
    cleanups.push(() => killed(started.child));
    return started;
  };
  let running = await start();
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
    running = await start();
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
