// Starts another program of `.peers` for a comparison: on a free port, with a folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './instance.mjs';

export const peers = join(root, '.peers', 'root', 'usr', 'bin');
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** Resolves when `path` answers. `args` is given the address to listen at and the folder. */
export async function startPeer(program, args, path) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-peer-'));
  const child = spawn(join(peers, program), args(`127.0.0.1:${port}`, folder), { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program} ended with code ${child.exitCode}`);
    const answer = await fetch(url + path).catch(() => undefined);
    if (answer?.ok) break;
    await sleep(50);
  }
  return {
    url,
    folder,
    pids: [child.pid],
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A Prometheus that takes remote write. */
export function startPrometheus() {
  return startPeer(
    'prometheus',
    (address, folder) => {
      const config = join(folder, 'prometheus.yml');
      writeFileSync(config, 'storage: { tsdb: { out_of_order_time_window: 2d } }\n');
      return [
        `--config.file=${config}`,
        `--web.listen-address=${address}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--web.enable-remote-write-receiver',
        '--web.enable-admin-api',
      ];
    },
    '/-/ready',
  );
}

export function startVictoriaMetrics() {
  return startPeer(
    'victoria-metrics',
    (address, folder) => [
      `-httpListenAddr=${address}`,
      `-storageDataPath=${join(folder, 'data')}`,
      '-retentionPeriod=1y',
      // Else a chart asked for twice is answered from memory.
      '-search.disableCache',
    ],
    '/health',
  );
}
