import type { CheckRun } from '@bellwether/model';

/** Whether a check is up, since when, and how its last runs went. */
export interface CheckStatus {
  readonly state: 'up' | 'down' | 'pending';
  readonly sinceMs: number | undefined;
  readonly failuresInRow: number;
  readonly successesInRow: number;
}

export const notRunYet: CheckStatus = { state: 'pending', sinceMs: undefined, failuresInRow: 0, successesInRow: 0 };

/** How many runs in a row decide. */
export interface NeededInRow {
  readonly failuresBeforeDown: number;
  readonly successesBeforeUp: number;
}

/** What one run does: it is down after so many failures in a row, and up again after so many successes. The first success makes it up. */
export function step(
  before: CheckStatus,
  run: Pick<CheckRun, 'isUp' | 'startedMs'>,
  { failuresBeforeDown, successesBeforeUp }: NeededInRow,
): CheckStatus {
  const failuresInRow = run.isUp ? 0 : before.failuresInRow + 1;
  const successesInRow = run.isUp ? before.successesInRow + 1 : 0;
  const isUpNow = run.isUp && (before.state !== 'down' || successesInRow >= successesBeforeUp);
  const state = isUpNow ? 'up' : failuresInRow >= failuresBeforeDown ? 'down' : before.state;
  return { state, sinceMs: state === before.state ? before.sinceMs : run.startedMs, failuresInRow, successesInRow };
}

/** What a run that fails during maintenance does: nothing, except that what was down is so no longer as far as anybody counts. */
export function excuse(before: CheckStatus): CheckStatus {
  if (before.state === 'down') return notRunYet;
  return { ...before, failuresInRow: 0, successesInRow: 0 };
}

/** Whether the last run says the same as the state. As long as it does not, the check runs again soon, and its runs do not count. */
export function isDecided({ state, failuresInRow }: CheckStatus): boolean {
  return state === (failuresInRow > 0 ? 'down' : 'up');
}

/** A heartbeat is late when the job has not called for its period and its grace. A job that never called has until so long after it was made. */
export function isLate(
  lastBeatMs: number,
  { everySeconds, graceSeconds }: { readonly everySeconds: number; readonly graceSeconds: number },
  nowMs: number,
): boolean {
  return nowMs - lastBeatMs > (everySeconds + graceSeconds) * 1000;
}
