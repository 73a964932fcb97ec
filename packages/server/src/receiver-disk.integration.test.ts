import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { serverStandIn } from './handover/server-stand-in.test-support.js';
import { tracesRequest } from './receive/otlp-bytes.test-support.js';
import { runReceiver, type RunningReceiver } from './receiver.js';
import { receiverOptions, removeFolder } from './receiver.test-support.js';

const cleanups: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Mounting needs the rights for it; without them these tests have nothing to stand on. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A disk of 32 MiB. */
function smallDisk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', folder]);
  cleanups.push(() => {
    execFileSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

async function send(receiver: RunningReceiver, body: Uint8Array): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${receiver.httpPort}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(body),
  });
  await answer.arrayBuffer();
  if (answer.status === 503 && answer.headers.get('retry-after') === null) throw new Error('503 without Retry-After');
  return answer.status;
}

const aSpan = (): Buffer => tracesRequest([{ spanId: randomBytes(8), name: 'x'.repeat(2000) }]);

const isPossible = canMount();

test.runIf(isPossible)(
  'a full disk answers 503 and takes requests again when there is room; nothing that was acknowledged is lost or doubled',
  async () => {
    const disk = smallDisk();
    const options = receiverOptions({ grpc: undefined });
    cleanups.push(() => removeFolder(options.dataDir));
    const given = { ...options, dataDir: disk };
    const server = await serverStandIn(join(disk, 'server.sock'));
    cleanups.push(() => server.stop());
    const receiver = await runReceiver(given, new AbortController().signal);
    cleanups.push(() => receiver.stop());

    const bodies = Array.from({ length: 60 }, aSpan);
    for (const body of bodies.slice(0, 20)) expect(await send(receiver, body)).toBe(200);
    // Somebody else takes all that is left.
    let bytes = 32 << 20;
    for (let part = 0; bytes >= 4096; part++) {
      try {
        writeFileSync(join(disk, `other-${part}`), Buffer.alloc(bytes));
      } catch {
        bytes = bytes >> 1;
      }
    }
    await expect.poll(() => send(receiver, aSpan())).toBe(503);
    const while503 = await Promise.all(bodies.slice(20).map(body => send(receiver, body)));
    expect(while503.every(status => status === 503)).toBe(true);
    expect((await fetch(`http://127.0.0.1:${receiver.httpPort}/health/ready`)).status).toBe(503);

    for (let part = 0; part < 64; part++) rmSync(join(disk, `other-${part}`), { force: true });
    for (const body of bodies) await expect.poll(() => send(receiver, body)).toBe(200);
    await server.flush();
    await expect.poll(() => server.status()?.ledger.rows[0]?.pending).toBe(0);
    const row = server.status()?.ledger.rows[0];
    expect(row).toMatchObject({ stored: 60, duplicate: 20, dropped: {} });
    const refused = row?.refused['full'] ?? 0;
    expect(refused).toBeGreaterThanOrEqual(41);
    expect(row?.received).toBe(60 + 20 + refused);
  },
  60_000,
);

test.runIf(isPossible)(
  'a file system that became read-only answers 503, and is written to again when it can be',
  async () => {
    const disk = smallDisk();
    const options = receiverOptions({ grpc: undefined });
    cleanups.push(() => removeFolder(options.dataDir));
    const server = await serverStandIn(join(disk, 'server.sock'));
    cleanups.push(() => server.stop());
    const receiver = await runReceiver({ ...options, dataDir: disk }, new AbortController().signal);
    cleanups.push(() => receiver.stop());

    // Before the log has a segment: the kernel makes no file system read-only in which a file is open for writing.
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    for (let request = 0; request < 3; request++) expect(await send(receiver, aSpan())).toBe(503);
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    await expect.poll(() => send(receiver, aSpan())).toBe(200);
    await server.flush();
    await expect.poll(() => server.status()?.ledger.rows[0]).toMatchObject({ stored: 1, pending: 0 });
    expect(server.status()?.ledger.rows[0]?.refused['full']).toBeGreaterThanOrEqual(3);
  },
  60_000,
);
