import { expect, test } from 'vitest';
import { type CheckStatus, isDecided, isLate, notRunYet, step } from './check-status.js';

/** The state after each run, and since when; `?` where the run leaves it open. */
function states(runs: string, needed = { failuresBeforeDown: 2, successesBeforeUp: 1 }): readonly string[] {
  let status: CheckStatus = notRunYet;
  return [...runs].map((run, startedMs) => {
    status = step(status, { isUp: run === '+', startedMs }, needed);
    return `${status.state} ${status.sinceMs}${isDecided(status) ? '' : '?'}`;
  });
}

test('[K5] down after so many failures in a row, up after one success; a single failure decides nothing', () => {
  expect(states('+---+')).toEqual(['up 0', 'up 0?', 'down 2', 'down 2', 'up 4']);
  expect(states('+-+-+')).toEqual(['up 0', 'up 0?', 'up 0', 'up 0?', 'up 0']);
  expect(states('-')).toEqual(['pending undefined?']);
});

test('[K5] up again only after so many successes in a row; the first success of all makes it up', () => {
  const needed = { failuresBeforeDown: 1, successesBeforeUp: 2 };
  expect(states('+-+-++', needed)).toEqual(['up 0', 'down 1', 'down 1?', 'down 1', 'down 1?', 'up 5']);
});

test('a heartbeat has its grace', () => {
  const beat = { everySeconds: 60, graceSeconds: 5 };
  expect([isLate(0, beat, 65_000), isLate(0, beat, 65_001)]).toEqual([false, true]);
});
