import { watchSignal } from './signal-watchers.js';

/** What the end of a process needs; all of it may be called more than once. */
export interface EndDeps {
  /** Records that the process ends, and why. Called once. */
  readonly ending: (reason: string) => void;
  readonly flush: (deadlineMs: number) => Promise<boolean>;
  /** Sends what is left while nothing asynchronous runs any more. */
  readonly flushBlocking: (deadlineMs: number) => void;
  readonly fault: (where: string) => void;
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const signalDeadlineMs = 2000;
const blockingDeadlineMs = 1000;

/**
 * Sends what is left when the process ends: by an empty event loop, a signal, `process.exit` or a fatal error.
 *
 * A signal that nobody else handles still ends the process, with that signal, after the flush. When the application handles it, how and when to
 * end stays its affair. Returns how to stop watching.
 */
export function watchProcessEnd({ ending, flush, flushBlocking, fault }: EndDeps): () => void {
  let told = false;
  const tell = (reason: string): void => {
    if (told) return;
    told = true;
    try {
      ending(reason);
    } catch {
      fault('ending');
    }
  };

  let idle = false;
  const beforeExit = (): void => {
    // The flush itself makes the loop run dry once more.
    if (idle) return;
    idle = true;
    tell('the event loop is empty');
    flush(signalDeadlineMs).catch(() => fault('flush'));
  };

  const onSignal = (signal: NodeJS.Signals): Promise<unknown> => {
    tell(signal);
    return flush(signalDeadlineMs).catch(() => fault('flush'));
  };

  const exit = (code: number): void => {
    tell(`exit with code ${code}`);
    try {
      flushBlocking(blockingDeadlineMs);
    } catch {
      fault('flush at exit');
    }
  };

  process.on('beforeExit', beforeExit);
  process.on('exit', exit);
  const unwatch = signals.map(signal => watchSignal(signal, 'flush', onSignal));
  return () => {
    process.removeListener('beforeExit', beforeExit);
    process.removeListener('exit', exit);
    for (const stop of unwatch) stop();
  };
}
