/** A release of checkout. The bad one brings the N+1 and `PriceRuleTimeout`. */
export interface Release {
  readonly version: string;
  readonly isBad: boolean;
}

/** How often a bad release goes out, how far into the cycle, and how long it stays. */
export interface ReleaseCycle {
  readonly periodMs: number;
  readonly badFromMs: number;
  readonly badForMs: number;
}

export const usualCycle: ReleaseCycle = { periodMs: 600_000, badFromMs: 240_000, badForMs: 120_000 };

/** For tests: the bad release comes after eight seconds. */
export const fastCycle: ReleaseCycle = { periodMs: 20_000, badFromMs: 8_000, badForMs: 6_000 };

const firstVersion = 412;

/**
 * Which release runs at a time since the shop's start, and when the next takes over.
 *
 * Each cycle: a good release, the bad one after it, back to the good one; the next cycle begins with a mended release.
 */
export function releaseAt(
  elapsedMs: number,
  { periodMs, badFromMs, badForMs }: ReleaseCycle,
): { readonly release: Release; readonly untilMs: number } {
  const cycle = Math.floor(elapsedMs / periodMs);
  const startMs = cycle * periodMs;
  const intoMs = elapsedMs - startMs;
  const good: Release = { version: `v${firstVersion + 2 * cycle}`, isBad: false };
  if (intoMs < badFromMs) return { release: good, untilMs: startMs + badFromMs };
  if (intoMs < badFromMs + badForMs) {
    const bad: Release = { version: `v${firstVersion + 2 * cycle + 1}`, isBad: true };
    return { release: bad, untilMs: startMs + badFromMs + badForMs };
  }
  return { release: good, untilMs: startMs + periodMs };
}
