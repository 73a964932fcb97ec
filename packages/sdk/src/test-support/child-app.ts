import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
/** The Node under test: another than the one that runs the tests, when `BELLWETHER_TEST_NODE` names it. */
const node = process.env['BELLWETHER_TEST_NODE'] ?? process.execPath;
const registerPath = join(here, '../../dist/bundle/register.js');

/**
 * On a busy machine a loop stands still by itself, which would be a span that no test asked for; and an application lives for more than the ten seconds after which
 * metrics go out a first time: here they go out at its end.
 */
const quiet = { BELLWETHER_SPOOL: 'off', BELLWETHER_STALL_MS: '0', OTEL_METRIC_EXPORT_INTERVAL: '3600000' } as const;

/** An application in a process of its own, instrumented from outside by `--import`. */
export interface ChildApp {
  readonly process: ChildProcess;
  /** What it printed first: its port. */
  readonly port: number;
  readonly output: { stdout: string; stderr: string };
  get(
    path: string,
    headers?: Record<string, string>,
  ): Promise<{ readonly status: number; readonly body: string; readonly headers: Headers }>;
  /** Sends the signal and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts `apps/<name>.mjs`, which prints the port it listens on as a line of its own. */
export function startApp(
  name: string,
  environment: Record<string, string> = {},
  { instrumented = true }: { readonly instrumented?: boolean } = {},
): Promise<ChildApp> {
  return startFile(join(here, 'apps', `${name}.mjs`), { name, environment, instrumented });
}

/** Starts an application of any file, which prints `port <n>` when it listens; `flags` go to Node before our own. */
export async function startFile(
  file: string,
  options: {
    readonly name: string;
    readonly environment?: Record<string, string>;
    readonly flags?: readonly string[];
    readonly instrumented?: boolean;
    /** The Node that runs it, otherwise the one under test. */
    readonly node?: string;
  },
): Promise<ChildApp> {
  const { name, environment = {}, flags = [], instrumented = true } = options;
  const ours = instrumented ? ['--import', registerPath] : [];
  const child = spawn(options.node ?? node, [...flags, ...ours, file], {
    env: { PATH: process.env['PATH'] ?? '', OTEL_SERVICE_NAME: name, ...quiet, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stderr.on('data', (chunk: Buffer) => void (output.stderr += chunk.toString()));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output.stdout += chunk.toString();
      const found = /^port (\d+)$/m.exec(output.stdout)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.once('exit', code => reject(new Error(`${name} ended with ${code} before it listened: ${output.stderr}`)));
  });
  return {
    process: child,
    port,
    output,
    async get(path, headers = {}) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
      return { status: answer.status, body: await answer.text(), headers: answer.headers };
    },
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null)
        return { code: child.exitCode, signal: child.signalCode };
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
      return { code: child.exitCode, signal: child.signalCode };
    },
  };
}
