import { join } from 'node:path';
import { settleMemory } from '../base/settle-memory.js';
import { runServer, type RunningServer } from '../server.js';
import { consoleLog, logLevel } from './console-log.js';
import { exitCode } from './exit-code.js';
import { takeLock } from './lock.js';
import type { FromServerProcess, ServerStart, ToServerProcess } from './server-messages.js';
import { ownVersion } from './version.js';

/**
 * The server as a process of its own, started and watched by `supervise.ts` over Node's message channel.
 *
 * It ends within a second when the channel closes, whatever it is doing: nobody would start, watch or stop it any more.
 */
const graceMs = 700;
/** Without a supervisor nobody waits for an orderly end, and a successor may wait for the data folder. */
const orphanGraceMs = 200;
const lockWaitMs = 5000;

const log = consoleLog('server', logLevel(process.env['BELLWETHER_LOG_LEVEL']), line => process.stderr.write(line));
const ending = new AbortController();
let running: Promise<RunningServer> | undefined;

// Ctrl-C reaches the whole process group; the supervisor says in which order we stop.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', () => void end(exitCode.ok));
process.once('disconnect', () => void end(exitCode.ok, orphanGraceMs));
// The channel leads to `supervise.ts` of this same installation and to nobody else.
process.on('message', (message: ToServerProcess) => {
  if (message.type === 'stop') void end(exitCode.ok);
  else void start(message.start);
});

async function start({
  dataDir,
  listen,
  retention,
  query,
  findings,
  dashboardsFolder,
  uptime,
  demo,
}: ServerStart): Promise<void> {
  try {
    const lock = await takeLock(join(dataDir, 'server.lock'), { dataDir, waitMs: lockWaitMs });
    process.on('exit', () => lock.release());
    const version = ownVersion();
    running = runServer(
      { dataDir, listen, retention, query, findings, dashboardsFolder, uptime, version, demo, log },
      ending.signal,
    );
    tell({ type: 'ready', port: (await running).port });
    settleMemory();
  } catch (error) {
    if (ending.signal.aborted) return;
    tell({ type: 'refused', message: error instanceof Error ? error.message : String(error) });
    void end(exitCode.failed);
  }
}

async function end(code: number, withinMs = graceMs): Promise<void> {
  if (ending.signal.aborted) return;
  // A query inside the engine can hold up every orderly way out. What was stored is on disk: being killed loses nothing.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), withinMs);
  ending.abort();
  await running?.then(server => server.stop()).catch(() => undefined);
  process.exit(code);
}

function tell(message: FromServerProcess): void {
  if (process.connected) process.send?.(message);
}
