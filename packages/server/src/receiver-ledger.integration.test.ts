import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { LedgerAccount } from './handover/messages.js';
import { serverStandIn } from './handover/server-stand-in.test-support.js';
import { tracesRequest } from './receive/otlp-bytes.test-support.js';
import { killed, newSpanId, startReceiver, tally } from './receiver-process.test-support.js';
import { receiverOptions, removeFolder } from './receiver.test-support.js';

const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const noSpanId = Buffer.alloc(8);

/** Sends until told to stop, each request again and again until it is answered with 200, as a sender does that keeps what was not acknowledged. */
async function sendUntil(stopped: () => boolean, port: () => number, acknowledged: string[]): Promise<number> {
  let resent = 0;
  while (!stopped()) {
    const spanIds = [newSpanId(), newSpanId(), newSpanId()];
    const body = tracesRequest([...spanIds, noSpanId].map(spanId => ({ spanId })));
    for (let isKept = false; !isKept;) {
      try {
        const answer = await fetch(`http://127.0.0.1:${port()}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-protobuf' },
          body,
        });
        await answer.arrayBuffer();
        isKept = answer.status === 200;
      } catch {
        resent += 1;
        await new Promise(resolve => setTimeout(resolve, 5));
      }
    }
    acknowledged.push(...spanIds.map(spanId => spanId.toString('hex')));
  }
  return resent;
}

/** 0 to 255, by chance. */
const lot = (): number => randomBytes(1)[0] ?? 0;

const kills = process.env['BELLWETHER_FULL'] === '1' ? 50 : 4;

test(`after kill -9 of the receiver ${kills} times, with senders that send again, every span is there once and the ledger's equation holds`, async () => {
  const options = receiverOptions();
  cleanups.push(() => removeFolder(options.dataDir));
  const kept = new Map<string, Buffer>();
  const server = await serverStandIn(
    join(options.dataDir, 'server.sock'),
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
  const resent = (await Promise.all(senders)).reduce((sum, times) => sum + times, 0);

  let row: LedgerAccount | undefined;
  await expect
    .poll(
      () => {
        row = server.status()?.ledger.rows[0];
        return [tally(kept).size, row?.pending];
      },
      { timeout: 30_000, interval: 250 },
    )
    .toEqual([acknowledged.length, 0]);
  expect([...tally(kept)].filter(([, count]) => count !== 1)).toEqual([]);
  expect(resent).toBeGreaterThan(kills);
  expect(row?.stored).toBe(acknowledged.length);
  // A refusal, or a copy, of a crash's last second may be forgotten; what was stored never is.
  const { received = 0, duplicate = 0, refused = {}, dropped = {}, sampledOut = 0 } = row ?? {};
  expect(received).toBe(acknowledged.length + duplicate + sampledOut + (refused['not-storable'] ?? 0));
  expect([dropped, Object.keys(refused)]).toEqual([{}, ['not-storable']]);
});
