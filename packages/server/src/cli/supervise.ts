import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Log } from '../base/log.js';
import { Refused, exitCode } from './exit-code.js';
import type { FromServerProcess, ServerStart, ToServerProcess } from './server-messages.js';

export interface SupervisedServer {
  /** Stays the same over restarts. */
  readonly port: number;
  /** Undefined while it is being restarted. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

export interface SuperviseDeps {
  readonly log: Log;
  /** Called when the server is ready, first and again after each restart. */
  readonly onReady: (port: number, pid: number) => void;
}

const firstRestartMs = 20;
const slowestRestartMs = 5000;
/** One that was ready before it died is worth another start soon, however often: questions are answered again within two seconds. */
const slowestReadyRestartMs = 300;
const steadyMs = 30_000;
const killAfterMs = 1000;

/**
 * Starts the server process and keeps it running until `stop`. Resolves when it is ready for the first time; rejects with `Refused` when that
 * first start fails, or with `signal`'s reason. Later it is started again when it dies: at once, then ever slower while it keeps dying before it is ready.
 */
export async function superviseServer(
  start: ServerStart,
  { log, onReady }: SuperviseDeps,
  signal: AbortSignal,
): Promise<SupervisedServer> {
  let isStopping = false;
  let current: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let restartMs = firstRestartMs;

  const launch = (
    listen: ServerStart['listen'],
  ): { readonly ready: Promise<number>; readonly ended: Promise<string> } => {
    const child = spawnServer();
    current = child;
    let refusal: string | undefined;
    const ended = new Promise<string>(resolve => {
      child.once('error', error => resolve(`it could not be started: ${error.message}`));
      child.once('exit', (code, signal) => resolve(refusal ?? `it ended with ${signal ?? `code ${code}`}`));
    });
    const ready = new Promise<number>(resolve => {
      child.on('message', (message: FromServerProcess) => {
        if (message.type === 'refused') refusal = message.message;
        else {
          if (child.pid !== undefined) onReady(message.port, child.pid);
          resolve(message.port);
        }
      });
    });
    tell(child, { type: 'start', start: { ...start, listen } });
    return { ready, ended };
  };

  const keep = async (listen: ServerStart['listen'], launched: ReturnType<typeof launch>): Promise<void> => {
    const startedMs = performance.now();
    let wasReady = false;
    void launched.ready.then(() => (wasReady = true));
    const reason = await launched.ended;
    current = undefined;
    if (isStopping) return;
    if (performance.now() - startedMs > steadyMs) restartMs = firstRestartMs;
    if (wasReady) restartMs = Math.min(restartMs, slowestReadyRestartMs);
    log.error({ reason, restartMs }, 'the server process ended; it is started again while the receiver goes on');
    restart = setTimeout(() => void keep(listen, launch(listen)), restartMs);
    restartMs = Math.min(restartMs * 4, slowestRestartMs);
  };

  const stop = async (): Promise<void> => {
    isStopping = true;
    clearTimeout(restart);
    const child = current;
    if (child === undefined) return;
    const exited = new Promise(resolve => child.once('exit', resolve));
    tell(child, { type: 'stop' });
    const kill = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await exited;
    clearTimeout(kill);
  };

  const first = launch(start.listen);
  const onAbort = (): void => void stop();
  signal.addEventListener('abort', onAbort, { once: true });
  const port = await Promise.race([first.ready, first.ended]);
  signal.removeEventListener('abort', onAbort);
  if (typeof port === 'string') {
    signal.throwIfAborted();
    throw new Refused(port, exitCode.failed);
  }
  void keep({ ...start.listen, port }, first);
  return { port, pid: () => current?.pid, stop };
}

/**
 * libuv's threads carry the engine's calls: fewer than sessions and the call that stops a query would wait behind it.
 * The engine's allocator (jemalloc) gives memory back after half a second instead of ten: 100 MB less under load (bench/ingest-traces).
 */
function spawnServer(): ChildProcess {
  return fork(fileURLToPath(new URL('./server-process.js', import.meta.url)), {
    // It answers questions and makes few objects; what is young there need not have 16 MB.
    execArgv: [...process.execArgv, '--max-semi-space-size=4'],
    env: { JE_MALLOC_CONF: 'narenas:2,dirty_decay_ms:500,muzzy_decay_ms:0', ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function tell(child: ChildProcess, message: ToServerProcess): void {
  // A child that is gone already is noticed by its exit.
  if (child.connected) child.send(message, () => {});
}
