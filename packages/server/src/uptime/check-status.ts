import type { CheckRun, CheckState } from '@bellwether/model';

/** Whether a check is up, since when, and how many runs failed since it last succeeded. */
export interface CheckStatus {
  readonly state: CheckState;
  readonly sinceMs: number | undefined;
  readonly failuresInRow: number;
}

export const notRunYet: CheckStatus = { state: 'pending', sinceMs: undefined, failuresInRow: 0 };

/** What one run does: it is down after so many failures in a row, and up after one success. */
export function step(
  before: CheckStatus,
  run: Pick<CheckRun, 'isUp' | 'startedMs'>,
  failuresBeforeDown: number,
): CheckStatus {
  if (run.isUp)
    return before.state === 'up'
      ? { ...before, failuresInRow: 0 }
      : { state: 'up', sinceMs: run.startedMs, failuresInRow: 0 };
  const failuresInRow = before.failuresInRow + 1;
  if (before.state === 'down' || failuresInRow < failuresBeforeDown) return { ...before, failuresInRow };
  return { state: 'down', sinceMs: run.startedMs, failuresInRow };
}

/** A heartbeat is late when the job has not called for its period and its grace. A job that never called has until so long after it was made. */
export function isLate(
  lastBeatMs: number,
  { everySeconds, graceSeconds }: { readonly everySeconds: number; readonly graceSeconds: number },
  nowMs: number,
): boolean {
  return nowMs - lastBeatMs > (everySeconds + graceSeconds) * 1000;
}
