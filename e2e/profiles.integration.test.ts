import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
const folder = mkdtempSync(join(tmpdir(), 'bellwether-profiled-'));
let instance: Instance;
let child: ChildProcess;

/** A service that is slow in one place. */
const app = `
import http from 'node:http';
function priceEverything(ms) {
  const until = performance.now() + ms;
  let sum = 0;
  while (performance.now() < until) sum += Math.sqrt(sum + 1);
  return sum;
}
http.createServer((request, response) => {
  priceEverything(80);
  response.end('done');
}).listen(0, '127.0.0.1', function () {
  console.log('port ' + this.address().port);
});
`;

const list = z.object({
  profiles: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      durationMs: z.number(),
      bytes: z.number(),
      traceIds: z.array(z.string()),
    }),
  ),
});
const range = (): string => `from=${Date.now() - 600_000}&to=${Date.now() + 60_000}`;

beforeAll(async () => {
  instance = await startInstance(dataDir);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"name":"pricing","version":"3.0.0","type":"module"}');
  writeFileSync(join(folder, 'app.js'), app);
  child = spawn(process.execPath, ['--import', '@bellwether/node/register', 'app.js'], {
    cwd: folder,
    env: { ...process.env, BELLWETHER_URL: instance.otlp, BELLWETHER_PROFILE_RATE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
});
afterAll(async () => {
  child.kill('SIGTERM');
  await instance.stop();
  removeDataDir(dataDir);
  rmSync(folder, { recursive: true, force: true });
});

test('[B6] profiles are taken at a rate, kept, and found by service and by the trace that was worked on', async () => {
  let printed = '';
  child.stdout?.on('data', chunk => (printed += String(chunk)));
  const port = await until('the application listens', 60_000, () => /port (\d+)/.exec(printed)?.[1]);
  const [profile] = await until('a profile is there', 110_000, async () => {
    await fetch(`http://127.0.0.1:${port}/`);
    const found = list.parse(await instance.get(`/api/bw/v1/profiles?${range()}&service=pricing`)).profiles;
    return found.length > 0 ? found : undefined;
  });
  expect(profile?.kind).toBe('cpu');
  expect(profile?.durationMs).toBeGreaterThan(9000);
  const [traceId = ''] = profile?.traceIds ?? [];
  const byTrace = list.parse(await instance.get(`/api/bw/v1/profiles?${range()}&trace=${traceId}`)).profiles;
  expect(byTrace.map(({ name }) => name)).toContain(profile?.name);
  const nobody = list.parse(await instance.get(`/api/bw/v1/profiles?${range()}&trace=${'0'.repeat(32)}`)).profiles;
  expect(nobody).toEqual([]);
  const { pprof } = z
    .object({ pprof: z.string() })
    .parse(await instance.get(`/api/bw/v1/profiles/${profile?.name}?${range()}`));
  const bytes = gunzipSync(Buffer.from(pprof, 'base64')).toString('latin1');
  for (const text of ['priceEverything', 'app.js', 'trace_id', traceId]) expect(bytes).toContain(text);
  // Spans and profiles are sent each by itself.
  const trace = await until('its trace is there', 60_000, () =>
    instance.get(`/api/bw/v1/traces/${traceId}`).catch(() => undefined),
  );
  expect(JSON.stringify(trace)).toContain('pricing');
});

test('what is no profile is refused', async () => {
  const answer = await fetch(`${instance.otlp}/api/bw/v1/profiles?service=x`, { method: 'POST', body: 'no' });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('gzip')]);
});
