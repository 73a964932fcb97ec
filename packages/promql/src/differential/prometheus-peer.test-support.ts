import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.test-support.js';
import { httpTarget } from './http-target.test-support.js';
import type { Target } from './target.test-support.js';

const language = ['promql-experimental-functions', 'promql-duration-expr', 'native-histograms'];

/** Prometheus 3.5 as `scripts/test-tools.mjs` unpacked it. */
function program(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(folder, '.peers/root/usr/bin/prometheus');
}

/** A Prometheus of its own that takes samples of any time by remote write. `features` are switched on beside those of the language. */
export async function startPrometheus(...features: readonly string[]): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-differential-'));
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, 'global: {evaluation_interval: 1m}\nstorage: {tsdb: {out_of_order_time_window: 36500d}}\n');
  const port = await freePort();
  const child = spawn(
    program(),
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      `--enable-feature=${[...language, ...features].join()}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let printed = '';
  child.stderr.on('data', chunk => (printed += String(chunk)));
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const base = `http://127.0.0.1:${port}`;
  async function stop(): Promise<void> {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
  for (let waited = 0; ; waited++) {
    const ready = await fetch(`${base}/-/ready`).catch(() => undefined);
    if (ready?.status === 200) return httpTarget({ api: base, write: `${base}/api/v1/write`, stop });
    if (waited > 300 || child.exitCode !== null) {
      await stop();
      throw new Error(`Prometheus does not start: ${printed}`);
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
