import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'bellwether-open-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const up = (...flags: readonly string[]): { readonly status: number | null; readonly stderr: string } => {
  const ports = ['--listen', '127.0.0.1:0', '--ingest', '127.0.0.1:0', '--grpc', 'off'];
  return spawnSync(process.execPath, [main, 'up', '--data', dataDir, ...ports, ...flags], {
    encoding: 'utf8',
    timeout: 20_000,
  });
};

test('[W36] pages and API are never open to the network without sign-in; the message says what to do instead', () => {
  const { status, stderr } = up('--listen', '0.0.0.0:0');
  expect(status).not.toBe(0);
  expect(stderr).toContain('0.0.0.0');
  expect(stderr).toMatch(/127\.0\.0\.1|loopback|tunnel|proxy/);
});

test('[W36] ingest is not open to the network without keys', () => {
  const { status, stderr } = up('--ingest', '0.0.0.0:0');
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/key/);
});
