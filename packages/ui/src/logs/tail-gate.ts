/** At most this many lines per second reach the page; nobody reads faster. */
export const tailLinesPerSecond = 2000;

/** Lets lines through up to a limit per second. */
export type TailGate = {
  /** How many of `count` lines may pass at `nowMs`. The rest is dropped by the caller, and counted. */
  readonly admit: (count: number, nowMs: number) => number;
};

/** A gate with a fixed window of one second: simple, and never more than twice the limit in any second. */
export function tailGate(perSecond: number): TailGate {
  let windowStartMs = -Infinity;
  let passed = 0;
  return {
    admit(count, nowMs) {
      if (nowMs - windowStartMs >= 1000) {
        windowStartMs = nowMs;
        passed = 0;
      }
      const admitted = Math.min(count, perSecond - passed);
      passed += admitted;
      return admitted;
    },
  };
}
