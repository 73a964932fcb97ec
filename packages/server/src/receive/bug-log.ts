import type { Log } from '../base/log.js';

/** Logs each unforeseen error once (by its message and the line it came from), so that a bug under load does not fill the disk. */
export function bugLog(log: Log, count: () => void): (error: unknown) => void {
  const seen = new Set<string>();
  return error => {
    count();
    const key = error instanceof Error ? `${error.message}\n${error.stack?.split('\n')[1] ?? ''}` : String(error);
    if (seen.has(key) || seen.size >= 1000) return;
    seen.add(key);
    log.error({ err: error }, 'a bug: this error was not foreseen (later ones like it are only counted)');
  };
}
