import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PromqlFeature } from './base/promql-features.js';
import { readEndpoints } from './cli/endpoints.js';
import { copyMadeTables } from './store/made-tables.test-support.js';

/** The program as it is shipped: `npm test` and `npm run check` build it first. */
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** Of other protocols nothing; and what is asked for comes, how soon says something of the machine alone. */
const environment = {
  BELLWETHER_DATADOG: 'off',
  BELLWETHER_STATSD: 'off',
  BELLWETHER_FLUENT: 'off',
  BELLWETHER_SYSLOG: 'off',
  BELLWETHER_QUERY_MAX_SECONDS: '60',
};

export interface RunningProgram {
  /** `http://127.0.0.1:…` of pages and API. */
  readonly api: string;
  /** The same of what is sent. */
  readonly ingest: string;
  /** Answers when all that was sent before can be asked for. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** `bellwether up` with a data folder of its own on ports of its own. */
export async function startProgram(features?: readonly PromqlFeature[]): Promise<RunningProgram> {
  if (!existsSync(main)) throw new Error('packages/server is not built: run `npm run build`');
  const dataDir = mkdtempSync(join(tmpdir(), 'bellwether-program-'));
  copyMadeTables(dataDir);
  const config = join(dataDir, 'bellwether.yaml');
  writeFileSync(config, features === undefined ? '{}\n' : `query: { promqlFeatures: [${features.join(', ')}] }\n`);
  const child = spawn(
    process.execPath,
    [main, 'up', '--config', config, '--data', dataDir, '--listen', '0', '--ingest', '0', '--grpc', '0'],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } },
  );
  const ended = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', chunk => {
      printed += String(chunk);
      if (printed.includes('is ready.')) resolve();
    });
    void ended.then(() => reject(new Error(`the program ended: ${printed}`)));
  });
  const endpoints = await readEndpoints(dataDir);
  if (typeof endpoints?.ui !== 'string' || endpoints.otlpHttp === null)
    throw new Error('endpoints.json names no ports');
  const api = endpoints.ui;
  return {
    api,
    ingest: endpoints.otlpHttp,
    async flush() {
      const answer = await fetch(`${api}/api/bw/v1/flush`, { method: 'POST' });
      if (!answer.ok) throw new Error(`flush was answered ${answer.status}`);
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}
